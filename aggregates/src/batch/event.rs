//! Facts of a batch.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{BatchId, CommunityCode, MemberId, UnitId};
use crate::policy::ReportKind;

/// Somebody who arrived with a batch.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arrival {
    /// The member.
    pub member: MemberId,
    /// Which of the two reports.
    pub kind: ReportKind,
}

/// A fact of a batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum BatchEvent {
    /// A batch was announced to a community.
    BatchOpened {
        /// The batch.
        batch: BatchId,
        /// Where it reports.
        community: CommunityCode,
        /// The unit that sends it, when it is one.
        unit: Option<UnitId>,
        /// Who is expected, each once, in order of id.
        expected: Vec<MemberId>,
        /// The business day.
        on: NaiveDate,
    },
    /// Members of the batch reported.
    BatchReportsReceived {
        /// Those not told before.
        reports: Vec<Arrival>,
        /// The business day.
        on: NaiveDate,
    },
    /// The batch was reconciled and closed.
    BatchClosed {
        /// How many of those expected arrived.
        received: u32,
        /// Expected, not arrived, and still owing a report.
        missing: Vec<MemberId>,
        /// Expected and not arrived, but excluded or retired since: nothing is missing of them (A5).
        not_due: Vec<MemberId>,
        /// Arrived without being expected.
        unexpected: Vec<MemberId>,
        /// The business day.
        on: NaiveDate,
    },
}

crate::facts!(BatchEvent: BatchOpened "1.0", BatchReportsReceived "1.0", BatchClosed "1.0");
