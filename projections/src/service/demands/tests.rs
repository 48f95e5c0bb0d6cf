use aggregates::demand::{
    Channel, DemandEvent as E, DemandKind, Due, Rater, Served, ServiceForm, Taker, Urgency,
};
use aggregates::points::Work;
use aggregates::policy::Stage;
use aggregates::rulebook::DutyOwner;
use aggregates::{LedgerEvent, Recorded};

use super::{DemandPhase, DemandRow, Demands};
use crate::projection::Projection;
use crate::service::chronicle::{
    actor, column, day, demand, folded, grid, member, moment, phoenix, recorded, term, unit,
};

fn m1() -> Taker {
    Taker::Member(member("m-1"))
}

fn placed() -> E {
    let due = |stage, by| Due { stage, by: moment(by) };
    E::DemandPlaced {
        demand: demand("d-1"),
        kind: DemandKind::Issue,
        channel: Channel::TalkPoint,
        category: term("errands"),
        community: phoenix(),
        grid: Some(grid()),
        estate: None,
        household: None,
        placed_by: Some(actor("r-1")),
        entered_by: actor("w-1"),
        urgency: Urgency::Routine,
        sla: Some(term("issue")),
        due: vec![
            due(Stage::Screened, "2026-03-02T11:00"),
            due(Stage::Taken, "2026-03-07T23:59"),
            due(Stage::Completed, "2026-03-12T23:59"),
        ],
        words: None,
        forget_days: None,
    }
}

fn screened() -> E {
    E::DemandScreened {
        community: phoenix(),
        kind: DemandKind::Issue,
        category: term("errands"),
        catalogue: term("2026.1"),
        difficulty: term("easy"),
        points: 1,
    }
}

fn published() -> E {
    E::WishPublished { community: phoenix(), kind: DemandKind::Issue }
}

fn claimed() -> E {
    E::WishClaimed {
        community: phoenix(),
        kind: DemandKind::Issue,
        taker: m1(),
        on: day("2026-03-03"),
        until: day("2026-03-18"),
    }
}

fn completed(on_time: bool) -> E {
    E::ServiceCompleted {
        community: phoenix(),
        kind: DemandKind::Issue,
        taker: m1(),
        served: vec![Served { member: member("m-1"), unit: unit("u-tax"), minutes: 60 }],
        on: day("2026-03-04"),
        form: ServiceForm::Pledge,
        work: Work::Voluntary,
        completed_by: actor("m-1"),
        rating_until: day("2026-03-11"),
        on_time: Some(on_time),
        note: None,
        photo: None,
    }
}

fn rated(stars: u8, satisfied: bool) -> E {
    E::ServiceRated {
        community: phoenix(),
        kind: DemandKind::Issue,
        taker: m1(),
        work: Work::Voluntary,
        stars,
        rater: Rater::Resident,
        satisfied,
        points: 1,
        comment: None,
    }
}

/// The facts with their moments, from position 1.
fn story(facts: &[(&str, E)]) -> Vec<Recorded> {
    (1..)
        .zip(facts)
        .map(|(position, (at, fact))| recorded(position, "d-1", at, LedgerEvent::Demand(fact.clone())))
        .collect()
}

fn row(facts: &[(&str, E)]) -> DemandRow {
    folded::<Demands>("d-1", &story(facts))
}

fn told(row: &DemandRow, name: &str) -> String {
    column::<Demands>("d-1", row, name).unwrap_or_default()
}

/// C1, C11: the next deadline is that of the stage awaited: screening, then a taker, then completion, then none.
#[test]
fn the_next_deadline_follows_the_phase() {
    let mut facts = vec![("2026-03-02T09:00", placed())];
    let due = |facts: &[(&str, E)]| {
        let row = row(facts);
        (row.next_stage, told(&row, "next_due"), told(&row, "phase"), told(&row, "open"))
    };
    let is =
        |stage, by: &str, phase: &str, open: &str| (stage, by.to_owned(), phase.to_owned(), open.to_owned());
    assert_eq!(due(&facts), is(Some(Stage::Screened), "2026-03-02T11:00:00+08:00", "placed", "true"));
    facts.push(("2026-03-02T10:00", screened()));
    assert_eq!(due(&facts), is(Some(Stage::Taken), "2026-03-07T23:59:00+08:00", "screened", "true"));
    facts.push(("2026-03-02T10:00", published()));
    assert_eq!(due(&facts), is(Some(Stage::Taken), "2026-03-07T23:59:00+08:00", "published", "true"));
    facts.push(("2026-03-03T08:00", claimed()));
    assert_eq!(due(&facts), is(Some(Stage::Completed), "2026-03-12T23:59:00+08:00", "taken", "true"));
    facts.push(("2026-03-04T18:00", completed(true)));
    assert_eq!(due(&facts), is(None, "", "completed", "false"));
}

