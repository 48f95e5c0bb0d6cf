//! Publication and claims (C2): one live claim, released or lapsed without any penalty.

use chrono::{Days, NaiveDate};

use super::place::must_be_members_service;
use super::{Demand, DemandEvent, Phase, Taker, refusal};
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::DemandId;

impl Demand {
    /// Opens the demand for claims. Another body's duty is refused, naming the catalogue entry (C3).
    pub fn publish(&self, demand: &DemandId, at: &Circumstance) -> Decision<Self> {
        let placed = self.particulars(demand)?;
        must_be_members_service(&placed.category, at)?;
        match &self.phase {
            Phase::Screened => Ok(vec![DemandEvent::WishPublished {}]),
            Phase::Published => Ok(vec![]),
            Phase::Placed | Phase::Referred | Phase::Absent => Err(refusal::not_screened()),
            Phase::Over => Err(refusal::over()),
            Phase::Completed { .. } => Err(refusal::completed_already()),
            Phase::Taken { .. } | Phase::Dispatched { .. } => Err(refusal::taken_already()),
        }
    }

    /// Claims the demand until the policy's term runs out (C2).
    pub fn claim(&self, demand: &DemandId, taker: &Taker, at: &Circumstance) -> Decision<Self> {
        let placed = self.particulars(demand)?;
        must_be_members_service(&placed.category, at)?;
        match &self.phase {
            Phase::Published => {
                let days = u64::from(at.policy.demand.claim_days.value);
                let until = at.date().checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX);
                Ok(vec![DemandEvent::WishClaimed { taker: taker.clone(), until }])
            }
            Phase::Taken { taker: holder, until: Some(_), .. } if holder == taker => Ok(vec![]),
            Phase::Taken { .. } | Phase::Dispatched { .. } => Err(refusal::taken_already()),
            Phase::Completed { .. } => Err(refusal::completed_already()),
            Phase::Over => Err(refusal::over()),
            _ => Err(refusal::not_published()),
        }
    }

    /// Gives the claim or the accepted dispatch back. Costs nothing where it was voluntary.
    pub fn release(&self, demand: &DemandId, taker: &Taker) -> Decision<Self> {
        self.particulars(demand)?;
        match &self.phase {
            Phase::Taken { taker: holder, .. } if holder == taker => {
                Ok(vec![DemandEvent::ClaimReleased { taker: taker.clone() }])
            }
            Phase::Completed { .. } => Err(refusal::completed_already()),
            _ => Err(refusal::not_taken_by_you()),
        }
    }

    /// Lets a claim lapse whose day is past; nothing to do while it runs or when there is none.
    pub fn lapse(&self, demand: &DemandId, at: &Circumstance) -> Decision<Self> {
        self.particulars(demand)?;
        match &self.phase {
            Phase::Taken { taker, until: Some(until), .. } if at.date() > *until => {
                Ok(vec![DemandEvent::ClaimLapsed { taker: taker.clone() }])
            }
            Phase::Dispatched { taker, answer_by, .. } if at.at > *answer_by => {
                Ok(vec![DemandEvent::DispatchLapsed { taker: taker.clone() }])
            }
            _ => Ok(vec![]),
        }
    }
}
