use aggregates::LedgerEvent;
use aggregates::Recorded;
use aggregates::household::{HouseholdEvent, NeedTag};
use aggregates::member::VisitKind;
use aggregates::policy::preset;
use aggregates::visits::VisitState;

use super::{HelpPair, HelpPairs, PairStatus};
use crate::projection::Projection;
use crate::service::chronicle::{column, day, demand, folded, household, member, phoenix, recorded};
use crate::service::due_visits;
use crate::service::households::Households;

fn formed(who: &str, on: &str) -> HouseholdEvent {
    HouseholdEvent::PairFormed { community: phoenix(), member: member(who), on: day(on) }
}

fn ended(who: &str, on: &str) -> HouseholdEvent {
    HouseholdEvent::PairEnded { community: phoenix(), member: member(who), on: day(on) }
}

fn visited(who: &str, kind: VisitKind, on: &str) -> HouseholdEvent {
    HouseholdEvent::HouseholdVisited {
        community: phoenix(),
        member: member(who),
        kind,
        on: day(on),
        minutes: None,
        service: None,
        note: None,
    }
}

fn requested(who: &str, on: &str) -> HouseholdEvent {
    HouseholdEvent::VisitRequested {
        community: phoenix(),
        request: demand("r-1"),
        member: member(who),
        on: day(on),
    }
}

fn story(facts: Vec<HouseholdEvent>) -> Vec<Recorded> {
    (1..)
        .zip(facts)
        .map(|(position, fact)| recorded(position, "h-1", "2026-03-04T18:00", LedgerEvent::Household(fact)))
        .collect()
}

fn pair(facts: Vec<HouseholdEvent>) -> HelpPair {
    folded::<HelpPairs>("h-1/m-1", &story(facts))
}

/// What is due from March to May, as (due day, state).
fn due(row: &HelpPair, as_of: &str) -> Vec<(String, VisitState)> {
    let policy = preset("liupanshui").unwrap().pairing;
    due_visits(row, &policy, day("2026-03-01"), day("2026-05-31"), day(as_of))
        .into_iter()
        .map(|due| (due.due.to_string(), due.state))
        .collect()
}

/// C9: of a pair since March, one visit a month is due; made, overdue or open as the visits and the day say.
#[test]
fn monthly_visits_are_made_overdue_or_open() {
    let row = pair(vec![formed("m-1", "2026-03-01"), visited("m-1", VisitKind::Monthly, "2026-03-20")]);
    assert_eq!(
        due(&row, "2026-05-10"),
        [
            ("2026-03-31".to_owned(), VisitState::Done),
            ("2026-04-30".to_owned(), VisitState::Overdue),
            ("2026-05-31".to_owned(), VisitState::Open),
        ]
    );
}

/// C9: a visit asked for is due within the policy's days, and only a visit on demand answers it.
#[test]
fn a_visit_asked_for_is_due_too() {
    let asked = vec![formed("m-1", "2026-05-02"), requested("m-1", "2026-05-10")];
    let with = |kind| {
        let mut facts = asked.clone();
        facts.push(visited("m-1", kind, "2026-05-12"));
        due(&pair(facts), "2026-05-20")
    };
    assert_eq!(with(VisitKind::Monthly), [("2026-05-13".to_owned(), VisitState::Overdue)]);
    assert_eq!(with(VisitKind::OnDemand), [("2026-05-13".to_owned(), VisitState::Done)]);
}

/// C8, C9: a pair that ended and began anew keeps what was due in both its times.
#[test]
fn a_pair_keeps_its_earlier_times() {
    let mut facts = vec![formed("m-1", "2026-03-01"), ended("m-1", "2026-04-10")];
    let over = pair(facts.clone());
    assert_eq!(column::<HelpPairs>("h-1/m-1", &over, "status").as_deref(), Some("ended"));
    assert_eq!(due(&over, "2026-05-10"), [("2026-03-31".to_owned(), VisitState::Overdue)]);
    facts.push(formed("m-1", "2026-05-01"));
    let again = pair(facts);
    assert_eq!((again.status, again.earlier.len()), (PairStatus::Active, 1));
    assert_eq!(
        due(&again, "2026-05-10"),
        [("2026-03-31".to_owned(), VisitState::Overdue), ("2026-05-31".to_owned(), VisitState::Open)]
    );
}

/// C8: each pair of a household has a row of its own, told by the household's stream alone.
#[test]
fn each_helper_has_a_row() {
    let facts = story(vec![
        formed("m-1", "2026-03-01"),
        formed("m-2", "2026-03-01"),
        visited("m-2", VisitKind::Monthly, "2026-03-20"),
    ]);
    assert_eq!(HelpPairs::keys(&facts[2]), ["h-1/m-2"]);
    let (one, two) = (folded::<HelpPairs>("h-1/m-1", &facts), folded::<HelpPairs>("h-1/m-2", &facts));
    assert_eq!((one.last_visit, two.last_visit), (None, Some(day("2026-03-20"))));
    assert_eq!(HelpPairs::streams("h-1/m-2"), Some(vec![("household", "h-1".to_owned())]));
}

/// C8, C9: a household's row tells its needs, who helps it, and its visits; it is found as paired or not.
#[test]
fn a_household_tells_who_helps_it() {
    let mut facts = vec![HouseholdEvent::HouseholdRegistered {
        household: household("h-1"),
        community: phoenix(),
        grid: None,
        needs: [NeedTag::Elderly].into(),
        consent: true,
    }];
    let told = |facts: &[HouseholdEvent]| {
        let row = folded::<Households>("h-1", &story(facts.to_vec()));
        (column::<Households>("h-1", &row, "paired"), row.helpers.len(), row.visits, row.needs.len())
    };
    assert_eq!(told(&facts), (Some("false".to_owned()), 0, 0, 1));
    facts.push(formed("m-1", "2026-03-01"));
    facts.push(visited("m-1", VisitKind::Monthly, "2026-03-20"));
    assert_eq!(told(&facts), (Some("true".to_owned()), 1, 1, 1));
    facts.push(ended("m-1", "2026-03-21"));
    facts.push(HouseholdEvent::HouseholdNeedsRecorded {
        community: phoenix(),
        needs: [].into(),
        consent: false,
    });
    assert_eq!(told(&facts), (Some("false".to_owned()), 0, 1, 0));
}
