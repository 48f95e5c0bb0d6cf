//! Placing and screening (C1, C3, C4, C5, C10, C11).

use serde::{Deserialize, Serialize};

use super::{Channel, Demand, DemandEvent, DemandKind, Due, Phase, Urgency, refusal};
use crate::Refusal;
use crate::calendar::WorkCalendar;
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::{ActorId, CommunityCode, DemandId, EstateId, GridCode, HouseholdId, Term};
use crate::rulebook::{DutyEntry, DutyOwner};

/// The particulars of a new demand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewDemand {
    /// What sort.
    pub kind: DemandKind,
    /// By which way it came.
    pub channel: Channel,
    /// Entry of the duty catalogue.
    pub category: Term,
    /// Its community.
    pub community: CommunityCode,
    /// Its grid, when known.
    pub grid: Option<GridCode>,
    /// Its estate or building, when known.
    pub estate: Option<EstateId>,
    /// The key household that asks, when one does.
    pub household: Option<HouseholdId>,
    /// Who asks: opaque.
    pub placed_by: Option<ActorId>,
    /// How pressing.
    pub urgency: Urgency,
}

impl Demand {
    /// Places the demand with the deadlines of the policy's SLA (C11).
    pub fn place(&self, demand: &DemandId, new: &NewDemand, at: &Circumstance) -> Decision<Self> {
        if let Some(placed) = &self.placed {
            return if placed == new { Ok(vec![]) } else { Err(refusal::placed_otherwise(demand)) };
        }
        entry(&new.category, at)?;
        if let Some(grid) = new.grid.as_ref().filter(|grid| grid.community() != new.community) {
            return Err(refusal::grid_elsewhere(grid));
        }
        let sla = at.policy.demand.sla(new.kind, new.urgency);
        Ok(vec![DemandEvent::DemandPlaced {
            demand: demand.clone(),
            kind: new.kind,
            channel: new.channel,
            category: new.category.clone(),
            community: new.community.clone(),
            grid: new.grid.clone(),
            estate: new.estate.clone(),
            household: new.household.clone(),
            placed_by: new.placed_by.clone(),
            urgency: new.urgency,
            sla: sla.map(|sla| sla.name.clone()),
            due: deadlines(new.kind, new.urgency, at),
        }])
    }

    /// Screens the demand: what members may do gets its difficulty and points (C5); what is another body's duty is
    /// referred to that body (C3).
    pub fn screen(
        &self,
        demand: &DemandId,
        category: Option<&Term>,
        difficulty: Option<&Term>,
        at: &Circumstance,
    ) -> Decision<Self> {
        let placed = self.particulars(demand)?;
        let found = entry(category.unwrap_or(&placed.category), at)?;
        let facts = if found.owner == DutyOwner::MemberService {
            let name = difficulty
                .or(found.difficulty.as_ref())
                .ok_or_else(|| refusal::difficulty_needed(&found.code))?;
            let grade = at.policy.demand.difficulty(name).ok_or_else(|| refusal::unknown_difficulty(name))?;
            DemandEvent::DemandScreened {
                category: found.code.clone(),
                catalogue: at.catalogue.version.clone(),
                difficulty: grade.name.clone(),
                points: grade.points.value,
            }
        } else {
            DemandEvent::DemandReferred {
                category: found.code.clone(),
                catalogue: at.catalogue.version.clone(),
                owner: found.owner,
            }
        };
        match &self.phase {
            Phase::Placed => Ok(vec![facts]),
            Phase::Screened
                if self.points_of(&facts) == Some(self.points) && placed.category == found.code =>
            {
                Ok(vec![])
            }
            Phase::Screened | Phase::Published => Ok(vec![facts]),
            Phase::Referred if found.owner != DutyOwner::MemberService && placed.category == found.code => {
                Ok(vec![])
            }
            Phase::Referred => Ok(vec![facts]),
            Phase::Over => Err(refusal::over()),
            Phase::Completed { .. } => Err(refusal::completed_already()),
            _ => Err(refusal::taken_already()),
        }
    }

    fn points_of(&self, fact: &DemandEvent) -> Option<i64> {
        match fact {
            DemandEvent::DemandScreened { points, .. } => Some(*points),
            _ => None,
        }
    }
}

/// The entry of the catalogue in force, or why there is none.
pub(super) fn entry<'a>(category: &Term, at: &'a Circumstance) -> Result<&'a DutyEntry, Refusal> {
    at.catalogue.entry(category).ok_or_else(|| refusal::unknown_category(category, &at.catalogue.version))
}

/// Refuses what is another body's duty (C3).
pub(super) fn must_be_members_service(category: &Term, at: &Circumstance) -> Result<(), Refusal> {
    let found = entry(category, at)?;
    if found.owner == DutyOwner::MemberService {
        Ok(())
    } else {
        Err(refusal::duty_of_owner(&found.code, found.owner.zh(), found.owner.en()))
    }
}

/// The deadlines of the policy's SLA for a kind and urgency, counted from the circumstance (C11).
pub(super) fn deadlines(kind: DemandKind, urgency: Urgency, at: &Circumstance) -> Vec<Due> {
    let calendar = WorkCalendar::new(&at.policy.calendar);
    at.policy
        .demand
        .sla(kind, urgency)
        .map(|sla| {
            sla.stages
                .iter()
                .map(|stage| Due { stage: stage.stage, by: calendar.due(at.at, stage.within) })
                .collect()
        })
        .unwrap_or_default()
}
