//! Completion with minutes of service (C1, C14).

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};

use super::{Completion, Demand, DemandEvent, Phase, Taker, refusal};
use crate::Refusal;
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::DemandId;
use crate::policy::Stage;

impl Demand {
    /// Completes the demand. A member who took it serves alone; a unit that took it names its members who served.
    pub fn complete(&self, demand: &DemandId, done: &Completion, at: &Circumstance) -> Decision<Self> {
        let placed = self.particulars(demand)?;
        let (work, since) = match &self.phase {
            Phase::Taken { taker, work, since, .. } if *taker == done.taker => (*work, *since),
            Phase::Completed { taker, served, on, form, .. }
                if *taker == done.taker && *served == done.served && *on == done.on && *form == done.form
                    // Words cannot be compared: what is told once more was not told before.
                    && done.note.is_none() && done.photo.is_none() =>
            {
                return Ok(vec![]);
            }
            Phase::Completed { .. } => return Err(refusal::completed_already()),
            Phase::Withdrawn | Phase::Closed { .. } => return Err(refusal::over()),
            _ => return Err(refusal::not_taken_by_you()),
        };
        check_served(done, at.policy.demand.minutes_min.value)?;
        check_day(done.on, since, at)?;
        let rating_days = Days::new(u64::from(at.policy.demand.rating_days.value));
        Ok(vec![DemandEvent::ServiceCompleted {
            community: placed.community.clone(),
            kind: placed.kind,
            taker: done.taker.clone(),
            served: done.served.clone(),
            on: done.on,
            form: done.form,
            work,
            completed_by: at.actor.id.clone(),
            // Counted from the completing, not from the day of service: a day long past must not shut the resident out.
            rating_until: at.date().checked_add_days(rating_days).unwrap_or(NaiveDate::MAX),
            on_time: self.due(Stage::Completed).map(|by| at.at <= *by),
            note: done.note.clone(),
            photo: done.photo.clone(),
        }])
    }
}

fn check_served(done: &Completion, least: u32) -> Result<(), Refusal> {
    if done.served.is_empty() {
        return Err(refusal::nobody_served());
    }
    if done.served.iter().map(|one| &one.member).collect::<BTreeSet<_>>().len() < done.served.len() {
        return Err(refusal::served_twice());
    }
    if done.served.iter().any(|one| one.minutes < least) {
        return Err(refusal::minutes_least(least));
    }
    let theirs = |one: &super::Served| match &done.taker {
        Taker::Member(member) => one.member == *member,
        Taker::Unit(unit) => one.unit == *unit,
    };
    if done.served.iter().all(theirs) { Ok(()) } else { Err(refusal::served_by_others()) }
}

/// The day of service lies between the taking and the completing, and not further back than records may be late: older
/// services need a reason and a second person.
fn check_day(on: NaiveDate, since: NaiveDate, at: &Circumstance) -> Result<(), Refusal> {
    if on > at.date() {
        return Err(refusal::day_to_come());
    }
    if on < since {
        return Err(refusal::before_taken(since));
    }
    let days = at.policy.backfill_days.value;
    let earliest = at.date().checked_sub_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MIN);
    if on < earliest && !at.is_backed() { Err(refusal::day_long_past(days)) } else { Ok(()) }
}
