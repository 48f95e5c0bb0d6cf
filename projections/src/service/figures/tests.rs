use aggregates::LedgerEvent;
use aggregates::Recorded;
use aggregates::demand::{Channel, DemandEvent as E, DemandKind, Rater, Served, ServiceForm, Taker, Urgency};
use aggregates::household::{FiveHundreds, HouseholdEvent};
use aggregates::ids::CommunityCode;
use aggregates::member::VisitKind;
use aggregates::points::Work;

use super::{ServiceFigures, ServiceFiguresRow};
use crate::projection::Projection;
use crate::service::chronicle::{actor, day, demand, folded, member, moment, phoenix, recorded, term, unit};

fn nine_dragons() -> CommunityCode {
    CommunityCode::new("520203001001").unwrap()
}

fn placed(community: &CommunityCode, kind: DemandKind, channel: Channel) -> E {
    E::DemandPlaced {
        demand: demand("d-1"),
        kind,
        channel,
        category: term("errands"),
        community: community.clone(),
        grid: None,
        estate: None,
        household: None,
        placed_by: None,
        entered_by: actor("w-1"),
        urgency: Urgency::Routine,
        sla: None,
        due: vec![],
    }
}

fn completed(kind: DemandKind, work: Work, on_time: Option<bool>) -> E {
    E::ServiceCompleted {
        community: phoenix(),
        kind,
        taker: Taker::Member(member("m-1")),
        served: vec![Served { member: member("m-1"), unit: unit("u-tax"), minutes: 60 }],
        on: day("2026-03-04"),
        form: ServiceForm::Pledge,
        work,
        completed_by: actor("m-1"),
        rating_until: day("2026-03-11"),
        on_time,
    }
}

fn reopened(kind: DemandKind) -> E {
    E::DemandReopened { community: phoenix(), kind, times: 1, due: vec![] }
}

fn facts(all: Vec<E>) -> Vec<Recorded> {
    (1..)
        .zip(all)
        .map(|(position, fact)| recorded(position, "d-1", "2026-03-04T18:00", LedgerEvent::Demand(fact)))
        .collect()
}

fn figures(key: &str, all: Vec<E>) -> ServiceFiguresRow {
    folded::<ServiceFigures>(key, &facts(all))
}

/// C10: the mix of channels, of any division and month, in counts and percent.
#[test]
fn the_mix_of_channels_is_told_by_division() {
    let all = || {
        vec![
            placed(&phoenix(), DemandKind::Petition, Channel::TalkDay),
            placed(&phoenix(), DemandKind::Petition, Channel::TalkPoint),
            placed(&phoenix(), DemandKind::Petition, Channel::TalkPoint),
            placed(&nine_dragons(), DemandKind::Petition, Channel::TalkCloud),
        ]
    };
    let mix = |row: &ServiceFiguresRow| -> Vec<(Channel, u32, u32)> {
        row.channels.iter().map(|share| (share.channel, share.placed, share.percent)).collect()
    };
    let street = figures("520201016/2026-03", all());
    assert_eq!(mix(&street), [(Channel::TalkPoint, 2, 67), (Channel::TalkDay, 1, 33)]);
    assert_eq!((street.division.as_str(), street.level.as_str()), ("520201016", "street"));
    let prefecture = figures("5202/2026-03", all());
    assert_eq!(
        mix(&prefecture),
        [(Channel::TalkPoint, 2, 50), (Channel::TalkDay, 1, 25), (Channel::TalkCloud, 1, 25)]
    );
    assert_eq!((prefecture.placed, prefecture.level.as_str()), (4, "prefecture"));
}

/// C12: a fact counts in the month of its business time, in the division that it lies in and in every one above.
#[test]
fn a_fact_counts_in_its_month_and_in_every_division_above() {
    let fact = recorded(1, "d-1", "2026-03-31T23:59", placed(&phoenix(), DemandKind::Issue, Channel::Online));
    assert_eq!(
        ServiceFigures::keys(&fact),
        ["5202/2026-03", "520201/2026-03", "520201016/2026-03", "520201016001/2026-03"]
    );
}

/// C11, C14: of completions that had a deadline, so many percent in time; forms counted; duty and voluntary minutes apart.
#[test]
fn completions_in_time_are_a_share_of_those_with_a_deadline() {
    let row = figures(
        "520201016001/2026-03",
        vec![
            completed(DemandKind::Order, Work::Voluntary, Some(true)),
            completed(DemandKind::Order, Work::Voluntary, Some(true)),
            completed(DemandKind::Issue, Work::Duty, Some(false)),
            completed(DemandKind::Order, Work::Voluntary, None),
        ],
    );
    assert_eq!((row.completed, row.completed_with_deadline, row.completed_on_time), (4, 3, 2));
    assert_eq!(row.on_time_percent, Some(67));
    assert_eq!((row.voluntary_minutes, row.duty_minutes), (180, 60));
    assert_eq!(row.forms[&ServiceForm::Pledge], 4);
    assert_eq!(row.satisfied_percent, None);
}

