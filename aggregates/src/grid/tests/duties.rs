//! Duty lists and duty roles.

use super::*;

fn duty(item: &str, slot: &str, due: Option<&str>) -> NewDuty {
    NewDuty { item: term(item), slot: term(slot), due: due.map(date) }
}

fn publish(items: Vec<NewDuty>) -> impl FnOnce(&Grid) -> Decision<Grid> + Send + 'static {
    move |grid| grid.publish_duties(&code(1), &term("2026-03"), &items, &now())
}

fn done(
    item: &'static str,
    by: Holder,
    day: &'static str,
) -> impl FnOnce(&Grid) -> Decision<Grid> + Send + 'static {
    move |grid| {
        grid.complete_duty(&code(1), (&term("2026-03"), &term(item)), &by, date(day), &on("2026-05-20"))
    }
}

/// A grid with one officer in each fixed slot, and a list of two duties.
fn listed() -> Vec<GridEvent> {
    let mut facts = staffed(
        "double_heads",
        &[
            ("community_head", person("w-1"), PostHolder::CommunityWorker),
            ("first_head", member("m-1"), PostHolder::SectionCadre),
        ],
    );
    let items =
        vec![duty("gas-check", "community_head", None), duty("visit", "first_head", Some("2026-03-31"))];
    facts.extend(publish(items)(&state(&facts)).unwrap());
    facts
}

/// B17: a list names slot and last day of each item; the policy's days where it says nothing.
#[test]
fn a_duty_list_is_published() {
    let facts = listed();
    let Some(GridEvent::DutyListPublished { items, .. }) = facts.last() else { panic!() };
    let dues: Vec<_> = items.iter().map(|item| item.due).collect();
    assert_eq!(dues, [date("2026-04-01"), date("2026-03-31")]);
}

/// B17: the same list again is nothing, other items under its name are refused.
#[test]
fn a_list_is_published_once() {
    let items =
        || vec![duty("gas-check", "community_head", None), duty("visit", "first_head", Some("2026-03-31"))];
    nothing(listed(), publish(items()));
    let mut other = items();
    other.pop();
    refused(listed(), publish(other), refusal::list_taken(&term("2026-03")));
}

/// B17: what a list must be.
#[test]
fn a_list_names_known_slots_and_days_to_come() {
    let given = filed("double_heads");
    let bad = [
        (vec![], refusal::no_items()),
        (vec![duty("a", "post_a", None)], refusal::unknown_slot(&term("post_a"))),
        (
            vec![duty("a", "first_head", None), duty("a", "community_head", None)],
            refusal::item_twice(&term("a")),
        ),
        (
            vec![duty("a", "first_head", Some("2026-03-01"))],
            refusal::due_past(&term("a"), date("2026-03-02")),
        ),
    ];
    for (items, with) in bad {
        refused(given.clone(), publish(items), with);
    }
}

/// B17: the holder of the slot does its duty, in time or late.
#[test]
fn a_duty_is_done_by_the_holder_of_its_slot() {
    for (day, late) in [("2026-04-01", false), ("2026-04-02", true)] {
        when(listed(), done("gas-check", person("w-1"), day)).then_expect_events(vec![GridEvent::DutyDone {
            community: code(1).community(),
            list: term("2026-03"),
            item: term("gas-check"),
            slot: term("community_head"),
            by: person("w-1"),
            on: date(day),
            late,
        }]);
    }
}

/// B17: others do not do it: not the other head, not before taking the post, not after leaving it.
#[test]
fn others_do_not_do_it() {
    let slot = term("community_head");
    refused(
        listed(),
        done("gas-check", member("m-1"), "2026-03-10"),
        refusal::not_their_duty(&slot, &member("m-1")),
    );
    refused(
        listed(),
        done("gas-check", person("w-1"), "2026-03-01"),
        refusal::not_their_duty(&slot, &person("w-1")),
    );
    let mut left = listed();
    left.extend(state(&left).vacate_post(&code(1), &slot, &person("w-1"), date("2026-03-20")).unwrap());
    refused(
        left.clone(),
        done("gas-check", person("w-1"), "2026-03-20"),
        refusal::not_their_duty(&slot, &person("w-1")),
    );
    assert_eq!(done("gas-check", person("w-1"), "2026-03-19")(&state(&left)).unwrap().len(), 1);
}

/// B17: done once; by the same again is nothing; unknown items and days to come are refused.
#[test]
fn a_duty_is_done_once() {
    let mut given = listed();
    given.extend(done("gas-check", person("w-1"), "2026-03-10")(&state(&given)).unwrap());
    nothing(given.clone(), done("gas-check", person("w-1"), "2026-03-11"));
    refused(
        given.clone(),
        done("gas-check", person("w-2"), "2026-03-11"),
        refusal::done_already(&term("gas-check")),
    );
    refused(
        given.clone(),
        done("sweep", person("w-1"), "2026-03-11"),
        refusal::unknown_duty(&term("2026-03"), &term("sweep")),
    );
    refused(given, done("visit", member("m-1"), "2026-05-21"), refusal::not_yet(date("2026-05-20")));
}

fn assign(holder: Holder, role: &'static str) -> impl FnOnce(&Grid) -> Decision<Grid> + Send + 'static {
    move |grid| grid.assign_duty(&code(1), &term("first_head"), &holder, &term(role), &now())
}

/// B9: a holder is given one of the policy's duty roles, once.
#[test]
fn a_duty_role_is_given() {
    when(listed(), assign(member("m-1"), "mediator")).then_expect_events(vec![GridEvent::DutyAssigned {
        community: code(1).community(),
        slot: term("first_head"),
        holder: member("m-1"),
        role: term("mediator"),
        from: date("2026-03-02"),
    }]);
    let mut given = listed();
    given.extend(assign(member("m-1"), "mediator")(&state(&given)).unwrap());
    nothing(given, assign(member("m-1"), "mediator"));
}

/// B9: seven roles are the policy's own list; others are refused, and so is whoever holds no post.
#[test]
fn a_duty_role_is_of_the_list_and_for_holders() {
    assert_eq!(now().policy.grids.duty_roles.len(), 7);
    refused(listed(), assign(member("m-1"), "eighth"), refusal::role_not_listed(&term("eighth")));
    refused(
        listed(),
        assign(member("m-2"), "mediator"),
        refusal::not_holder(&term("first_head"), &member("m-2")),
    );
}

/// B9: a duty role is taken off again; it ends with the post in any case.
#[test]
fn a_duty_role_is_taken_off() {
    let mut given = listed();
    given.extend(assign(member("m-1"), "mediator")(&state(&given)).unwrap());
    let relieve = |grid: &Grid| {
        grid.relieve_duty(&code(1), &term("first_head"), &member("m-1"), &term("mediator"), &on("2026-04-01"))
    };
    when(given.clone(), relieve).then_expect_events(vec![GridEvent::DutyRelieved {
        community: code(1).community(),
        slot: term("first_head"),
        holder: member("m-1"),
        role: term("mediator"),
        on: date("2026-04-01"),
    }]);
    nothing(listed(), relieve);
    given.extend(
        state(&given).vacate_post(&code(1), &term("first_head"), &member("m-1"), date("2026-03-10")).unwrap(),
    );
    refused(given, relieve, refusal::not_holder(&term("first_head"), &member("m-1")));
}
