use aggregates::member::{DwellingKind, LedgerKind, Residence};
use aggregates::points::Work;
use aggregates::policy::ReportKind;

use super::*;
use crate::enrolment::{PostLine, ReportLine};
use crate::service::chronicle::{day, phoenix};

const HERE: &str = "520201016001";

fn wanted() -> DemandRow {
    DemandRow {
        demand: "d-1".to_owned(),
        category: "legal_aid_guidance".to_owned(),
        community: HERE.to_owned(),
        grid: Some("520201016001003".to_owned()),
        estate: Some("e-1".to_owned()),
        ..DemandRow::default()
    }
}

/// A member who has reported here.
fn reported(member: &str) -> MemberRow {
    let report = ReportLine {
        kind: ReportKind::UnitLinked,
        community: HERE.to_owned(),
        on: day("2026-01-05"),
        batch: None,
        lapsed_on: None,
        position: 1,
    };
    MemberRow {
        member: member.to_owned(),
        status: MemberStatus::Active,
        unit: "u-tax".to_owned(),
        reports: vec![report],
        ..MemberRow::default()
    }
}

fn living(member: &str, estate: Option<&str>) -> MemberRow {
    let residence = Residence {
        community: phoenix(),
        dwelling: DwellingKind::LargeEstate,
        ledger: LedgerKind::Estate,
        estate: estate.map(|estate| estate.parse().unwrap()),
    };
    MemberRow { residence: Some(residence), ..reported(member) }
}

fn on_post(member: &str, grid: &str) -> MemberRow {
    let post = PostLine {
        grid: grid.to_owned(),
        slot: "part_time_officer".to_owned(),
        work: Work::Duty,
        from: day("2026-01-06"),
        left_on: None,
    };
    MemberRow { posts: vec![post], posts_count: 1, ..reported(member) }
}

fn skilled(member: MemberRow) -> MemberRow {
    MemberRow { skills: vec!["legal_aid_guidance".to_owned()], ..member }
}

fn around(tasks: &[(&str, u32)]) -> Surroundings {
    Surroundings {
        estates: vec!["e-1".to_owned(), "e-2".to_owned()],
        tasks: tasks.iter().map(|(member, count)| ((*member).to_owned(), *count)).collect(),
        tasks_max: 3,
    }
}

fn names(found: &[SuggestedTaker]) -> Vec<&str> {
    found.iter().map(|taker| taker.member.as_str()).collect()
}

/// C6, F5: skill weighs more than distance, distance more than load; each suggestion says why.
#[test]
fn takers_are_suggested_by_skill_distance_and_load() {
    use TakerReason::{Free, LivesHere, ReportedHere, SameEstate, SameGrid, Skilled};
    let members = [
        reported("m-far"),
        living("m-home", None),
        on_post("m-post", "520201016001003"),
        living("m-next", Some("e-2")),
        living("m-door", Some("e-1")),
        skilled(reported("m-able")),
    ];
    let found = suggested_takers(&wanted(), &members, &around(&[("m-next", 1)]));
    assert_eq!(names(&found), ["m-able", "m-door", "m-post", "m-next", "m-home", "m-far"]);
    assert_eq!(found[0].reasons, [Skilled, ReportedHere, Free]);
    assert_eq!(found[1].reasons, [SameEstate, Free]);
    assert_eq!((found[2].reasons.as_slice(), found[2].has_duty_post), ([SameGrid].as_slice(), true));
    assert_eq!((found[3].reasons.as_slice(), found[3].tasks), ([SameGrid].as_slice(), 1));
    assert_eq!(found[4].reasons, [LivesHere, Free]);
}

/// F5 相对均衡: of those who suit alike, whoever has less in hand is asked first.
#[test]
fn load_is_balanced_among_those_who_suit_alike() {
    let members = ["m-1", "m-2", "m-3", "m-4"].map(reported);
    let found = suggested_takers(&wanted(), &members, &around(&[("m-1", 2), ("m-2", 1), ("m-4", 2)]));
    assert_eq!(names(&found)[..2], ["m-3", "m-2"]);
    assert!(found[1].reasons.contains(&TakerReason::LittleInHand), "{:?}", found[1]);
    assert!(!found[3].reasons.contains(&TakerReason::LittleInHand), "{:?}", found[3]);
}

/// Only who could take it is suggested: who counts, has reported here and has room.
#[test]
fn nobody_is_suggested_who_could_not_take_it() {
    let excluded = MemberRow { status: MemberStatus::Excluded, ..reported("m-away") };
    let mut lapsed = reported("m-moved");
    lapsed.reports[0].lapsed_on = Some(day("2026-02-01"));
    let lives_only = MemberRow { reports: vec![], ..living("m-silent", Some("e-1")) };
    let members = [excluded, lapsed, lives_only, reported("m-full"), reported("m-asked"), reported("m-able")];
    let demand = DemandRow { taker: Some("m-asked".to_owned()), ..wanted() };
    let found = suggested_takers(&demand, &members, &around(&[("m-full", 3)]));
    assert_eq!(names(&found), ["m-able"]);
}

/// Among equals not always the same are asked first, and the same question is answered the same.
#[test]
fn equals_take_turns() {
    let members: Vec<MemberRow> = (0..8).map(|n| reported(&format!("m-{n}"))).collect();
    let first = |demand: &str| {
        let demand = DemandRow { demand: demand.to_owned(), ..wanted() };
        suggested_takers(&demand, &members, &around(&[]))[0].member.clone()
    };
    let firsts: std::collections::BTreeSet<String> = (0..20).map(|n| first(&format!("d-{n}"))).collect();
    assert!(firsts.len() > 3, "{firsts:?}");
    assert_eq!(first("d-7"), first("d-7"));
}

/// No suggestion tells or weighs points: members are not compared by them.
#[test]
fn suggestions_know_no_points() {
    let found = suggested_takers(&wanted(), &[skilled(reported("m-1"))], &around(&[]));
    let told = serde_json::to_value(&found[0]).unwrap();
    let fields: Vec<&String> = told.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["has_duty_post", "member", "posts", "reasons", "tasks", "unit"]);
}
