//! Other ends than a rating: reopened (C5), withdrawn (C1), closed (C12).

use super::deadline::deadlines;
use super::{Demand, DemandEvent, Phase, Rating, refusal};
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::DemandId;
use crate::policy::Stage;

impl Demand {
    /// Opens the demand again after an unsatisfied rating, at most as often as the policy says. Its deadlines run anew;
    /// it need not be screened again.
    pub fn reopen(&self, demand: &DemandId, at: &Circumstance) -> Decision<Self> {
        let placed = self.particulars(demand)?;
        let rating = match &self.phase {
            Phase::Completed { rating, .. } => rating,
            Phase::Screened | Phase::Published if self.reopened > 0 => return Ok(vec![]),
            Phase::Withdrawn | Phase::Closed { .. } => return Err(refusal::over()),
            _ => return Err(refusal::not_completed()),
        };
        self.must_be_asked_by(at)?;
        match rating {
            None => return Err(refusal::not_rated()),
            Some(Rating { satisfied: true, stars, .. }) => return Err(refusal::satisfied(*stars)),
            Some(_) => {}
        }
        let max = at.policy.demand.reopen_max.value;
        if self.reopened >= max {
            return Err(refusal::reopened_enough(max));
        }
        let due = deadlines(placed.kind, placed.urgency, at);
        Ok(vec![DemandEvent::DemandReopened {
            community: placed.community.clone(),
            kind: placed.kind,
            times: self.reopened + 1,
            due: due.into_iter().filter(|due| due.stage != Stage::Screened).collect(),
        }])
    }

    /// Takes the demand back, by whoever asked or entered it. A live claim or dispatch ends with it.
    pub fn withdraw(&self, demand: &DemandId, at: &Circumstance) -> Decision<Self> {
        let placed = self.particulars(demand)?;
        match &self.phase {
            Phase::Withdrawn => return Ok(vec![]),
            Phase::Closed { .. } => return Err(refusal::over()),
            Phase::Completed { .. } => return Err(refusal::completed_already()),
            _ => {}
        }
        let actor = Some(&at.actor.id);
        if placed.placed_by.as_ref() != actor && self.entered_by.as_ref() != actor {
            return Err(refusal::not_yours());
        }
        Ok(vec![DemandEvent::DemandWithdrawn {
            community: placed.community.clone(),
            kind: placed.kind,
            taker: self.phase.holder().map(|(taker, _)| taker.clone()),
        }])
    }

    /// Closes the demand without a service: the owner it was referred to has solved it or cannot, or it was settled on
    /// the spot or cannot be solved at all (C12). What somebody has taken ends with that taker, not here.
    pub fn close(&self, demand: &DemandId, solved: bool, at: &Circumstance) -> Decision<Self> {
        let placed = self.particulars(demand)?;
        match &self.phase {
            Phase::Closed { solved: had } if *had == solved => return Ok(vec![]),
            Phase::Placed | Phase::Screened | Phase::Published | Phase::Referred => {}
            phase => return Err(phase.refuse()),
        }
        Ok(vec![DemandEvent::DemandClosed {
            community: placed.community.clone(),
            kind: placed.kind,
            solved,
            on_time: self.due(Stage::Completed).map(|by| at.at <= *by),
        }])
    }
}
