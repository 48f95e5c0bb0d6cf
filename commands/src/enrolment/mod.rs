//! Who is there, where they belong, and to whom they have reported (A1–A8, C6).

mod assign_to_estate;
mod batch_report;
mod close_batch;
mod departure;
mod dissolve_group;
mod enrol_member;
mod enrol_unit;
mod exclude_member;
mod form_group;
mod join_group;
mod leave_estate;
mod leave_group;
mod link_unit;
mod move_estate;
mod open_batch;
mod record_residence;
mod register_division;
mod register_estate;
mod reinstate_member;
mod report;
mod report_unit;
mod reporting;
mod retire_member;
mod transfer_member;
mod turn_exclusion;
mod unlink_unit;

pub use assign_to_estate::AssignToEstate;
pub use batch_report::BatchReport;
pub use close_batch::CloseBatch;
pub use dissolve_group::DissolveGroup;
pub use enrol_member::EnrolMember;
pub use enrol_unit::EnrolUnit;
pub use exclude_member::ExcludeMember;
pub use form_group::FormGroup;
pub use join_group::JoinGroup;
pub use leave_estate::LeaveEstate;
pub use leave_group::LeaveGroup;
pub use link_unit::LinkUnit;
pub use move_estate::MoveEstate;
pub use open_batch::OpenBatch;
pub use record_residence::RecordResidence;
pub use register_division::RegisterDivision;
pub use register_estate::RegisterEstate;
pub use reinstate_member::ReinstateMember;
pub use report::Report;
pub use report_unit::ReportUnit;
pub use retire_member::RetireMember;
pub use transfer_member::TransferMember;
pub use turn_exclusion::TurnExclusion;
pub use unlink_unit::UnlinkUnit;

use aggregates::division::{Division, unknown_community};
use aggregates::ids::CommunityCode;

use crate::{Sitting, Trouble};

/// Refuses when the register of divisions does not know the community.
pub(crate) async fn must_know_community(
    sitting: &mut Sitting<'_>,
    community: &CommunityCode,
) -> Result<(), Trouble> {
    if sitting.look::<Division>(community.as_str()).await?.is_registered() {
        Ok(())
    } else {
        Err(unknown_community(community.to_string()).into())
    }
}
