use super::reported;
use crate::circumstance::{Circumstance, Role};
use crate::decider::Decision;
use crate::ids::UnitId;
use crate::member::{Member, MemberEvent, MisconductGround};
use crate::points::Work;
use crate::sample::{ask, grid, member, on, refused, state, term, then};

/// m-1 with a post of this sort in the grid.
fn posted_for(work: Work) -> Vec<MemberEvent> {
    then::<Member>(reported(), move |it| {
        let from = on("2026-03-03").date();
        it.take_post(&member("m-1"), &grid(), &term("county_cadre"), (work, from), &on("2026-03-03"))
    })
}

fn posted() -> Vec<MemberEvent> {
    posted_for(Work::Duty)
}

fn record(ground: MisconductGround, at: Circumstance) -> impl FnOnce(&Member) -> Decision<Member> + Send {
    move |it| it.record_misconduct(&member("m-1"), ground, &grid(), &at)
}

fn absent(day: &str) -> impl FnOnce(&Member) -> Decision<Member> + Send {
    record(MisconductGround::AbsentWithoutCause, on(day))
}

fn disqualify(at: Circumstance) -> impl FnOnce(&Member) -> Decision<Member> + Send {
    move |it| it.disqualify(&member("m-1"), 2026, &at)
}

fn appeal(case: Option<&'static str>, at: Circumstance) -> impl FnOnce(&Member) -> Decision<Member> + Send {
    move |it| it.appeal(&member("m-1"), 2026, case.map(term).as_ref(), &at)
}

fn decide(
    case: Option<&'static str>,
    upheld: bool,
    by: &'static str,
) -> impl FnOnce(&Member) -> Decision<Member> + Send {
    move |it| {
        let at = on("2026-05-20").by(Role::OrganisationDepartment, by);
        it.decide_appeal(&member("m-1"), 2026, case.map(term).as_ref(), upheld, &at)
    }
}

fn in_person(day: &str) -> Circumstance {
    on(day).by(Role::Member, "m-1")
}

/// E6, gap G7: misconduct needs a duty post on that day; a post taken as voluntary service, or none, is never a ground.
#[test]
fn voluntary_service_is_never_a_ground() {
    assert_eq!(refused::<Member>(&reported(), absent("2026-05-04")), "discipline.no_duty");
    assert_eq!(refused::<Member>(&posted_for(Work::Voluntary), absent("2026-05-04")), "discipline.no_duty");
    assert_eq!(refused::<Member>(&posted(), absent("2026-03-02")), "discipline.no_duty");
    assert!(ask::<Member>(&posted(), absent("2026-05-04")).is_ok());
}

/// E6: the three grounds of the policy's list, each a record of its own; the same ground, grid and day is one record.
#[test]
fn each_ground_is_a_record_and_the_same_again_is_none() {
    use MisconductGround::{AbsentWithoutCause, Disruptive, Inactive};
    let mut given = posted();
    for (number, ground) in [AbsentWithoutCause, Disruptive, Inactive].into_iter().enumerate() {
        given = then(given, record(ground, on("2026-05-04")));
        let Some(MemberEvent::MisconductRecorded { case, appeal_until, .. }) = given.last() else {
            panic!("{given:?}")
        };
        assert_eq!(case.as_str(), format!("2026-{}", number + 1));
        assert_eq!(appeal_until.to_string(), "2026-05-19");
    }
    assert_eq!(ask::<Member>(&given, absent("2026-05-04")), Ok(vec![]));
    assert_eq!(ask::<Member>(&given, absent("2026-05-05")).map(|facts| facts.len()), Ok(1));
    let short = on("2026-05-06").under(|policy| policy.discipline.grounds.value = vec![Inactive]);
    assert_eq!(refused::<Member>(&given, record(Disruptive, short)), "discipline.ground_not_listed");
}

/// E6: a person records, disqualifies and decides; not the system, and nobody about oneself.
#[test]
fn neither_the_system_nor_the_member_disciplines() {
    let given = posted();
    let ground = MisconductGround::Inactive;
    let system = on("2026-05-04").by(Role::System, "reaction:any");
    assert_eq!(refused::<Member>(&given, record(ground, system.clone())), "discipline.human_needed");
    let oneself = on("2026-05-04").by(Role::CommunityWorker, "m-1");
    assert_eq!(refused::<Member>(&given, record(ground, oneself)), "discipline.own_matter");
    let recorded = then(given, absent("2026-05-04"));
    assert_eq!(refused::<Member>(&recorded, disqualify(system)), "discipline.human_needed");
}

