//! What tests of several deciders need: names, a circumstance, and a way to ask.

use std::sync::{Arc, LazyLock};

use chrono::DateTime;
use cqrs_es::test::TestFramework;

use crate::circumstance::{Actor, Circumstance, Role};
use crate::decider::{Decider, Decision, Stream};
use crate::ids::{ActorId, CommunityCode, DemandId, GridCode, MemberId, Term, UnitId};
use crate::policy::{Policy, preset};
use crate::rulebook::DutyCatalogue;

pub(crate) fn member(id: &str) -> MemberId {
    MemberId::new(id).expect("a member's id")
}

pub(crate) fn unit(id: &str) -> UnitId {
    UnitId::new(id).expect("a unit's id")
}

pub(crate) fn demand(id: &str) -> DemandId {
    DemandId::new(id).expect("a demand's id")
}

pub(crate) fn term(name: &str) -> Term {
    Term::new(name).expect("a term")
}

/// 凤凰街道, first community.
pub(crate) fn phoenix() -> CommunityCode {
    CommunityCode::new("520201016001").expect("a community's code")
}

/// Its first grid.
pub(crate) fn grid() -> GridCode {
    GridCode::new("520201016001001").expect("a grid's code")
}

/// The policy of 六盘水 as shipped, read once.
pub(crate) fn liupanshui() -> Arc<Policy> {
    static POLICY: LazyLock<Arc<Policy>> =
        LazyLock::new(|| Arc::new(preset("liupanshui").expect("a shipped policy")));
    Arc::clone(&POLICY)
}

/// A community worker records something at noon of the day, at once.
pub(crate) fn on(day: &str) -> Circumstance {
    let at = DateTime::parse_from_rfc3339(&format!("{day}T12:00:00+08:00")).expect("a day");
    Circumstance {
        at,
        now: at,
        actor: Actor {
            id: ActorId::new("w-1").expect("an actor"),
            role: Role::CommunityWorker,
            organisation: None,
        },
        policy: liupanshui(),
        catalogue: Arc::new(DutyCatalogue::default()),
        reason: None,
        approved_by: None,
    }
}

impl Circumstance {
    /// The same, with somebody else acting.
    pub(crate) fn by(mut self, role: Role, id: &str) -> Self {
        self.actor = Actor { id: ActorId::new(id).expect("an actor"), role, organisation: None };
        self
    }

    /// The same, with the envelope's reason.
    pub(crate) fn because(mut self, reason: &str) -> Self {
        self.reason = Some(reason.to_owned());
        self
    }

    /// The same, with the envelope's reason and a second person.
    pub(crate) fn approved(self, by: &str) -> Self {
        let mut at = self.because("文件 2027-12 号");
        at.approved_by = Some(ActorId::new(by).expect("an actor"));
        at
    }

    /// The same, under a changed policy.
    pub(crate) fn under(mut self, change: impl FnOnce(&mut Policy)) -> Self {
        let mut policy = Policy::clone(&self.policy);
        change(&mut policy);
        self.policy = Arc::new(policy);
        self
    }
}

/// What a decider with this history answers, asked through cqrs-es.
pub(crate) fn ask<D: Decider>(
    given: &[D::Event],
    act: impl FnOnce(&D) -> Decision<D> + Send + 'static,
) -> Decision<D> {
    TestFramework::<Stream<D>>::with(()).given(given.to_vec()).when(Box::new(act)).inspect_result()
}

/// The history with what the decider answered to it.
pub(crate) fn then<D: Decider>(
    mut given: Vec<D::Event>,
    act: impl FnOnce(&D) -> Decision<D> + Send + 'static,
) -> Vec<D::Event> {
    let facts = ask::<D>(&given, act).expect("an accepted act");
    given.extend(facts);
    given
}

/// The code of the refusal that a decider with this history answers.
pub(crate) fn refused<D: Decider>(
    given: &[D::Event],
    act: impl FnOnce(&D) -> Decision<D> + Send + 'static,
) -> String {
    match ask::<D>(given, act) {
        Ok(facts) => panic!("accepted: {facts:?}"),
        Err(refusal) => refusal.code.into_owned(),
    }
}

/// The state that a history makes.
pub(crate) fn state<D: Decider>(given: &[D::Event]) -> D {
    let mut state = D::default();
    for fact in given {
        state.evolve(fact);
    }
    state
}