/// C2, C12: collected and solved: by services and by closing; what is reopened is not solved; wishes stand apart.
#[test]
fn collected_and_solved_are_counted_and_reopening_takes_back() {
    let close =
        |solved| E::DemandClosed { community: phoenix(), kind: DemandKind::Petition, solved, on_time: None };
    let row = figures(
        "520201016001/2026-03",
        vec![
            placed(&phoenix(), DemandKind::Issue, Channel::Online),
            placed(&phoenix(), DemandKind::Petition, Channel::Online),
            placed(&phoenix(), DemandKind::Petition, Channel::Online),
            placed(&phoenix(), DemandKind::MicroWish, Channel::Online),
            completed(DemandKind::Issue, Work::Voluntary, None),
            close(true),
            close(false),
            completed(DemandKind::MicroWish, Work::Voluntary, None),
            reopened(DemandKind::Issue),
        ],
    );
    assert_eq!((row.issues, row.issues_solved), (3, 1));
    assert_eq!((row.wishes, row.wishes_fulfilled), (1, 1));
    assert_eq!((row.closed_solved, row.closed_unsolved, row.reopened), (1, 1, 1));
}

/// F15: of departments called, so many percent answered, and so many in time.
#[test]
fn departments_answers_are_a_share_of_those_called() {
    let answered = |department: &str, on_time| E::DepartmentAnswered {
        community: phoenix(),
        department: unit(department),
        on_time,
    };
    let row = figures(
        "520201016001/2026-03",
        vec![
            E::WhistleBlown {
                community: phoenix(),
                departments: vec![unit("u-1"), unit("u-2"), unit("u-3")],
                answer_by: moment("2026-03-05T23:59"),
            },
            answered("u-1", true),
            answered("u-2", false),
        ],
    );
    assert_eq!((row.whistled, row.answered, row.answered_on_time), (3, 2, 1));
    assert_eq!(row.answer_percent, Some(67));
}

/// C1, C3, C5: dispatches of duty and of voluntary service are never mixed; disputes and ratings are counted.
#[test]
fn duty_and_voluntary_service_are_never_mixed() {
    let taker = || Taker::Member(member("m-1"));
    let dispatched = |work| E::OrderDispatched {
        community: phoenix(),
        kind: DemandKind::Issue,
        taker: taker(),
        work,
        answer_by: moment("2026-03-05T23:59"),
    };
    let declined = |work| E::OrderDeclined { community: phoenix(), taker: taker(), work };
    let rated = |stars, satisfied| E::ServiceRated {
        community: phoenix(),
        kind: DemandKind::Issue,
        taker: taker(),
        work: Work::Voluntary,
        stars,
        rater: Rater::Resident,
        satisfied,
        points: 1,
    };
    let row = figures(
        "520201016001/2026-03",
        vec![
            dispatched(Work::Voluntary),
            declined(Work::Voluntary),
            dispatched(Work::Duty),
            dispatched(Work::Duty),
            declined(Work::Duty),
            rated(5, true),
            rated(1, false),
        ],
    );
    assert_eq!((row.dispatched_voluntary, row.declined_voluntary), (1, 1));
    assert_eq!((row.dispatched_duty, row.declined_duty), (2, 1));
    assert_eq!((row.rated, row.satisfied_percent), (2, Some(50)));
}

/// C9, C12, C13: visits are counted by occasion and by the «五百» service noted.
#[test]
fn visits_are_counted_by_occasion_and_service() {
    let visited = |kind, service| HouseholdEvent::HouseholdVisited {
        community: phoenix(),
        member: member("m-1"),
        kind,
        on: day("2026-03-04"),
        minutes: None,
        service,
    };
    let facts: Vec<_> = [
        visited(VisitKind::Monthly, Some(FiveHundreds::Warm)),
        visited(VisitKind::Monthly, None),
        visited(VisitKind::OnDemand, Some(FiveHundreds::Solve)),
    ]
    .into_iter()
    .map(|fact| recorded(1, "h-1", "2026-03-04T18:00", LedgerEvent::Household(fact)))
    .collect();
    let row = folded::<ServiceFigures>("520201016001/2026-03", &facts);
    assert_eq!(row.visits, 3);
    assert_eq!((row.visit_kinds[&VisitKind::Monthly], row.visit_kinds[&VisitKind::OnDemand]), (2, 1));
    assert_eq!((row.five_hundreds[&FiveHundreds::Warm], row.five_hundreds[&FiveHundreds::Solve]), (1, 1));
}
