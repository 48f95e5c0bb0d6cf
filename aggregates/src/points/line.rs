//! What a card is made of: its opening, its lines, reversals, and the filing that freezes its year.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::circumstance::{Circumstance, Role};
use crate::ids::{CommunityCode, DemandId, MemberId, Term, UnitId};
use crate::policy::Grade;

/// The two kinds of work, never mixed in one figure (design §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// 职责任务: assigned.
    Duty,
    /// 志愿服务: claimed; refusing it costs nothing.
    Voluntary,
}

/// Whose card it is (D1: 单位积分卡、党员积分卡).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Holder {
    /// A member.
    Member(MemberId),
    /// A unit.
    Unit(UnitId),
}

impl Holder {
    /// `member` or `unit`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Member(_) => "member",
            Self::Unit(_) => "unit",
        }
    }

    /// The holder's id.
    pub fn id(&self) -> &str {
        match self {
            Self::Member(member) => member.as_str(),
            Self::Unit(unit) => unit.as_str(),
        }
    }

    /// Whether this is the holder's own word: the holder acts, or the operator of an embedded ledger copies what the
    /// holder said.
    pub fn speaks(&self, at: &Circumstance) -> bool {
        self.is_actor(at) || at.actor.role == Role::Operator
    }

    /// Whether the holder acts, or approves as the second person.
    pub fn has_a_hand_in(&self, at: &Circumstance) -> bool {
        self.is_actor(at) || at.approved_by.as_ref().is_some_and(|by| by.as_str() == self.id())
    }

    /// Whether whoever acts is the holder: the member in person; the unit's own id, or somebody who acts in the unit's name.
    pub fn is_actor(&self, at: &Circumstance) -> bool {
        match self {
            Self::Member(member) => at.actor.id.as_str() == member.as_str(),
            Self::Unit(unit) => {
                at.actor.id.as_str() == unit.as_str()
                    || (at.actor.role == Role::Unit
                        && at.actor.organisation.as_deref() == Some(unit.as_str()))
            }
        }
    }
}

/// How a card of a year opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Opening {
    /// The year.
    pub year: i32,
    /// Points that it opens with (D1: 80).
    pub base: i64,
    /// It never shows less.
    pub floor: i64,
    /// It never shows more, if there is a cap.
    pub cap: Option<i64>,
    /// `name@version` of the policy that says so.
    pub policy: String,
}

/// One line of a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PointLine {
    /// The line's name on the holder's card: `2026-1`, `2026-2` …
    pub line: Term,
    /// The card's year: that of the business time of the act that gives the points. A service of December that is
    /// rated in January counts in January, so that a year's card stands still when the year is over.
    pub year: i32,
    /// Added, or taken when negative.
    pub points: i64,
    /// The clause behind it; `service` for rated services, `service_share` for a unit's part of them.
    pub clause: Term,
    /// `name@version` of the policy.
    pub policy: String,
    /// Duty or voluntary service.
    pub work: Work,
    /// The community that gives it.
    pub community: CommunityCode,
    /// The demand behind it, for rated services.
    pub demand: Option<DemandId>,
    /// On a member's card: the unit whose card shares in it.
    pub shared_with: Option<UnitId>,
    /// On a unit's card: the member's line that it is a share of.
    pub share_of: Option<ShareOf>,
}

/// The member's line behind a unit's share. Both are of the same year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ShareOf {
    /// The member.
    pub member: MemberId,
    /// The line on the member's card.
    pub line: Term,
}

/// A line taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reversal {
    /// The line reversed.
    pub line: Term,
    /// The card's year.
    pub year: i32,
    /// What the reversal adds: the line's points with the other sign.
    pub points: i64,
    /// The community that had given the line.
    pub community: CommunityCode,
}

/// The year's feedback card was filed (D2): from then on its lines change by two people only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Filing {
    /// The year.
    pub year: i32,
    /// The community that reports.
    pub community: CommunityCode,
    /// 1 for the first, one more after each correction of a filed card.
    pub revision: u32,
    /// The total filed.
    pub total: i64,
    /// The grade signed.
    pub grade: Grade,
    /// Whether the year's awards are open to the holder (E6).
    pub award_eligible: bool,
}

/// What a card shows: the figures that an appraisal reads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Figures {
    /// Points that the card opened with.
    pub base: i64,
    /// Sum of the standing lines that add.
    pub awarded: i64,
    /// Sum of the standing lines that take, as a positive number.
    pub deducted: i64,
    /// Base + awarded − deducted, within floor and cap.
    pub total: i64,
    /// Lines ever written. With `reversed` it tells whether the card moved.
    pub lines: u32,
    /// Lines taken back.
    pub reversed: u32,
}
