//! Rating by the resident or, aggregated, by the community (C5). Two people for every credited service.

use super::{Demand, DemandEvent, Phase, Rater, Rating, Taker, refusal};
use crate::Refusal;
use crate::circumstance::{Circumstance, Role};
use crate::decider::Decision;
use crate::ids::{DemandId, Sealed};

impl Demand {
    /// Rates the completed service. The actor is neither among those who served nor the one who recorded the
    /// completion; the community waits for the resident.
    pub fn rate(
        &self,
        demand: &DemandId,
        stars: u8,
        rater: Rater,
        comment: Option<&Sealed>,
        at: &Circumstance,
    ) -> Decision<Self> {
        let placed = self.particulars(demand)?;
        if !(1..=5).contains(&stars) {
            return Err(refusal::stars_range());
        }
        let Phase::Completed { taker, work, rating_until, rating, .. } = &self.phase else {
            return Err(match &self.phase {
                Phase::Withdrawn | Phase::Closed { .. } => refusal::over(),
                _ => refusal::not_completed(),
            });
        };
        match rating {
            Some(Rating { stars: had, rater: by, .. })
                if *had == stars && *by == rater && comment.is_none() =>
            {
                return Ok(vec![]);
            }
            Some(Rating { stars: had, .. }) => return Err(refusal::rated_already(*had)),
            None => {}
        }
        if self.is_own_work(at) {
            return Err(refusal::rates_own_work());
        }
        self.must_be_asked_by(at)?;
        if rater == Rater::Community && at.date() <= *rating_until {
            return Err(refusal::resident_first(*rating_until));
        }
        Ok(vec![DemandEvent::ServiceRated {
            community: placed.community.clone(),
            kind: placed.kind,
            taker: taker.clone(),
            work: *work,
            stars,
            rater,
            satisfied: stars > at.policy.demand.unsatisfied_stars.value,
            points: at.policy.card.service_points(self.points(), stars),
            comment: comment.cloned(),
        }])
    }

    /// A resident judges what he asked for himself: else whoever served could have anybody praise it.
    pub(super) fn must_be_asked_by(&self, at: &Circumstance) -> Result<(), Refusal> {
        let actor = &at.actor;
        // Whoever has a code entered it for himself (ADR 20); what an office entered for nobody named is any resident's to judge.
        let by_code = self.entered_by.as_ref().filter(|id| id.as_str().starts_with("c-"));
        let asker = self.placed_by().or(by_code);
        if actor.role == Role::Resident && asker.is_some_and(|asker| *asker != actor.id) {
            return Err(refusal::asked_by_another());
        }
        Ok(())
    }

    /// Whether the actor served, acts for the unit that did, or recorded the completion. The operator of an embedded
    /// ledger copies the acts of many people, so that having recorded says nothing there.
    fn is_own_work(&self, at: &Circumstance) -> bool {
        let Phase::Completed { taker, served, completed_by, .. } = &self.phase else { return false };
        let actor = &at.actor;
        let for_unit = match taker {
            Taker::Member(_) => false,
            Taker::Unit(unit) => actor.organisation.as_deref() == Some(unit.as_str()),
        };
        for_unit
            || taker.id() == actor.id.as_str()
            || served.iter().any(|one| one.member.as_str() == actor.id.as_str())
            || (*completed_by == actor.id && !matches!(actor.role, Role::Operator | Role::System))
    }
}
