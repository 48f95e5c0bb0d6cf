//! Given, when, then: key households, pairs, visits.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{FiveHundreds, Household, HouseholdEvent, NeedTag, NewHousehold, VisitDetails};
use crate::decider::Decision;
use crate::ids::{GridCode, HouseholdId};
use crate::member::VisitKind;
use crate::sample::{ask, demand, grid, member, on, phoenix, refused, state, then};

fn id() -> HouseholdId {
    HouseholdId::new("h-1").unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn new(needs: &[NeedTag], consent: bool) -> NewHousehold {
    NewHousehold { community: phoenix(), grid: Some(grid()), needs: needs.iter().copied().collect(), consent }
}

fn registered() -> Vec<HouseholdEvent> {
    then::<Household>(vec![], |it| it.register(&id(), &new(&[NeedTag::Elderly], true)))
}

/// Paired with m-1 on March 2.
fn paired() -> Vec<HouseholdEvent> {
    then::<Household>(registered(), |it| it.pair(&id(), &member("m-1"), &on("2026-03-02")))
}

fn visit(kind: VisitKind, on: &str) -> VisitDetails {
    VisitDetails { kind, on: day(on), minutes: Some(40), service: Some(FiveHundreds::Warm), note: None }
}

fn record(
    by: &'static str,
    made: VisitDetails,
    recorded: &'static str,
) -> impl FnOnce(&Household) -> Decision<Household> + Send {
    move |it| it.record_visit(&id(), &member(by), &made, &on(recorded))
}

/// C8, C9: a household is entered under an opaque id, once; its grid lies in its community.
#[test]
fn a_household_is_registered_once() {
    let facts = registered();
    assert!(matches!(&facts[..], [HouseholdEvent::HouseholdRegistered { consent: true, .. }]));
    let again = |it: &Household| it.register(&id(), &new(&[NeedTag::Elderly], true));
    assert_eq!(ask::<Household>(&facts, again), Ok(vec![]));
    assert_eq!(
        refused::<Household>(&facts, |it| it.register(&id(), &new(&[NeedTag::Minor], true))),
        "household.registered_otherwise"
    );
    let away = NewHousehold { grid: Some(GridCode::new("520201016002001").unwrap()), ..new(&[], false) };
    assert_eq!(refused::<Household>(&[], move |it| it.register(&id(), &away)), "household.grid_elsewhere");
}

/// C9: the tags elderly, minor and disabled are told only with consent (PIPL art. 28), at registration and after.
#[test]
fn sensitive_tags_need_consent() {
    for tag in [NeedTag::Elderly, NeedTag::Minor, NeedTag::Disabled] {
        assert_eq!(
            refused::<Household>(&[], move |it| it.register(&id(), &new(&[tag, NeedTag::Hardship], false))),
            "household.consent_needed"
        );
        assert!(ask::<Household>(&[], move |it| it.register(&id(), &new(&[tag], true))).is_ok());
        assert_eq!(
            refused::<Household>(&registered(), move |it| {
                it.record_needs(&id(), &BTreeSet::from([tag]), false)
            }),
            "household.consent_needed"
        );
    }
    assert!(ask::<Household>(&[], |it| it.register(&id(), &new(&[NeedTag::Hardship], false))).is_ok());
}

/// C9: consent is withdrawn by recording the needs anew, without the sensitive tags; the same needs again are nothing new.
#[test]
fn consent_can_be_withdrawn() {
    let withdrawn = then::<Household>(registered(), |it| it.record_needs(&id(), &BTreeSet::new(), false));
    assert!(matches!(
        &withdrawn[1..],
        [HouseholdEvent::HouseholdNeedsRecorded { consent: false, needs, .. }] if needs.is_empty()
    ));
    assert_eq!(
        ask::<Household>(&withdrawn, |it| it.record_needs(&id(), &BTreeSet::new(), false)),
        Ok(vec![])
    );
    assert_eq!(
        ask::<Household>(&withdrawn, |it| it.register(&id(), &new(&[NeedTag::Elderly], true))),
        Ok(vec![])
    );
}

/// C8: a household that was never registered is unknown to every verb.
#[test]
fn a_household_never_registered_is_unknown() {
    let (who, at) = (member("m-1"), on("2026-03-02"));
    let household = Household::default();
    let made = visit(VisitKind::Monthly, "2026-03-02");
    for answer in [
        household.record_needs(&id(), &BTreeSet::new(), false),
        household.pair(&id(), &who, &at),
        household.end_pair(&id(), &who, &at),
        household.request_visit(&id(), &demand("r-1"), None, &at),
        household.record_visit(&id(), &who, &made, &at),
    ] {
        assert_eq!(answer.unwrap_err().code, "household.unknown");
    }
}

/// C8, C9: a pair begins and ends on a day; both again are nothing new; who never helped has nothing to end.
#[test]
fn a_pair_begins_and_ends() {
    let given = paired();
    assert_eq!(ask::<Household>(&given, |it| it.pair(&id(), &member("m-1"), &on("2026-03-09"))), Ok(vec![]));
    let end = |it: &Household| it.end_pair(&id(), &member("m-1"), &on("2026-03-20"));
    let ended = then::<Household>(given.clone(), end);
    assert_eq!(
        ended.last(),
        Some(&HouseholdEvent::PairEnded {
            community: phoenix(),
            member: member("m-1"),
            on: day("2026-03-20")
        })
    );
    assert!(state::<Household>(&ended).helpers().is_empty());
    assert_eq!(ask::<Household>(&ended, end), Ok(vec![]));
    assert_eq!(
        refused::<Household>(&given, |it| it.end_pair(&id(), &member("m-2"), &on("2026-03-20"))),
        "household.not_paired"
    );
    assert!(ask::<Household>(&ended, |it| it.pair(&id(), &member("m-1"), &on("2026-04-01"))).is_ok());
}

/// C9: a visit on demand is asked of the only helper, or of the one named; the same request again is nothing new.
#[test]
fn a_visit_is_asked_of_a_helper() {
    let request = |name: &'static str, of: Option<&'static str>| {
        move |it: &Household| {
            let of = of.map(member);
            it.request_visit(&id(), &demand(name), of.as_ref(), &on("2026-03-05"))
        }
    };
    assert_eq!(refused::<Household>(&registered(), request("r-1", None)), "household.nobody_paired");
    let asked = then::<Household>(paired(), request("r-1", None));
    assert!(matches!(
        asked.last(),
        Some(HouseholdEvent::VisitRequested { member: helper, on, .. })
            if *helper == member("m-1") && *on == day("2026-03-05")
    ));
    assert_eq!(ask::<Household>(&asked, request("r-1", Some("m-1"))), Ok(vec![]));
    let two = then::<Household>(asked, |it| it.pair(&id(), &member("m-2"), &on("2026-03-06")));
    assert_eq!(refused::<Household>(&two, request("r-1", Some("m-2"))), "household.requested_otherwise");
    assert_eq!(refused::<Household>(&two, request("r-2", None)), "household.member_needed");
    assert_eq!(refused::<Household>(&two, request("r-2", Some("m-3"))), "household.not_paired");
    assert!(ask::<Household>(&two, request("r-2", Some("m-2"))).is_ok());
}

/// C9, C13: a helper's visit is told with its occasion, its minutes and its «五百» service; the same visit again is nothing
/// new, told otherwise it is refused.
#[test]
fn a_helper_visits() {
    let made = visit(VisitKind::Monthly, "2026-03-10");
    let visited = then::<Household>(paired(), record("m-1", made.clone(), "2026-03-10"));
    assert_eq!(
        visited.last(),
        Some(&HouseholdEvent::HouseholdVisited {
            community: phoenix(),
            member: member("m-1"),
            kind: VisitKind::Monthly,
            on: day("2026-03-10"),
            minutes: Some(40),
            service: Some(FiveHundreds::Warm),
            note: None,
        })
    );
    assert_eq!(ask::<Household>(&visited, record("m-1", made.clone(), "2026-03-12")), Ok(vec![]));
    let otherwise = VisitDetails { service: None, ..made.clone() };
    assert_eq!(
        refused::<Household>(&visited, record("m-1", otherwise, "2026-03-12")),
        "household.visited_otherwise"
    );
    let holiday = VisitDetails { kind: VisitKind::Holiday, ..made };
    assert!(ask::<Household>(&visited, record("m-1", holiday, "2026-03-12")).is_ok());
}

/// C9: only a helper visits, within the pair's time, not on a day to come, and for a minute at least.
#[test]
fn a_visit_lies_in_the_pairs_time() {
    for (by, made, recorded, code) in [
        ("m-2", visit(VisitKind::Monthly, "2026-03-10"), "2026-03-10", "household.not_paired"),
        ("m-1", visit(VisitKind::Monthly, "2026-03-11"), "2026-03-10", "household.day_to_come"),
        ("m-1", visit(VisitKind::Monthly, "2026-03-01"), "2026-03-04", "household.before_pair"),
        ("m-1", visit(VisitKind::Monthly, "2026-03-10"), "2026-03-18", "household.day_long_past"),
        (
            "m-1",
            VisitDetails { minutes: Some(0), ..visit(VisitKind::Monthly, "2026-03-10") },
            "2026-03-10",
            "household.no_minutes",
        ),
    ] {
        assert_eq!(refused::<Household>(&paired(), record(by, made, recorded)), code);
    }
    let in_time = visit(VisitKind::Monthly, "2026-03-10");
    assert!(ask::<Household>(&paired(), record("m-1", in_time.clone(), "2026-03-17")).is_ok());
    let backed = ask::<Household>(&paired(), move |it| {
        it.record_visit(&id(), &member("m-1"), &in_time, &on("2026-04-20").approved("w-2"))
    });
    assert!(backed.is_ok());
}
