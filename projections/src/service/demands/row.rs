//! A row of the demand ledger.

use aggregates::demand::{Channel, DemandKind, Rater, ServiceForm, Urgency};
use aggregates::points::Work;
use aggregates::policy::Stage;
use aggregates::rulebook::DutyOwner;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a demand stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DemandPhase {
    /// 待受理
    Placed,
    /// 已受理
    Screened,
    /// 公开认领中
    Published,
    /// 已派单，待答复
    Dispatched,
    /// 办理中
    Taken,
    /// 已办结
    Completed,
    /// 已转责任方
    Referred,
    /// 已撤回
    Withdrawn,
    /// 已结案
    Closed,
}

impl DemandPhase {
    /// Whether somebody still has something to do about it.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Completed | Self::Withdrawn | Self::Closed)
    }

    /// Whether a stage is still to be reached from here.
    pub fn awaits(self, stage: Stage) -> bool {
        match stage {
            Stage::Screened => self == Self::Placed,
            Stage::Taken => {
                matches!(self, Self::Placed | Self::Screened | Self::Published | Self::Dispatched)
            }
            Stage::Completed => self.is_open(),
            Stage::Answered => false,
        }
    }
}

/// A demand. Moments are RFC 3339 in the business zone, to the second.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DemandRow {
    /// Its id.
    pub demand: String,
    /// What sort.
    pub kind: Option<DemandKind>,
    /// By which way it came (C10).
    pub channel: Option<Channel>,
    /// Entry of the duty catalogue, as screened.
    pub category: String,
    /// Version of the catalogue that it was screened by (C4).
    pub catalogue: Option<String>,
    /// Whose duty it is; told once it was screened (C3).
    pub owner: Option<DutyOwner>,
    /// Its difficulty (C5).
    pub difficulty: Option<String>,
    /// Points for it, before stars (C5).
    pub points: i64,
    /// Its community.
    pub community: String,
    /// Its grid, when known.
    pub grid: Option<String>,
    /// Its estate or building, when known.
    pub estate: Option<String>,
    /// The key household that asks: opaque.
    pub household: Option<String>,
    /// Who asks: opaque.
    pub placed_by: Option<String>,
    /// How pressing.
    pub urgency: Option<Urgency>,
    /// The SLA policy's name (C11).
    pub sla: Option<String>,
    /// Where it stands.
    pub phase: Option<DemandPhase>,
    /// Whether somebody still has something to do about it.
    pub open: bool,
    /// Whether it was opened for claims and is open again whenever nobody has it (C2).
    pub published: bool,
    /// `member` or `unit`.
    pub taker_kind: Option<String>,
    /// Who has it in hand or is asked to take it, or had it when it was completed.
    pub taker: Option<String>,
    /// Duty or voluntary service.
    pub work: Option<Work>,
    /// The claim, or the unanswered dispatch, lapses after this moment.
    pub claim_until: Option<String>,
    /// Placed at.
    pub placed_at: String,
    /// Screened or referred at, last.
    pub screened_at: Option<String>,
    /// Claimed or accepted at, last.
    pub taken_at: Option<String>,
    /// Completed, closed or withdrawn at.
    pub ended_at: Option<String>,
    /// Its last change.
    pub changed_at: Option<String>,
    /// Its deadlines, with whether each was kept (C11).
    pub deadlines: Vec<DeadlineLine>,
    /// The earliest deadline that is not met, of stages and of departments' answers.
    pub next_due: Option<String>,
    /// What is due then.
    pub next_stage: Option<Stage>,
    /// How often a deadline was extended.
    pub extensions: u32,
    /// Who served, in the last completion.
    pub served: Vec<ServedLine>,
    /// Minutes of all who served, in all completions.
    pub minutes: u32,
    /// The day of service.
    pub served_on: Option<NaiveDate>,
    /// The form of service (C14).
    pub form: Option<ServiceForm>,
    /// Stars, once rated (C5).
    pub stars: Option<u8>,
    /// Who rated.
    pub rater: Option<Rater>,
    /// The resident may rate alone through this day.
    pub rating_until: Option<NaiveDate>,
    /// Above the policy's line of satisfaction.
    pub satisfied: Option<bool>,
    /// Points that each serving member earned.
    pub earned: Option<i64>,
    /// How often it was reopened.
    pub reopened: u32,
    /// Earlier completions that were reopened.
    pub rounds: Vec<RoundLine>,
    /// Whether the deadline to complete was kept; absent while open, or when there was none.
    pub on_time: Option<bool>,
    /// Whether it was solved: by a service, or closed as solved (C12); absent while open.
    pub solved: Option<bool>,
    /// How often a dispatch was declined.
    pub declined: u32,
    /// Takers who said that it is another body's duty (C3).
    pub disputes: Vec<DisputeLine>,
    /// Departments whistled for (F15).
    pub whistles: Vec<WhistleLine>,
    /// Whether any record of it came late, with a second approver.
    pub backfilled: bool,
    /// The last event behind the row.
    pub last_position: u64,
}

/// A deadline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DeadlineLine {
    /// What must have happened.
    pub stage: Stage,
    /// By then.
    pub by: String,
    /// It happened then.
    pub met_at: Option<String>,
    /// Whether in time; absent while it has not happened.
    pub kept: Option<bool>,
    /// Whether the deadline was moved.
    pub extended: bool,
}

/// A member who served.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ServedLine {
    /// The member.
    pub member: String,
    /// The member's unit then.
    pub unit: String,
    /// Minutes of service.
    pub minutes: u32,
}

/// A completion that was reopened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RoundLine {
    /// Who had taken it.
    pub taker: Option<String>,
    /// Completed at.
    pub completed_at: Option<String>,
    /// Its stars.
    pub stars: Option<u8>,
    /// Reopened at.
    pub reopened_at: String,
}

/// A taker's word that the demand is another body's duty (C3).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DisputeLine {
    /// Who says so.
    pub taker: String,
    /// The entry of the duty catalogue that it belongs to.
    pub category: String,
    /// Whose duty that is.
    pub owner: DutyOwner,
    /// Said at.
    pub at: String,
    /// The event behind it.
    pub position: u64,
}

/// A call for a department (F15).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WhistleLine {
    /// The department: a unit.
    pub department: String,
    /// Called at.
    pub called_at: String,
    /// An answer is due by then.
    pub answer_by: String,
    /// Answered at.
    pub answered_at: Option<String>,
    /// Whether in time.
    pub on_time: Option<bool>,
}