/// C11: each deadline tells whether it was kept; one that was met late stays missed.
#[test]
fn each_deadline_tells_whether_it_was_kept() {
    let row = row(&[
        ("2026-03-02T09:00", placed()),
        ("2026-03-02T11:01", screened()),
        ("2026-03-02T11:01", published()),
        ("2026-03-03T08:00", claimed()),
        ("2026-03-13T08:00", completed(false)),
    ]);
    let kept: Vec<_> = row.deadlines.iter().map(|line| (line.stage, line.kept)).collect();
    assert_eq!(
        kept,
        [(Stage::Screened, Some(false)), (Stage::Taken, Some(true)), (Stage::Completed, Some(false))]
    );
    assert_eq!(row.on_time, Some(false));
}

/// C2: who has it in hand, until when the claim stands, and that it is free again when given back.
#[test]
fn a_claim_shows_its_taker_until_it_is_given_back() {
    let mut facts = vec![
        ("2026-03-02T09:00", placed()),
        ("2026-03-02T10:00", screened()),
        ("2026-03-02T10:00", published()),
        ("2026-03-03T08:00", claimed()),
    ];
    let held = row(&facts);
    assert_eq!(told(&held, "taker"), "m-1");
    assert_eq!(told(&held, "claim_until"), "2026-03-18T23:59:59+08:00");
    facts.push(("2026-03-19T00:00", E::ClaimLapsed { community: phoenix(), taker: m1() }));
    let free = row(&facts);
    assert_eq!((told(&free, "taker"), told(&free, "claim_until")), (String::new(), String::new()));
    assert_eq!(free.phase, Some(DemandPhase::Published));
    assert_eq!(free.next_stage, Some(Stage::Taken));
}

/// C1: a dispatch shows whom it asks and until when; accepted it lapses no more; declined it is counted.
#[test]
fn a_dispatch_shows_until_when_it_stands() {
    let offered = E::OrderDispatched {
        community: phoenix(),
        kind: DemandKind::Issue,
        taker: m1(),
        work: Work::Duty,
        answer_by: moment("2026-03-03T10:00"),
    };
    let mut facts =
        vec![("2026-03-02T09:00", placed()), ("2026-03-02T10:00", screened()), ("2026-03-02T10:00", offered)];
    let asked = row(&facts);
    assert_eq!(told(&asked, "claim_until"), "2026-03-03T10:00:00+08:00");
    assert_eq!((asked.phase, asked.work), (Some(DemandPhase::Dispatched), Some(Work::Duty)));
    let mut declined = facts.clone();
    declined
        .push(("2026-03-02T12:00", E::OrderDeclined { community: phoenix(), taker: m1(), work: Work::Duty }));
    let declined = row(&declined);
    assert_eq!((declined.phase, declined.declined), (Some(DemandPhase::Screened), 1));
    facts.push((
        "2026-03-02T12:00",
        E::OrderAccepted {
            community: phoenix(),
            kind: DemandKind::Issue,
            taker: m1(),
            work: Work::Duty,
            on: day("2026-03-02"),
        },
    ));
    let accepted = row(&facts);
    assert_eq!((accepted.phase, told(&accepted, "claim_until")), (Some(DemandPhase::Taken), String::new()));
}

/// C5: what waits for a rating is found by the resident's last day; rated it waits no more; reopened it keeps the earlier
/// round and the minutes served.
#[test]
fn ratings_and_reopenings_are_told() {
    let mut facts = vec![
        ("2026-03-02T09:00", placed()),
        ("2026-03-02T10:00", screened()),
        ("2026-03-02T10:00", published()),
        ("2026-03-03T08:00", claimed()),
        ("2026-03-04T18:00", completed(true)),
    ];
    assert_eq!(told(&row(&facts), "rating_until"), "2026-03-11");
    facts.push(("2026-03-05T18:00", rated(1, false)));
    let unsatisfied = row(&facts);
    assert_eq!(told(&unsatisfied, "rating_until"), "");
    assert_eq!(
        (unsatisfied.stars, unsatisfied.satisfied, unsatisfied.solved),
        (Some(1), Some(false), Some(true))
    );
    facts.push((
        "2026-03-06T09:00",
        E::DemandReopened {
            community: phoenix(),
            kind: DemandKind::Issue,
            times: 1,
            due: vec![Due { stage: Stage::Completed, by: moment("2026-03-16T23:59") }],
        },
    ));
    let again = row(&facts);
    assert_eq!((again.stars, again.satisfied, again.solved, again.on_time), (None, None, None, None));
    assert_eq!((again.phase, again.open, again.reopened), (Some(DemandPhase::Published), true, 1));
    assert_eq!((again.rounds[0].stars, again.rounds[0].taker.as_deref()), (Some(1), Some("m-1")));
    assert_eq!(again.next_due.as_deref(), Some("2026-03-16T23:59:00+08:00"));
    facts.push(("2026-03-07T08:00", claimed()));
    facts.push(("2026-03-08T18:00", completed(true)));
    assert_eq!(row(&facts).minutes, 120);
}

