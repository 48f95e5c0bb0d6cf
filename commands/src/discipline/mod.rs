//! Misconduct on duty, disqualification, appeal (E6).

mod decide_appeal;
mod disqualify_member;
mod file_appeal;
mod record_misconduct;

pub use decide_appeal::DecideAppeal;
pub use disqualify_member::DisqualifyMember;
pub use file_appeal::FileAppeal;
pub use record_misconduct::RecordMisconduct;

use aggregates::ids::Term;
use aggregates::policy::{Policy, PostHolder};

/// Whether standing in the slot is a duty: a slot that only volunteers and the like may fill is voluntary service
/// (gap G7).
fn is_duty(slot: &Term, policy: &Policy) -> bool {
    let voluntary = |holder: &PostHolder| matches!(holder, PostHolder::Volunteer | PostHolder::NewEmployment);
    policy
        .grids
        .templates
        .iter()
        .filter_map(|template| template.slot(slot))
        .any(|slot| !slot.holders.iter().all(voluntary))
}
