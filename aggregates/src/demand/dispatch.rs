//! Dispatch by the community, and the taker's answer (C1, C3). Voluntary service may be declined without any
//! consequence; a duty goes only to somebody who holds a post in the demand's grid.

use chrono::TimeDelta;

use super::deadline::deadline;
use super::screen::{entry, must_be_members_service};
use super::{Demand, DemandEvent, NewDemand, Phase, Taker, lapses_at, refusal};
use crate::Refusal;
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::{DemandId, Term};
use crate::points::Work;
use crate::policy::Stage;
use crate::rulebook::DutyOwner;

impl Demand {
    /// Offers the demand to one taker, who answers within the policy's hours (C1). `has_duty` tells whether the
    /// taker holds a duty post in the demand's grid. Another body's duty is refused, naming the catalogue entry (C3). An
    /// earlier dispatch that nobody answered in time lapses in the same step.
    pub fn dispatch(
        &self,
        demand: &DemandId,
        taker: &Taker,
        work: Work,
        has_duty: bool,
        at: &Circumstance,
    ) -> Decision<Self> {
        let placed = self.particulars(demand)?;
        let unanswered = lapses_at(&self.phase).is_some_and(|last| at.at > last);
        let mut facts = match &self.phase {
            Phase::Screened | Phase::Published => vec![],
            Phase::Dispatched { .. } if unanswered => self.lapse(demand, at)?,
            Phase::Dispatched { taker: asked, work: kind, .. } if asked == taker && *kind == work => {
                return Ok(vec![]);
            }
            Phase::Absent | Phase::Placed | Phase::Referred => {
                must_be_members_service(&placed.category, at)?;
                return Err(refusal::not_screened());
            }
            phase => return Err(phase.refuse()),
        };
        must_be_members_service(&placed.category, at)?;
        match work {
            Work::Duty => must_be_a_duty(placed, taker, has_duty)?,
            Work::Voluntary if self.declined.contains(taker) => return Err(refusal::declined_before()),
            Work::Voluntary => {}
        }
        let hours = i64::from(at.policy.demand.answer_hours.value);
        facts.push(DemandEvent::OrderDispatched {
            community: placed.community.clone(),
            kind: placed.kind,
            taker: taker.clone(),
            work,
            answer_by: at.at.checked_add_signed(TimeDelta::hours(hours)).unwrap_or(at.at),
        });
        Ok(facts)
    }

    /// Accepts the dispatch (C1); from then on the demand is the taker's until completed or given back. A late answer
    /// counts as long as the dispatch has not lapsed.
    pub fn accept(&self, demand: &DemandId, taker: &Taker, at: &Circumstance) -> Decision<Self> {
        let placed = self.particulars(demand)?;
        match &self.phase {
            Phase::Dispatched { taker: asked, work, .. } if asked == taker => {
                must_be_members_service(&placed.category, at)?;
                Ok(vec![DemandEvent::OrderAccepted {
                    community: placed.community.clone(),
                    kind: placed.kind,
                    taker: taker.clone(),
                    work: *work,
                    on: at.date(),
                }])
            }
            Phase::Taken { taker: holder, until: None, .. } if holder == taker => Ok(vec![]),
            phase => Err(not_offered(phase)),
        }
    }

    /// Declines the dispatch (C1). Nothing follows from it for voluntary service; for a duty the fact is recorded.
    pub fn decline(&self, demand: &DemandId, taker: &Taker) -> Decision<Self> {
        let placed = self.particulars(demand)?;
        match &self.phase {
            Phase::Dispatched { taker: asked, work, .. } if asked == taker => {
                Ok(vec![DemandEvent::OrderDeclined {
                    community: placed.community.clone(),
                    taker: taker.clone(),
                    work: *work,
                }])
            }
            Phase::Screened | Phase::Published if self.declined.contains(taker) => Ok(vec![]),
            phase => Err(not_offered(phase)),
        }
    }

    /// The taker says that the demand is another body's duty, naming the catalogue entry that it belongs to (C3). The
    /// demand goes back to be screened, with a new deadline for that; nothing follows from it for the taker.
    pub fn report_duty_shift(
        &self,
        demand: &DemandId,
        taker: &Taker,
        category: &Term,
        at: &Circumstance,
    ) -> Decision<Self> {
        let placed = self.particulars(demand)?;
        let Some((_, work)) = self.phase.holder().filter(|(holder, _)| *holder == taker) else {
            return if self.disputed.contains(&(taker.clone(), category.clone())) {
                Ok(vec![])
            } else if self.phase.holder().is_some() {
                Err(refusal::not_taken_by_you())
            } else {
                Err(self.phase.refuse())
            };
        };
        let found = entry(category, at)?;
        if found.owner == DutyOwner::MemberService {
            return Err(refusal::no_bodys_duty(&found.code));
        }
        Ok(vec![DemandEvent::DutyShiftReported {
            community: placed.community.clone(),
            taker: taker.clone(),
            work,
            category: found.code.clone(),
            owner: found.owner,
            screen_by: deadline(placed.kind, placed.urgency, Stage::Screened, at),
        }])
    }
}

/// A duty is a grid issue or petition, and its taker a member on a duty post of that grid (gap G7).
fn must_be_a_duty(placed: &NewDemand, taker: &Taker, has_duty: bool) -> Result<(), Refusal> {
    if !placed.kind.may_be_duty() {
        return Err(refusal::duty_not_for_kind());
    }
    if !matches!(taker, Taker::Member(_)) || placed.grid.is_none() || !has_duty {
        return Err(refusal::duty_needs_post());
    }
    Ok(())
}

fn not_offered(phase: &Phase) -> Refusal {
    match phase {
        Phase::Completed { .. } | Phase::Withdrawn | Phase::Closed { .. } => phase.refuse(),
        _ => refusal::not_dispatched_to_you(),
    }
}
