//! What the rules of a demand read.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{DemandKind, NewDemand, Phase, Taker, Urgency, refusal};
use crate::Refusal;
use crate::ids::{ActorId, CommunityCode, DemandId, GridCode, MemberId, Sealed, Term, UnitId};
use crate::points::Work;
use crate::policy::Stage;
use crate::when::Moment;

/// A demand.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Demand {
    /// As it was placed; the category is kept as screened, beside it as asked.
    pub(super) placed: Option<NewDemand>,
    pub(super) asked: Term,
    pub(super) entered_by: Option<ActorId>,
    pub(super) phase: Phase,
    pub(super) screening: Option<Screening>,
    pub(super) due: BTreeMap<Stage, Moment>,
    pub(super) reopened: u32,
    pub(super) extended: u32,
    /// Who declined it as voluntary service: it is not offered to them again.
    pub(super) declined: BTreeSet<Taker>,
    pub(super) disputed: BTreeSet<(Taker, Term)>,
    pub(super) whistles: BTreeMap<UnitId, Whistle>,
    pub(super) published: bool,
    /// The last service, when it was badly rated: who is to be reminded, even when the demand is opened again (E9).
    pub(super) badly_rated: Option<BadRating>,
    /// Digests of notes, photos and comments, with the names of their fields.
    pub(super) remarks: Vec<(String, Sealed)>,
    pub(super) contact_forgotten: bool,
}

/// A bad rating, and whom it concerns (E9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadRating {
    /// Who had taken the demand.
    pub taker: Taker,
    /// Who served.
    pub served: Vec<MemberId>,
    /// 1 to 5.
    pub stars: u8,
}

/// What screening set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Screening {
    pub(super) category: Term,
    pub(super) difficulty: Term,
    pub(super) points: i64,
}

/// A call for a department.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Whistle {
    pub(super) answer_by: Moment,
    pub(super) answered: bool,
}

impl Demand {
    /// Where it stands.
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// The bad rating of the last service, until it is served again.
    pub fn badly_rated(&self) -> Option<&BadRating> {
        self.badly_rated.as_ref()
    }

    /// The particulars it was placed with; its category as screened.
    pub fn particulars(&self, demand: &DemandId) -> Result<&NewDemand, Refusal> {
        self.placed.as_ref().ok_or_else(|| refusal::unknown(demand))
    }

    /// Its community.
    pub fn community(&self) -> Option<&CommunityCode> {
        self.placed.as_ref().map(|placed| &placed.community)
    }

    /// Its grid, when known.
    pub fn grid(&self) -> Option<&GridCode> {
        self.placed.as_ref().and_then(|placed| placed.grid.as_ref())
    }

    /// What sort it is.
    pub fn kind(&self) -> Option<DemandKind> {
        self.placed.as_ref().map(|placed| placed.kind)
    }

    /// How pressing it is.
    pub fn urgency(&self) -> Option<Urgency> {
        self.placed.as_ref().map(|placed| placed.urgency)
    }

    /// Points for it, before stars; 0 before screening.
    pub fn points(&self) -> i64 {
        self.screening.as_ref().map_or(0, |screening| screening.points)
    }

    /// Who has taken it and has not yet completed it.
    pub fn taker(&self) -> Option<(&Taker, Work)> {
        match &self.phase {
            Phase::Taken { taker, work, .. } => Some((taker, *work)),
            _ => None,
        }
    }

    /// The deadline of a stage.
    pub fn due(&self, stage: Stage) -> Option<&Moment> {
        self.due.get(&stage)
    }
}
