//! Who is there, where they live and serve, and who has reported (A1–A8, C6).
//!
//! Figures follow events, never a clock: an exclusion counts from `ExclusionBegan` to `MemberReinstated`, which the
//! command `turn-exclusion` makes when their day has come. What still depends on the day somebody asks is told as a
//! date (`first_report_due`, `turns_on`), to be compared with that day.

mod batches;
mod divisions;
mod estates;
mod groups;
mod members;
mod report_coverage;
mod residence_ledger;
mod unit_links;
mod units;

pub use batches::{ArrivalLine, BatchRow, Batches};
pub use divisions::{DivisionRow, Divisions};
pub use estates::{EstateRow, Estates, Serving};
pub use groups::{GroupMember, GroupRow, Groups};
pub use members::{
    GroupLine, MemberRow, Members, PostLine, ReportLine, ResidenceSpell, ServiceEstate, UnitSpell,
};
pub use report_coverage::{Coverage, KindCoverage, ReportCoverage};
pub use residence_ledger::{ResidenceLedger, ResidenceLedgerRow};
pub use unit_links::{UnitLinkRow, UnitLinks};
pub use units::{UnitLink, UnitReportLine, UnitRow, Units};

use aggregates::{Recorded, when};
use chrono::NaiveDate;

/// The business day of an event.
fn day(event: &Recorded) -> NaiveDate {
    when::date_of(&event.meta.occurred_at)
}
