//! Readings (查阅登记): that somebody of an office looked at what is held about persons. Each is a fact of the journal, so that whom it
//! was about can see it, and nobody can take it away.

use serde::{Deserialize, Serialize};

use crate::circumstance::{Circumstance, Role};
use crate::decider::{Decider, Decision};

mod event;

pub use event::{Reading, ReadingEvent};

crate::refusals! { "reading";
    /// Only the house itself knows what it showed.
    for_the_house_only() Forbidden:
        "查阅登记只能由系统自身记录", "only the house itself records what it showed to whom";
    /// About nobody.
    about_nobody() Invalid at "subjects":
        "未涉及任何人", "it is about nobody";
}

pub use CATALOGUE as REFUSALS;

/// The readings of one reader on one day. No rule reads them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Readings {}

impl Decider for Readings {
    const TYPE: &'static str = "reading";
    type Event = ReadingEvent;

    fn evolve(&mut self, _: &ReadingEvent) {}
}

impl Readings {
    /// Records one.
    pub fn record(&self, reading: &Reading, at: &Circumstance) -> Decision<Self> {
        if at.actor.role != Role::System {
            return Err(for_the_house_only());
        }
        if reading.subjects.is_empty() {
            return Err(about_nobody());
        }
        Ok(vec![ReadingEvent::PersonalRecordsRead { reading: reading.clone() }])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circumstance::Actor;
    use crate::given::{Past, on, the};

    fn reading(subjects: &[&str]) -> Reading {
        Reading {
            by: the("w-1"),
            role: Role::CommunityWorker,
            organisation: None,
            what: the("point-cards"),
            subjects: subjects.iter().map(|subject| (*subject).to_owned()).collect(),
            purpose: None,
            broken_glass: false,
        }
    }

    /// Issue 4 D: readings are recorded by the house alone, and are about somebody.
    #[test]
    fn the_house_records_readings_about_somebody() {
        let house = || {
            let system = Actor { id: the("readings"), role: Role::System, organisation: None };
            Circumstance { actor: system, ..on("2026-03-02") }
        };
        let none = Past::<Readings>::none();
        let one = reading(&["member:m-1"]);
        none.refuses("reading.for_the_house_only", {
            let one = one.clone();
            move |state| state.record(&one, &on("2026-03-02"))
        });
        none.refuses("reading.about_nobody", move |state| state.record(&reading(&[]), &house()));
        let expected = ReadingEvent::PersonalRecordsRead { reading: one.clone() };
        none.when(move |state| state.record(&one, &house())).then_expect_events(vec![expected]);
    }
}
