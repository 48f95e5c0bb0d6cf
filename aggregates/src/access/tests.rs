use super::*;
use crate::circumstance::{Actor, Circumstance, Role};
use crate::decider::Decision;
use crate::given::{Past, on, the};

fn actor(role: Role, id: &str, organisation: Option<&str>) -> Actor {
    Actor { id: the(id), role, organisation: organisation.map(str::to_owned) }
}

fn by(giver: Actor) -> Circumstance {
    Circumstance { actor: giver, ..on("2026-03-02") }
}

fn operator() -> Circumstance {
    by(actor(Role::Operator, "local", None))
}

fn department() -> Circumstance {
    by(actor(Role::OrganisationDepartment, "d-1", Some("520201")))
}

fn grant(
    wanted: Actor,
    at: fn() -> Circumstance,
) -> impl Fn(&Access) -> Decision<Access> + Clone + Send + 'static {
    move |access| access.grant(&wanted, &at())
}

fn revoke(at: fn() -> Circumstance) -> impl Fn(&Access) -> Decision<Access> + Clone + Send + 'static {
    move |access| access.revoke(&the("wang"), &at())
}

/// Issue 4 D: a capacity is granted, changed and revoked; each is a fact, and repeats are none.
#[test]
fn access_is_granted_changed_and_revoked() {
    let worker = actor(Role::CommunityWorker, "w-1", Some("520201016001"));
    let none = Past::<Access>::none();
    none.refuses("access.unknown", revoke(operator));
    let first = grant(worker.clone(), operator);
    none.when(first.clone()).then_expect_events(vec![AccessEvent::AccessGranted {
        role: Role::CommunityWorker,
        actor: the("w-1"),
        organisation: Some(the("520201016001")),
    }]);
    let past = none.and(first.clone());
    past.is_content(first);
    assert_eq!(past.state().held(), Some(&worker));
    let past = past.and(grant(actor(Role::Member, "m-1", None), operator));
    assert_eq!(past.state().held().unwrap().role, Role::Member);
    past.when(revoke(operator)).then_expect_events(vec![AccessEvent::AccessRevoked {}]);
    let past = past.and(revoke(operator));
    assert_eq!(past.state().held(), None);
    past.is_content(revoke(operator));
    past.and(grant(worker, operator));
}

/// Issue 4 D: nobody signs in as the public or the house, and a body is named where the role acts for one, nowhere else.
#[test]
fn a_capacity_fits_its_role() {
    let none = Past::<Access>::none();
    for role in [Role::Public, Role::System] {
        none.refuses("access.no_such_capacity", grant(actor(role, "x", None), operator));
    }
    for role in [Role::CommunityWorker, Role::Unit] {
        none.refuses("access.organisation_needed", grant(actor(role, "x", None), operator));
    }
    for role in [Role::Resident, Role::Operator] {
        none.refuses("access.no_organisation", grant(actor(role, "x", Some("5202")), operator));
    }
}

/// Issue 4 D, F18: a department gives and takes only what stands below it, and only within its division; nobody revokes himself.
#[test]
fn a_department_gives_only_what_is_below_it() {
    let none = Past::<Access>::none();
    for role in [Role::OrganisationDepartment, Role::Auditor, Role::PromotionReview, Role::Operator] {
        none.refuses("access.above_oneself", grant(actor(role, "x", None), department));
        let past = Past::<Access>::none().and(grant(actor(role, "x", None), operator));
        past.refuses("access.above_oneself", revoke(department));
        past.refuses("access.above_oneself", grant(actor(Role::Member, "m-1", None), department));
    }
    let near = actor(Role::CommunityWorker, "w-1", Some("520201016001"));
    let far = actor(Role::CommunityWorker, "w-1", Some("520203001001"));
    none.refuses("access.elsewhere", grant(far, department));
    let past = none.and(grant(near, department));
    past.and(revoke(department));
    let own = Past::<Access>::none().and(grant(actor(Role::Operator, "local", None), operator));
    own.refuses("access.ones_own", revoke(operator));
}
