//! What tests of deciders begin with: a circumstance under the shipped policy of 六盘水, and a past of real decisions.

use std::fmt::Debug;
use std::str::FromStr;
use std::sync::{Arc, LazyLock};

use chrono::{NaiveDate, NaiveTime};
use cqrs_es::test::{AggregateResultValidator, TestFramework};

use crate::circumstance::{Actor, Circumstance, Role};
use crate::decider::{Decider, Decision, Stream};
use crate::policy::{Policy, preset};
use crate::refusal::Refusal;
use crate::when;

/// An id, code or date.
pub(crate) fn the<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// Ten in the morning of a day, by a community worker, under the policy of 六盘水.
pub(crate) fn on(day: &str) -> Circumstance {
    static LIUPANSHUI: LazyLock<Policy> = LazyLock::new(|| preset("liupanshui").unwrap());
    under(LIUPANSHUI.clone(), day)
}

/// The same under another policy.
pub(crate) fn under(policy: Policy, day: &str) -> Circumstance {
    let date: NaiveDate = the(day);
    let at = when::moment(date, NaiveTime::from_hms_opt(10, 0, 0).unwrap());
    Circumstance {
        at,
        now: at,
        actor: Actor { id: the("w-1"), role: Role::CommunityWorker, organisation: None },
        policy: Arc::new(policy),
        catalogue: Arc::default(),
        approved_by: None,
        reason: None,
    }
}

/// A stream's events so far.
pub(crate) struct Past<D: Decider> {
    state: D,
    facts: Vec<D::Event>,
}

impl<D: Decider> Past<D> {
    /// Nothing yet.
    pub(crate) fn none() -> Self {
        Self { state: D::default(), facts: vec![] }
    }

    /// What a decision adds, which must not be refused.
    pub(crate) fn and(mut self, act: impl FnOnce(&D) -> Decision<D>) -> Self {
        let facts = act(&self.state).unwrap();
        for fact in &facts {
            self.state.evolve(fact);
        }
        self.facts.extend(facts);
        self
    }

    /// The events.
    pub(crate) fn facts(&self) -> Vec<D::Event> {
        self.facts.clone()
    }

    /// The state that they make.
    pub(crate) fn state(&self) -> &D {
        &self.state
    }

    /// Asks for a decision on that past, through cqrs-es.
    pub(crate) fn when(
        &self,
        act: impl FnOnce(&D) -> Decision<D> + Send + 'static,
    ) -> AggregateResultValidator<Stream<D>> {
        TestFramework::<Stream<D>>::with(()).given(self.facts()).when(Box::new(act))
    }

    /// What the decision answers.
    pub(crate) fn ask(&self, act: impl FnOnce(&D) -> Decision<D> + Send + 'static) -> Vec<D::Event> {
        self.when(act).inspect_result().unwrap()
    }

    /// Asserts that the decision is refused under this code.
    #[track_caller]
    pub(crate) fn refuses(
        &self,
        code: &str,
        act: impl FnOnce(&D) -> Decision<D> + Send + 'static,
    ) -> Refusal {
        let refusal = self.when(act).inspect_result().unwrap_err();
        assert_eq!(refusal.code, code);
        refusal
    }

    /// Asserts that the decision has nothing to do.
    #[track_caller]
    pub(crate) fn is_content(&self, act: impl FnOnce(&D) -> Decision<D> + Send + 'static) {
        assert_eq!(self.ask(act), vec![]);
    }
}
