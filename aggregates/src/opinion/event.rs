//! Facts of an opinion.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{ActorId, CommunityCode, MemberId, OpinionId, Term};

/// What somebody is considered for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OpinionPurpose {
    /// 职级晋升
    #[default]
    Promotion,
    /// 选拔任用
    Appointment,
    /// 评先评优
    Award,
}

/// What a community says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stance {
    /// 同意
    Supports,
    /// 保留意见
    Reserves,
    /// 不同意
    Objects,
}

/// A fact of an opinion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum OpinionEvent {
    /// A community was asked (E1).
    OpinionRequested {
        /// The request.
        opinion: OpinionId,
        /// About whom.
        member: MemberId,
        /// What for.
        purpose: OpinionPurpose,
        /// Number of the document behind it.
        document: Term,
        /// Who is asked.
        community: CommunityCode,
        /// When the answer is due.
        due: NaiveDate,
        /// The last day on which the record may be pulled.
        until: NaiveDate,
        /// The business day.
        on: NaiveDate,
    },
    /// It answered (E1).
    OpinionGiven {
        /// About whom.
        member: MemberId,
        /// Who was asked.
        community: CommunityCode,
        /// What it says.
        stance: Stance,
        /// Whether the day it was due was past.
        late: bool,
        /// Who signed it.
        by: ActorId,
        /// The business day.
        on: NaiveDate,
    },
    /// The verified record was pulled under this request.
    RecordPulled {
        /// Of whom.
        member: MemberId,
        /// Where the member serves whose community was asked.
        community: CommunityCode,
        /// Who pulled it.
        by: ActorId,
        /// The business day.
        on: NaiveDate,
    },
    /// The request was withdrawn: nobody pulls a record under it any more.
    OpinionWithdrawn {
        /// About whom.
        member: MemberId,
        /// Who was asked.
        community: CommunityCode,
        /// The business day.
        on: NaiveDate,
    },
}

crate::facts!(OpinionEvent:
    OpinionRequested "1.0", OpinionGiven "1.0", RecordPulled "1.0", OpinionWithdrawn "1.0",
);
