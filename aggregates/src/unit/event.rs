//! Facts of a unit.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{CommunityCode, DemandId, DivisionCode, EstateId, Term, UnitId};
use crate::points::{Filing, Opening, PointLine, Reversal};

/// The classes of units in scope (A1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnitClass {
    /// 机关
    Organ,
    /// 国有企业
    StateEnterprise,
    /// 事业单位
    PublicInstitution,
    /// 中直、区直单位
    CentralOrRegional,
    /// 央企分支机构
    CentralEnterpriseBranch,
}

impl UnitClass {
    /// The name in JSON and in columns.
    pub fn name(self) -> &'static str {
        match self {
            Self::Organ => "organ",
            Self::StateEnterprise => "state_enterprise",
            Self::PublicInstitution => "public_institution",
            Self::CentralOrRegional => "central_or_regional",
            Self::CentralEnterpriseBranch => "central_enterprise_branch",
        }
    }
}

/// A fact of a unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum UnitEvent {
    /// The unit was entered (A1).
    UnitEnrolled {
        /// The unit.
        unit: UnitId,
        /// Its public name; organisations are no persons.
        name: String,
        /// Its class.
        class: UnitClass,
        /// The division whose department manages it (A4: 分级负责).
        division: DivisionCode,
        /// The upper party organisation, which receives its feedback card (D2).
        upper: Option<UnitId>,
    },
    /// The unit was linked to a community, and perhaps to a key estate there (A2, A7).
    UnitLinked {
        /// The community.
        community: CommunityCode,
        /// The key estate.
        estate: Option<EstateId>,
        /// The division whose department manages the unit.
        division: DivisionCode,
        /// Whether the unit had no link before: it is covered from now on (A7).
        first: bool,
    },
    /// A link ended.
    UnitUnlinked {
        /// The community.
        community: CommunityCode,
        /// The division whose department manages the unit.
        division: DivisionCode,
        /// Whether the unit has no link any more (A7).
        last: bool,
    },
    /// The unit's responsible person reported, handing in needs and resources (A3).
    UnitReported {
        /// The community.
        community: CommunityCode,
        /// Categories in which it needs something.
        needs: Vec<Term>,
        /// Categories in which it can give something.
        resources: Vec<Term>,
        /// The business day.
        on: NaiveDate,
    },
    /// The unit took a demand (C2).
    TaskTaken {
        /// The demand.
        demand: DemandId,
        /// Its community.
        community: CommunityCode,
        /// Its category.
        category: Term,
    },
    /// The unit gave a demand back, or its claim lapsed.
    TaskReleased {
        /// The demand.
        demand: DemandId,
        /// Its community.
        community: CommunityCode,
        /// Whether the claim lapsed by itself.
        lapsed: bool,
    },
    /// The unit declined a dispatch of voluntary service; nothing follows from it (C1).
    TaskDeclined {
        /// The demand.
        demand: DemandId,
        /// Its community.
        community: CommunityCode,
    },
    /// Members of the unit, or the unit itself, completed a demand.
    ServiceRendered {
        /// The demand.
        demand: DemandId,
        /// Its community.
        community: CommunityCode,
        /// Minutes of all serving members together.
        minutes: u32,
        /// How many of the unit's members served.
        members: u32,
    },
    /// The card of a year opened (D1).
    CardOpened {
        /// Base, floor and cap.
        opening: Opening,
    },
    /// A line that adds.
    PointsAwarded {
        /// The line.
        line: PointLine,
    },
    /// A line that takes.
    PointsDeducted {
        /// The line.
        line: PointLine,
    },
    /// A line was taken back.
    PointsReversed {
        /// Which, and what it adds.
        reversal: Reversal,
    },
    /// The year's feedback card was filed (D2).
    YearClosed {
        /// What was filed.
        filing: Filing,
    },
    /// The community reminded the unit after a bad rating (差评提醒, E9).
    ReminderSent {
        /// The demand with the bad rating.
        demand: DemandId,
        /// The community.
        community: CommunityCode,
        /// Its stars.
        stars: u8,
    },
}

crate::facts!(UnitEvent:
    UnitEnrolled "1.0", UnitLinked "1.0", UnitUnlinked "1.0", UnitReported "1.0",
    TaskTaken "1.0", TaskReleased "1.0", TaskDeclined "1.0", ServiceRendered "1.0",
    CardOpened "1.0", PointsAwarded "1.0", PointsDeducted "1.0", PointsReversed "1.0", YearClosed "1.0",
    ReminderSent "1.0",
);
