//! Given, when, then: the demand loop.

mod claiming;
mod deadlines;
mod dispatching;
mod ending;
mod placing;
mod screening;
mod serving;
mod whistling;

use std::sync::Arc;

use chrono::{DateTime, NaiveDate};

use super::{
    Channel, Completion, Demand, DemandEvent, DemandKind, NewDemand, Rater, Served, ServiceForm, Taker,
    Urgency,
};
use crate::circumstance::{Circumstance, Role};
use crate::ids::ActorId;
use crate::points::Work;
use crate::rulebook::{DutyCatalogue, DutyEntry, DutyOwner, DutyPart};
use crate::sample::{demand, grid, member, on, phoenix, term, then, unit};
use crate::when::Moment;

/// Monday.
const PLACED: &str = "2026-03-02T09:00:00+08:00";
const SCREENED: &str = "2026-03-02T10:00:00+08:00";
const TAKEN: &str = "2026-03-03T08:00:00+08:00";
const DONE: &str = "2026-03-04T18:00:00+08:00";

fn entry(code: &str, owner: DutyOwner, difficulty: Option<&str>) -> DutyEntry {
    DutyEntry {
        code: term(code),
        title: code.to_owned(),
        title_en: code.to_owned(),
        owner,
        part: DutyPart::Principal,
        difficulty: difficulty.map(term),
        source: "test".to_owned(),
    }
}

/// Company for elders is members' service, easy; a lesson too, of no usual difficulty; the rest are other bodies' duties.
fn catalogue() -> Arc<DutyCatalogue> {
    Arc::new(DutyCatalogue {
        version: term("2026.1"),
        effective_from: NaiveDate::from_ymd_opt(2026, 1, 1).unwrap(),
        entries: vec![
            entry("elder_company", DutyOwner::MemberService, Some("easy")),
            entry("lesson", DutyOwner::MemberService, None),
            entry("lift_repair", DutyOwner::PropertyCompany, None),
            entry("residence_proof", DutyOwner::Community, None),
            entry("night_noise", DutyOwner::Department, None),
        ],
    })
}

fn moment(text: &str) -> Moment {
    DateTime::parse_from_rfc3339(text).unwrap()
}

/// A community worker acts at the moment, under the catalogue.
fn at(text: &str) -> Circumstance {
    let mut circumstance = on("2026-03-02");
    circumstance.at = moment(text);
    circumstance.now = circumstance.at;
    circumstance.catalogue = catalogue();
    circumstance
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn m1() -> Taker {
    Taker::Member(member("m-1"))
}

fn m2() -> Taker {
    Taker::Member(member("m-2"))
}

fn tax() -> Taker {
    Taker::Unit(unit("u-tax"))
}

fn new(kind: DemandKind) -> NewDemand {
    NewDemand {
        kind,
        channel: Channel::Online,
        category: term("elder_company"),
        community: phoenix(),
        grid: Some(grid()),
        estate: None,
        household: None,
        placed_by: Some(ActorId::new("r-1").unwrap()),
        urgency: Urgency::Routine,
        words: None,
    }
}

fn placed_as(new: NewDemand) -> Vec<DemandEvent> {
    then::<Demand>(vec![], move |it| it.place(&demand("d-1"), &new, &at(PLACED)))
}

fn placed(kind: DemandKind) -> Vec<DemandEvent> {
    placed_as(new(kind))
}

fn screened(kind: DemandKind) -> Vec<DemandEvent> {
    then::<Demand>(placed(kind), |it| it.screen(&demand("d-1"), None, None, &at(SCREENED)))
}

fn published(kind: DemandKind) -> Vec<DemandEvent> {
    then::<Demand>(screened(kind), |it| it.publish(&demand("d-1"), &at(SCREENED)))
}

/// A wish that the taker has claimed on March 3.
fn claimed(by: Taker) -> Vec<DemandEvent> {
    then::<Demand>(published(DemandKind::MicroWish), move |it| it.claim(&demand("d-1"), &by, &at(TAKEN)))
}

/// An order of March 2, 10:00, dispatched then as voluntary service.
fn dispatched(to: Taker) -> Vec<DemandEvent> {
    then::<Demand>(screened(DemandKind::Order), move |it| {
        it.dispatch(&demand("d-1"), &to, Work::Voluntary, false, &at(SCREENED))
    })
}

fn served(id: &str, of: &str, minutes: u32) -> Served {
    Served { member: member(id), unit: unit(of), minutes }
}

fn completion(taker: Taker, served: Vec<Served>) -> Completion {
    Completion {
        taker,
        served,
        on: day("2026-03-04"),
        form: ServiceForm::Undertaking,
        note: None,
        photo: None,
    }
}

/// The wish that m-1 claimed, served for an hour on March 4 and completed that evening.
fn completed() -> Vec<DemandEvent> {
    then::<Demand>(claimed(m1()), |it| {
        let done = completion(m1(), vec![served("m-1", "u-tax", 60)]);
        it.complete(&demand("d-1"), &done, &at(DONE).by(Role::Member, "m-1"))
    })
}

/// The same, rated by the resident the day after.
fn rated(stars: u8) -> Vec<DemandEvent> {
    then::<Demand>(completed(), move |it| {
        let at = at("2026-03-05T09:00:00+08:00").by(Role::Resident, "r-1");
        it.rate(&demand("d-1"), stars, Rater::Resident, None, &at)
    })
}

fn withdrawn() -> Vec<DemandEvent> {
    then::<Demand>(placed(DemandKind::Order), |it| it.withdraw(&demand("d-1"), &at(SCREENED)))
}

/// What follows the given history in the fuller one.
fn last(facts: &[DemandEvent]) -> &DemandEvent {
    facts.last().unwrap()
}
