//! Who is there, where they belong, and to whom they have reported (A1–A8).

mod enrol_member;
mod enrol_unit;
mod link_unit;
mod record_residence;
mod register_division;
mod report;
mod report_unit;
mod unlink_unit;

pub use enrol_member::EnrolMember;
pub use enrol_unit::EnrolUnit;
pub use link_unit::LinkUnit;
pub use record_residence::RecordResidence;
pub use register_division::RegisterDivision;
pub use report::Report;
pub use report_unit::ReportUnit;
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
