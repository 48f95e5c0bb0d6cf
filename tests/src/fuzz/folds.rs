//! Facts taken into everything that takes facts: the states of their streams and the rows of all projections. Neither may fail.

use std::collections::HashMap;

use aggregates::{Decider, LedgerEvent, Recorded};
use projections::sheets;

/// Evolves the stream's state by the facts, and folds them into every projection, twice: totals are added to.
pub(super) fn take(events: &[Recorded]) {
    for event in events {
        evolve(&event.event);
    }
    for mut fold in sheets::folds() {
        let missing = fold.missing(events, &|_| true);
        fold.load(missing, &HashMap::new()).unwrap();
        fold.fold(events);
        fold.fold(events);
        for row in fold.drain().unwrap() {
            let Some(body) = row.body else { continue };
            // A row that cannot be read again stops its projection.
            fold.load(vec![row.key.clone()], &HashMap::from([(row.key.into(), body)])).unwrap();
        }
    }
}

fn twice<D: Decider>(fact: &D::Event) {
    let mut state = D::default();
    state.evolve(fact);
    state.evolve(fact);
}

fn evolve(event: &LedgerEvent) {
    match event {
        LedgerEvent::Rulebook(fact) => twice::<aggregates::rulebook::Rulebook>(fact),
        LedgerEvent::Division(fact) => twice::<aggregates::division::Division>(fact),
        LedgerEvent::Unit(fact) => twice::<aggregates::unit::Unit>(fact),
        LedgerEvent::Estate(fact) => twice::<aggregates::estate::Estate>(fact),
        LedgerEvent::Batch(fact) => twice::<aggregates::batch::Batch>(fact),
        LedgerEvent::Group(fact) => twice::<aggregates::group::Group>(fact),
        LedgerEvent::Member(fact) => twice::<aggregates::member::Member>(fact),
        LedgerEvent::Demand(fact) => twice::<aggregates::demand::Demand>(fact),
        LedgerEvent::Grid(fact) => twice::<aggregates::grid::Grid>(fact),
        LedgerEvent::Household(fact) => twice::<aggregates::household::Household>(fact),
        LedgerEvent::Appraisal(fact) => twice::<aggregates::appraisal::Appraisal>(fact),
        LedgerEvent::Agreement(fact) => twice::<aggregates::agreement::Agreement>(fact),
        LedgerEvent::Log(fact) => twice::<aggregates::log::Log>(fact),
        LedgerEvent::Opinion(fact) => twice::<aggregates::opinion::Opinion>(fact),
        LedgerEvent::Access(fact) => twice::<aggregates::access::Access>(fact),
        LedgerEvent::Reading(fact) => twice::<aggregates::reading::Readings>(fact),
        LedgerEvent::Emergency(fact) => twice::<aggregates::emergency::Emergency>(fact),
        LedgerEvent::Person(fact) => twice::<aggregates::person::Person>(fact),
    }
}
