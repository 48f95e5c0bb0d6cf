use std::sync::{Arc, LazyLock};

use chrono::NaiveDate;
use cqrs_es::test::TestFramework;

use super::*;
use crate::circumstance::{Actor, Circumstance, Role};
use crate::decider::{Act, Decider, Decision, Stream};
use crate::ids::{ActorId, EstateId, GridCode, MemberId, Term};
use crate::policy::{Policy, PostHolder, preset};
use crate::refusal::Refusal;
use crate::when::Moment;

const COMMUNITY: &str = "520201016001";

static POLICY: LazyLock<Arc<Policy>> = LazyLock::new(|| Arc::new(preset("liupanshui").unwrap()));

fn moment(text: &str) -> Moment {
    Moment::parse_from_rfc3339(text).unwrap()
}

fn by(role: Role, organisation: Option<&str>, at: &str) -> Circumstance {
    Circumstance {
        at: moment(at),
        now: moment(at),
        actor: Actor {
            id: ActorId::new("o-1").unwrap(),
            role,
            organisation: organisation.map(ToOwned::to_owned),
        },
        policy: Arc::clone(&POLICY),
        catalogue: Arc::default(),
        reason: None,
        approved_by: None,
    }
}

fn on(day: &str) -> Circumstance {
    by(Role::Operator, None, &format!("{day}T09:00:00+08:00"))
}

fn now() -> Circumstance {
    on("2026-03-02")
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn code(sequence: u32) -> GridCode {
    GridCode::new(format!("{COMMUNITY}{sequence:03}")).unwrap()
}

fn term(text: &str) -> Term {
    Term::new(text).unwrap()
}

fn estates(ids: &[&str]) -> Vec<EstateId> {
    ids.iter().map(|id| EstateId::new(*id).unwrap()).collect()
}

fn member(id: &str) -> Holder {
    Holder::Member(MemberId::new(id).unwrap())
}

fn person(id: &str) -> Holder {
    Holder::Person(ActorId::new(id).unwrap())
}

fn drawn(sequence: u32, households: u32, buildings: &[&str]) -> NewGrid {
    NewGrid {
        grid: code(sequence),
        name: Some(format!("第{sequence}网格")),
        households,
        estates: estates(buildings),
        template: None,
    }
}

fn appointment(slot: &str, holder: Holder, source: PostHolder) -> Appointment {
    Appointment { slot: term(slot), holder, sources: vec![source], on_behalf_of: None, estate: None }
}

type Question = Box<dyn FnOnce(&Grid) -> Decision<Grid> + Send>;

fn ask(question: impl FnOnce(&Grid) -> Decision<Grid> + Send + 'static) -> Question {
    Box::new(question)
}

/// Facts so far, each answered by the grid itself.
fn history(questions: Vec<Question>) -> Vec<GridEvent> {
    let mut grid = Grid::default();
    let mut facts = vec![];
    for question in questions {
        for fact in question(&grid).unwrap() {
            grid.evolve(&fact);
            facts.push(fact);
        }
    }
    facts
}

fn state(facts: &[GridEvent]) -> Grid {
    let mut grid = Grid::default();
    for fact in facts {
        grid.evolve(fact);
    }
    grid
}

/// A filed base grid 001 with 300 households in two buildings, following the template.
fn filed(template: &str) -> Vec<GridEvent> {
    let template = term(template);
    history(vec![
        ask(|grid| grid.define(&drawn(1, 300, &["b-1", "b-2"]), GridKind::Base, &now())),
        ask(move |grid| grid.adopt_template(&code(1), &template, &now())),
        ask(|grid| grid.file(&code(1), &now())),
    ])
}

/// The same with holders in slots, in order.
fn staffed(template: &str, posts: &[(&str, Holder, PostHolder)]) -> Vec<GridEvent> {
    let mut facts = filed(template);
    for (slot, holder, source) in posts {
        facts.extend(
            state(&facts).fill_post(&code(1), &appointment(slot, holder.clone(), *source), &now()).unwrap(),
        );
    }
    facts
}

fn when(
    given: Vec<GridEvent>,
    question: impl FnOnce(&Grid) -> Decision<Grid> + Send + 'static,
) -> cqrs_es::test::AggregateResultValidator<Stream<Grid>> {
    let act: Act<Grid> = Box::new(question);
    TestFramework::<Stream<Grid>>::with(()).given(given).when(act)
}

fn refused(
    given: Vec<GridEvent>,
    question: impl FnOnce(&Grid) -> Decision<Grid> + Send + 'static,
    with: Refusal,
) {
    when(given, question).then_expect_error(with);
}

fn nothing(given: Vec<GridEvent>, question: impl FnOnce(&Grid) -> Decision<Grid> + Send + 'static) {
    when(given, question).then_expect_events(vec![]);
}

fn fill(
    slot: &str,
    holder: Holder,
    source: PostHolder,
) -> impl FnOnce(&Grid) -> Decision<Grid> + Send + 'static {
    let wanted = appointment(slot, holder, source);
    move |grid| grid.fill_post(&code(1), &wanted, &now())
}

mod defining;
mod duties;
mod posting;
mod redrawing;
