//! Publication and claims (C2): one live claim, given back or lapsed without any penalty.

use chrono::{Days, NaiveDate};

use super::screen::must_be_members_service;
use super::{Demand, DemandEvent, Phase, Taker, refusal};
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::DemandId;

impl Demand {
    /// Opens the demand for claims. Another body's duty is refused, naming the catalogue entry (C3).
    pub fn publish(&self, demand: &DemandId, at: &Circumstance) -> Decision<Self> {
        let placed = self.particulars(demand)?;
        match &self.phase {
            Phase::Published => Ok(vec![]),
            Phase::Placed | Phase::Screened | Phase::Referred => {
                must_be_members_service(&placed.category, at)?;
                if self.phase != Phase::Screened {
                    return Err(refusal::not_screened());
                }
                Ok(vec![DemandEvent::WishPublished {
                    community: placed.community.clone(),
                    kind: placed.kind,
                }])
            }
            phase => Err(phase.refuse()),
        }
    }

    /// Claims the demand until the policy's term runs out (C2).
    pub fn claim(&self, demand: &DemandId, taker: &Taker, at: &Circumstance) -> Decision<Self> {
        let placed = self.particulars(demand)?;
        match &self.phase {
            Phase::Taken { taker: holder, until: Some(_), .. } if holder == taker => Ok(vec![]),
            Phase::Published => {
                must_be_members_service(&placed.category, at)?;
                let days = u64::from(at.policy.demand.claim_days.value);
                Ok(vec![DemandEvent::WishClaimed {
                    community: placed.community.clone(),
                    kind: placed.kind,
                    taker: taker.clone(),
                    on: at.date(),
                    until: at.date().checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX),
                }])
            }
            Phase::Absent | Phase::Placed | Phase::Screened | Phase::Referred => {
                must_be_members_service(&placed.category, at)?;
                Err(refusal::not_published())
            }
            phase => Err(phase.refuse()),
        }
    }

    /// Gives the claim or the accepted dispatch back. Costs nothing where it was voluntary.
    pub fn release(&self, demand: &DemandId, taker: &Taker) -> Decision<Self> {
        let placed = self.particulars(demand)?;
        match &self.phase {
            Phase::Taken { taker: holder, work, .. } if holder == taker => {
                Ok(vec![DemandEvent::ClaimReleased {
                    community: placed.community.clone(),
                    taker: taker.clone(),
                    work: *work,
                }])
            }
            Phase::Completed { .. } => Err(refusal::completed_already()),
            Phase::Withdrawn | Phase::Closed { .. } => Err(refusal::over()),
            _ => Err(refusal::not_taken_by_you()),
        }
    }
}
