use std::collections::BTreeMap;

use super::*;
use crate::circumstance::{Circumstance, Role};
use crate::decider::Decision;
use crate::given::{Past, on, the};
use crate::ids::Sealed;
use crate::subject::Subject;

fn sealed(letter: &str) -> Sealed {
    the(&letter.repeat(43))
}

fn by(role: Role, id: &str, organisation: Option<&str>) -> Circumstance {
    let mut at = on("2026-03-02");
    at.actor = crate::Actor { id: the(id), role, organisation: organisation.map(str::to_owned) };
    at
}

fn keep(
    subject: &'static str,
    letter: &'static str,
    at: Circumstance,
) -> impl Fn(&Person) -> Decision<Person> + Clone + Send {
    move |state| {
        let details = BTreeMap::from([(Detail::Phone, sealed(letter))]);
        state.keep(&the(subject), &details, Some(&the("u-tax")), &at)
    }
}

fn erase(subject: &'static str, at: Circumstance) -> impl Fn(&Person) -> Decision<Person> + Clone + Send {
    move |state| state.erase(&the(subject), ErasureGround::OwnRequest, &at)
}

/// Issue 4 C: details are kept by the person, the community and the member's unit, and by nobody else.
#[test]
fn details_are_kept_by_those_who_are_near() {
    let past = Past::<Person>::none();
    for at in [
        by(Role::Member, "m-1", None),
        by(Role::CommunityWorker, "w-1", None),
        by(Role::Unit, "x-1", Some("u-tax")),
        by(Role::OrganisationDepartment, "o-1", None),
    ] {
        assert_eq!(past.ask(keep("member:m-1", "a", at)).len(), 1);
    }
    for at in [
        by(Role::Member, "m-2", None),
        by(Role::Resident, "m-1", None),
        by(Role::Unit, "x-1", Some("u-hospital")),
        by(Role::Auditor, "a-1", None),
    ] {
        past.refuses("person.not_yours", keep("member:m-1", "a", at));
    }
    past.refuses("person.not_a_person", keep("demand:d-1", "a", on("2026-03-02")));
    past.refuses("person.nothing_told", |state: &Person| {
        state.keep(&the("member:m-1"), &BTreeMap::new(), None, &on("2026-03-02"))
    });
    let first = keep("member:m-1", "a", on("2026-03-02"));
    let past = past.and(first.clone());
    past.is_content(first);
    let past = past.and(keep("member:m-1", "b", on("2026-03-03")));
    assert_eq!(past.state().details(), &BTreeMap::from([(Detail::Phone, sealed("b"))]));
}

/// Issue 4 C: whoever was erased stays so; nothing more is kept, and to erase again is nothing.
#[test]
fn who_was_erased_stays_so() {
    let subject: Subject = the("resident:r-1");
    let past = Past::<Person>::none().and(keep("resident:r-1", "a", on("2026-03-02")));
    past.refuses("person.not_yours", erase("resident:r-1", by(Role::Resident, "r-1", None)));
    past.refuses("person.not_yours", erase("member:m-1", by(Role::CommunityWorker, "w-1", None)));
    let act = erase("resident:r-1", by(Role::CommunityWorker, "w-1", None));
    let past = past.and(act.clone());
    past.is_content(act);
    assert!(past.state().details().is_empty());
    past.refuses("person.erased", keep("resident:r-1", "b", on("2026-03-03")));
    past.refuses("person.erased", move |state: &Person| {
        state.agree(&subject, ConsentPurpose::DemandContact, &on("2026-03-03"))
    });
}

/// Issue 4 C: consent is recorded, and can be taken back.
#[test]
fn consent_is_recorded_and_can_be_taken_back() {
    let at = || by(Role::Resident, "r-1", None);
    let agree = move |state: &Person| state.agree(&the("resident:r-1"), ConsentPurpose::DemandContact, &at());
    let disagree = move |state: &Person| {
        state.disagree(&the("resident:r-1"), ConsentPurpose::DemandContact, &by(Role::Resident, "r-1", None))
    };
    let past = Past::<Person>::none().and(agree);
    past.is_content(agree);
    past.state().must_not_have_withdrawn(ConsentPurpose::DemandContact).unwrap();
    past.refuses("person.not_yours", |state: &Person| {
        state.agree(&the("resident:r-1"), ConsentPurpose::SpecialNeeds, &by(Role::Resident, "r-2", None))
    });
    let past = past.and(disagree);
    past.is_content(disagree);
    assert!(past.state().must_not_have_withdrawn(ConsentPurpose::DemandContact).is_err());
}