/// E6: enough standing records disqualify for their year, and for that year only.
#[test]
fn enough_standing_records_disqualify_for_the_year() {
    let two = |day: &str| on(day).under(|policy| policy.discipline.records_to_disqualify.value = 2);
    let one = then(posted(), absent("2026-05-04"));
    assert_eq!(refused::<Member>(&one, disqualify(two("2026-05-06"))), "discipline.too_few");
    let both = then(one, absent("2026-05-05"));
    let given = then(both, disqualify(two("2026-05-06")));
    let Some(MemberEvent::MemberDisqualified { cases, unit, .. }) = given.last() else { panic!("{given:?}") };
    assert_eq!((cases.len(), unit.as_ref().map(UnitId::as_str)), (2, Some("u-tax")));
    let it = state::<Member>(&given);
    assert_eq!(
        (it.is_disqualified(2026), it.is_disqualified(2025), it.is_disqualified(2027)),
        (true, false, false)
    );
    assert_eq!(ask::<Member>(&given, disqualify(two("2026-05-07"))), Ok(vec![]));
}

/// E6: the member appeals in person, in time and once; somebody else than the recorder decides.
#[test]
fn the_member_appeals_in_person_and_somebody_else_decides() {
    let given = then(posted(), absent("2026-05-04"));
    let case = Some("2026-1");
    assert_eq!(refused::<Member>(&given, appeal(case, on("2026-05-10"))), "discipline.own_appeal");
    assert_eq!(refused::<Member>(&given, appeal(case, in_person("2026-05-20"))), "discipline.appeal_late");
    assert_eq!(
        refused::<Member>(&given, appeal(Some("2026-9"), in_person("2026-05-10"))),
        "discipline.unknown_case"
    );
    assert_eq!(refused::<Member>(&given, appeal(None, in_person("2026-05-10"))), "discipline.unknown_case");
    assert_eq!(refused::<Member>(&given, decide(case, true, "o-1")), "discipline.no_appeal");
    let given = then(given, appeal(case, in_person("2026-05-19")));
    assert_eq!(ask::<Member>(&given, appeal(case, in_person("2026-05-19"))), Ok(vec![]));
    assert_eq!(refused::<Member>(&given, decide(case, true, "w-1")), "discipline.own_matter");
    let given = then(given, decide(case, false, "o-1"));
    assert_eq!(refused::<Member>(&given, decide(case, true, "o-1")), "discipline.appeal_decided");
    assert_eq!(refused::<Member>(&given, appeal(case, in_person("2026-05-19"))), "discipline.appeal_decided");
}

/// E6: an upheld appeal against a record withdraws it, and lifts a disqualification that rests on too few records then.
#[test]
fn a_withdrawn_record_lifts_the_disqualification_that_rested_on_it() {
    let given = then(then(posted(), absent("2026-05-04")), disqualify(on("2026-05-06")));
    assert!(state::<Member>(&given).is_disqualified(2026));
    let given = then(given, appeal(Some("2026-1"), in_person("2026-05-10")));
    let given = then(given, decide(Some("2026-1"), true, "o-1"));
    assert!(matches!(given.last(), Some(MemberEvent::DisqualificationLifted { year: 2026, .. })));
    assert!(!state::<Member>(&given).is_disqualified(2026));
    assert_eq!(refused::<Member>(&given, disqualify(on("2026-05-21"))), "discipline.too_few");
}

/// E6: records behind a disqualification that was lifted on appeal do not disqualify again; new ones do.
#[test]
fn records_of_a_lifted_disqualification_do_not_count_again() {
    let given = then(then(posted(), absent("2026-05-04")), disqualify(on("2026-05-06")));
    let given = then(given, appeal(None, in_person("2026-05-10")));
    let given = then(given, decide(None, true, "o-1"));
    assert!(!state::<Member>(&given).is_disqualified(2026));
    assert_eq!(refused::<Member>(&given, disqualify(on("2026-05-21"))), "discipline.too_few");
    let again = then(then(given, absent("2026-06-01")), disqualify(on("2026-06-02")));
    assert!(state::<Member>(&again).is_disqualified(2026));
}