/// C3: a disputed dispatch is found as such, waits to be screened by its new deadline, and referred it is with its owner.
#[test]
fn disputes_and_referrals_are_told() {
    let mut facts = vec![
        ("2026-03-02T09:00", placed()),
        ("2026-03-02T10:00", screened()),
        ("2026-03-02T10:00", published()),
        ("2026-03-03T08:00", claimed()),
    ];
    assert_eq!(told(&row(&facts), "disputed"), "false");
    facts.push((
        "2026-03-03T09:00",
        E::DutyShiftReported {
            community: phoenix(),
            taker: m1(),
            work: Work::Voluntary,
            category: term("lift_repair"),
            owner: DutyOwner::PropertyCompany,
            screen_by: Some(moment("2026-03-03T11:00")),
        },
    ));
    let disputed = row(&facts);
    assert_eq!((told(&disputed, "disputed"), told(&disputed, "taker")), ("true".to_owned(), String::new()));
    assert_eq!(disputed.next_due.as_deref(), Some("2026-03-03T11:00:00+08:00"));
    assert_eq!((disputed.disputes[0].taker.as_str(), disputed.disputes[0].position), ("m-1", 5));
    facts.push((
        "2026-03-03T10:00",
        E::DemandReferred {
            community: phoenix(),
            kind: DemandKind::Issue,
            category: term("lift_repair"),
            catalogue: term("2026.1"),
            owner: DutyOwner::PropertyCompany,
        },
    ));
    let referred = row(&facts);
    assert_eq!(
        (referred.phase, referred.owner),
        (Some(DemandPhase::Referred), Some(DutyOwner::PropertyCompany))
    );
    assert_eq!(referred.next_stage, Some(Stage::Completed));
    facts.push((
        "2026-03-05T10:00",
        E::DemandClosed { community: phoenix(), kind: DemandKind::Issue, solved: true, on_time: Some(true) },
    ));
    let closed = row(&facts);
    assert_eq!((closed.solved, closed.on_time, closed.open), (Some(true), Some(true), false));
}

/// C11: an extension moves the next deadline; F15: so does a department that has not answered yet.
#[test]
fn extensions_and_whistles_move_what_is_due_next() {
    let mut facts = vec![("2026-03-02T09:00", placed()), ("2026-03-02T10:00", screened())];
    facts.push((
        "2026-03-02T11:00",
        E::WhistleBlown {
            community: phoenix(),
            departments: vec![unit("u-1"), unit("u-2")],
            answer_by: moment("2026-03-05T23:59"),
        },
    ));
    assert_eq!(row(&facts).next_stage, Some(Stage::Answered));
    let answered = |department: &str, on_time| E::DepartmentAnswered {
        community: phoenix(),
        department: unit(department),
        on_time,
    };
    facts.push(("2026-03-03T11:00", answered("u-1", true)));
    assert_eq!(row(&facts).next_stage, Some(Stage::Answered));
    facts.push(("2026-03-06T11:00", answered("u-2", false)));
    let both = row(&facts);
    assert_eq!(both.next_stage, Some(Stage::Taken));
    let answers: Vec<_> = both.whistles.iter().map(|line| line.on_time).collect();
    assert_eq!(answers, [Some(true), Some(false)]);
    facts.push((
        "2026-03-06T12:00",
        E::DeadlineExtended {
            community: phoenix(),
            stage: Stage::Taken,
            previous: moment("2026-03-07T23:59"),
            by: moment("2026-03-10T23:59"),
            times: 1,
        },
    ));
    let extended = row(&facts);
    assert_eq!(extended.next_due.as_deref(), Some("2026-03-10T23:59:00+08:00"));
    assert_eq!((extended.extensions, extended.deadlines[1].extended), (1, true));
}

/// C1: a withdrawn demand is nobody's any more and nothing of it is due; the row is told by its own stream.
#[test]
fn a_withdrawn_demand_is_nobodys() {
    let row = row(&[
        ("2026-03-02T09:00", placed()),
        ("2026-03-02T10:00", screened()),
        ("2026-03-02T10:00", published()),
        ("2026-03-03T08:00", claimed()),
        (
            "2026-03-03T09:00",
            E::DemandWithdrawn { community: phoenix(), kind: DemandKind::Issue, taker: Some(m1()) },
        ),
    ]);
    assert_eq!((row.taker.as_deref(), row.next_due.as_deref(), row.open), (None, None, false));
    assert_eq!(Demands::streams("d-1"), Some(vec![("demand", "d-1".to_owned())]));
}
