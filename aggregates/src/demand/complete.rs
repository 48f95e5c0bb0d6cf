//! Completion with minutes of service (C1, C14).

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{Demand, DemandEvent, Phase, Served, ServiceForm, Taker, refusal};
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::DemandId;
use crate::policy::Stage;

impl Demand {
    /// Completes the demand. A member who took it serves alone; a unit that took it names its members who served
    /// (whether they are its members is checked by the command, which sees their streams).
    pub fn complete(
        &self,
        demand: &DemandId,
        taker: &Taker,
        served: &[Served],
        on: NaiveDate,
        form: ServiceForm,
        at: &Circumstance,
    ) -> Decision<Self> {
        let placed = self.particulars(demand)?;
        let work = match &self.phase {
            Phase::Taken { taker: holder, work, .. } if holder == taker => *work,
            Phase::Completed { taker: holder, served: had, on: day, .. }
                if holder == taker && had == served && *day == on =>
            {
                return Ok(vec![]);
            }
            Phase::Completed { .. } => return Err(refusal::completed_already()),
            Phase::Over => return Err(refusal::over()),
            _ => return Err(refusal::not_taken_by_you()),
        };
        let least = at.policy.demand.minutes_min.value;
        if served.is_empty() {
            return Err(refusal::nobody_served());
        }
        if served.iter().map(|one| &one.member).collect::<BTreeSet<_>>().len() < served.len() {
            return Err(refusal::served_twice());
        }
        if served.iter().any(|one| one.minutes < least) {
            return Err(refusal::minutes_least(least));
        }
        if let Taker::Member(member) = taker
            && served.iter().any(|one| one.member != *member)
        {
            return Err(refusal::served_by_others());
        }
        if on > at.date() {
            return Err(refusal::day_to_come());
        }
        Ok(vec![DemandEvent::ServiceCompleted {
            community: placed.community.clone(),
            taker: taker.clone(),
            served: served.to_vec(),
            on,
            form,
            work,
            on_time: self.due(Stage::Completed).map(|by| at.at <= *by),
        }])
    }
}
