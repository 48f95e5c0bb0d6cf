//! All that a decision may know besides its own streams: when, who, and under which policy.

use std::sync::Arc;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::ActorId;
use crate::policy::Policy;
use crate::rulebook::DutyCatalogue;
use crate::when::{self, Moment};

/// In what capacity somebody acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Nobody in particular.
    Public,
    /// 居民
    Resident,
    /// 在职党员、干部
    Member,
    /// 社区工作者
    CommunityWorker,
    /// 单位党组织
    Unit,
    /// 组织部门
    OrganisationDepartment,
    /// 审计
    Auditor,
    /// 干部选拔任用审核
    PromotionReview,
    /// The person at the machine of an embedded ledger.
    Operator,
    /// A part of Baodao itself: reactions, genesis.
    System,
}

impl Role {
    /// The name in headers, metadata and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Resident => "resident",
            Self::Member => "member",
            Self::CommunityWorker => "community-worker",
            Self::Unit => "unit",
            Self::OrganisationDepartment => "organisation-department",
            Self::Auditor => "auditor",
            Self::PromotionReview => "promotion-review",
            Self::Operator => "operator",
            Self::System => "system",
        }
    }

    /// The role of this name.
    pub fn named(name: &str) -> Option<Self> {
        [
            Self::Public,
            Self::Resident,
            Self::Member,
            Self::CommunityWorker,
            Self::Unit,
            Self::OrganisationDepartment,
            Self::Auditor,
            Self::PromotionReview,
            Self::Operator,
            Self::System,
        ]
        .into_iter()
        .find(|role| role.name() == name)
    }
}

/// Whoever submits a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Opaque.
    pub id: ActorId,
    /// The capacity.
    pub role: Role,
    /// The body on whose behalf: a unit id or a division code.
    pub organisation: Option<String>,
}

/// The circumstance of one command.
#[derive(Debug, Clone)]
pub struct Circumstance {
    /// Business time: when the thing happened (`occurred_at`).
    pub at: Moment,
    /// When it is being recorded.
    pub now: Moment,
    /// Who submits it.
    pub actor: Actor,
    /// The policy in force at `at`.
    pub policy: Arc<Policy>,
    /// The duty catalogue in force at `at` (C3, C4).
    pub catalogue: Arc<DutyCatalogue>,
    /// Why the act is late, a correction, or departs from what was proposed: from the envelope.
    pub reason: Option<String>,
    /// The second person behind it: from the envelope.
    pub approved_by: Option<ActorId>,
}

impl Circumstance {
    /// The business date.
    pub fn date(&self) -> NaiveDate {
        when::date_of(&self.at)
    }

    /// Whether a reason is told and a second person stands behind the act.
    pub fn is_backed(&self) -> bool {
        self.reason.is_some() && self.approved_by.is_some()
    }

    /// The business year: the year whose card a point line belongs to.
    pub fn year(&self) -> i32 {
        when::year_of(&self.at)
    }
}
