//! Facts of an emergency.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{CommunityCode, DivisionCode, EmergencyId, GridCode, MemberId, Term, UnitId};

/// How an emergency ended. A closed list, so that no words about persons come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EmergencyOutcome {
    /// 险情解除
    #[default]
    Resolved,
    /// 误启动
    Mistaken,
    /// 演练结束
    DrillEnded,
    /// 转入上级应急响应
    HandedUp,
}

/// A fact of an emergency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum EmergencyEvent {
    /// The scope was turned to emergency (F3).
    EmergencyDeclared {
        /// The emergency.
        emergency: EmergencyId,
        /// The division that it is for.
        scope: DivisionCode,
        /// Only these grids of the division; all of it when empty.
        grids: Vec<GridCode>,
        /// Code of the plan that is put in force.
        plan: Term,
        /// The plan's public title.
        title: String,
    },
    /// A member came to the grid (F4). It is duty, and no minute of it is voluntary service.
    MemberMustered {
        /// The member.
        member: MemberId,
        /// The member's unit then.
        unit: Option<UnitId>,
        /// Where the member came to.
        community: CommunityCode,
        /// The grid, when it is known.
        grid: Option<GridCode>,
        /// Whether the member holds a post there.
        posted: bool,
    },
    /// The scope was turned back to routine (F3).
    EmergencyStoodDown {
        /// The division that it was for.
        scope: DivisionCode,
        /// How it ended.
        outcome: EmergencyOutcome,
    },
}

crate::facts!(EmergencyEvent: EmergencyDeclared "1.0", MemberMustered "1.0", EmergencyStoodDown "1.0");
