//! Screening with the duty catalogue: no duty shifting (C3, C4), difficulty and points (C5).

use super::state::Screening;
use super::{Demand, DemandEvent, Phase, refusal};
use crate::Refusal;
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::{DemandId, Term};
use crate::rulebook::{DutyEntry, DutyOwner};

impl Demand {
    /// Screens the demand: what members may do gets its difficulty and points (C5); what is another body's duty is
    /// referred to that body (C3). A published demand that is screened otherwise leaves the board.
    pub fn screen(
        &self,
        demand: &DemandId,
        category: Option<&Term>,
        difficulty: Option<&Term>,
        at: &Circumstance,
    ) -> Decision<Self> {
        let placed = self.particulars(demand)?;
        match &self.phase {
            Phase::Withdrawn | Phase::Closed { .. } => return Err(refusal::over()),
            Phase::Completed { .. } => return Err(refusal::completed_already()),
            Phase::Taken { .. } | Phase::Dispatched { .. } => return Err(refusal::taken_already()),
            _ => {}
        }
        let found = entry(category.unwrap_or(&placed.category), at)?;
        if found.owner != DutyOwner::MemberService {
            if self.phase == Phase::Referred && placed.category == found.code {
                return Ok(vec![]);
            }
            return Ok(vec![DemandEvent::DemandReferred {
                community: placed.community.clone(),
                kind: placed.kind,
                category: found.code.clone(),
                catalogue: at.catalogue.version.clone(),
                owner: found.owner,
            }]);
        }
        let name = difficulty
            .or(found.difficulty.as_ref())
            .ok_or_else(|| refusal::difficulty_needed(&found.code))?;
        let grade = at.policy.demand.difficulty(name).ok_or_else(|| refusal::unknown_difficulty(name))?;
        let screening = Screening {
            category: found.code.clone(),
            difficulty: grade.name.clone(),
            points: grade.points.value,
        };
        let stands = matches!(self.phase, Phase::Screened | Phase::Published);
        if stands && self.screening.as_ref() == Some(&screening) {
            return Ok(vec![]);
        }
        Ok(vec![DemandEvent::DemandScreened {
            community: placed.community.clone(),
            kind: placed.kind,
            category: screening.category,
            catalogue: at.catalogue.version.clone(),
            difficulty: screening.difficulty,
            points: screening.points,
        }])
    }
}

/// The entry of the catalogue in force, or why there is none.
pub(super) fn entry<'a>(category: &Term, at: &'a Circumstance) -> Result<&'a DutyEntry, Refusal> {
    at.catalogue.entry(category).ok_or_else(|| refusal::unknown_category(category, &at.catalogue.version))
}

/// Refuses what is another body's duty, naming the entry (C3).
pub(super) fn must_be_members_service(category: &Term, at: &Circumstance) -> Result<(), Refusal> {
    let found = entry(category, at)?;
    if found.owner == DutyOwner::MemberService {
        Ok(())
    } else {
        Err(refusal::duty_of_owner(&found.code, found.owner.zh(), found.owner.en()))
    }
}
