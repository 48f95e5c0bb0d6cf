use super::*;
use crate::given::{Past, on, the, under};
use crate::member::{MemberRank, Standing};
use crate::policy::{ReportKind, preset};

use ExclusionReason::{SecondedAway, SpecialPost, VillageAid};

const C1: &str = "520201016001";

fn reported() -> Past<Member> {
    Past::<Member>::none()
        .and(|member| {
            let at = on("2026-03-02");
            member.enrol(&the("m-1"), (&the("u-tax"), &the("520201")), MemberRank::RegularCadre, &[], &at)
        })
        .and(|member| report(member, "2026-03-03"))
}

fn report(member: &Member, day: &str) -> Decision<Member> {
    member.report(&the("m-1"), ReportKind::UnitLinked, &the(C1), true, None, &on(day))
}

/// Excludes from a day to a day, as entered on a third.
fn exclude(
    reason: ExclusionReason,
    from: &'static str,
    until: Option<&'static str>,
    day: &'static str,
) -> impl Fn(&Member) -> Decision<Member> + Copy + Send + 'static {
    move |member| member.exclude(&the("m-1"), reason, the(from), until.map(the), &on(day))
}

fn reinstate(from: &'static str, day: &'static str) -> impl Fn(&Member) -> Decision<Member> + Copy + Send {
    move |member| member.reinstate(&the("m-1"), the(from), &on(day))
}

fn turn(day: &'static str) -> impl Fn(&Member) -> Decision<Member> + Copy + Send {
    move |member| member.turn(&on(day))
}

fn entered(reason: ExclusionReason, from: &str, until: Option<&str>) -> MemberEvent {
    MemberEvent::MemberExcluded { reason, from: the(from), until: until.map(the) }
}

fn before(past: &Past<Member>) -> Box<Standing> {
    Box::new(past.state().standing().clone())
}

/// A5: an exclusion from today begins at once: out of the denominators, and out of work.
#[test]
fn an_exclusion_from_today_begins_at_once() {
    let past = reported();
    let act = exclude(SpecialPost, "2026-04-01", None, "2026-04-01");
    past.when(act).then_expect_events(vec![
        entered(SpecialPost, "2026-04-01", None),
        MemberEvent::ExclusionBegan { on: the("2026-04-01"), before: before(&past) },
    ]);
    let past = past.and(act);
    assert!(!past.state().standing().counts());
    assert!(past.state().standing().missing().is_empty());
    past.is_content(act);
    past.refuses("member.excluded", |member| {
        member.join_group(&the("m-1"), &the("g-1"), &the(C1), &on("2026-04-02"))
    });
}

/// A5: an exclusion that lies ahead leaves the member in until its day has come.
#[test]
fn an_exclusion_ahead_waits_for_its_day() {
    let past = reported();
    let act = exclude(SecondedAway, "2026-05-01", Some("2026-05-31"), "2026-04-01");
    past.when(act).then_expect_events(vec![entered(SecondedAway, "2026-05-01", Some("2026-05-31"))]);
    let past = past.and(act);
    assert!(past.state().standing().counts());
    past.is_content(turn("2026-04-30"));
    past.when(turn("2026-05-01")).then_expect_events(vec![MemberEvent::ExclusionBegan {
        on: the("2026-05-01"),
        before: before(&past),
    }]);
    let past = past.and(turn("2026-05-03"));
    past.is_content(turn("2026-05-31"));
    let owed = [(ReportKind::Residence, the("2026-07-01"))];
    past.when(turn("2026-06-01")).then_expect_events(vec![MemberEvent::MemberReinstated {
        from: the("2026-06-01"),
        due: owed.into(),
        before: before(&past),
    }]);
}

/// A5: decisions go by the dates, even before the turn is made; the report makes the turn that is due.
#[test]
fn a_report_after_the_last_day_ends_the_exclusion() {
    let past = Past::<Member>::none()
        .and(|member| {
            let at = on("2026-03-02");
            member.enrol(&the("m-1"), (&the("u-tax"), &the("520201")), MemberRank::RegularCadre, &[], &at)
        })
        .and(exclude(VillageAid, "2026-04-01", Some("2026-04-30"), "2026-04-01"));
    past.refuses("member.excluded", |member| report(member, "2026-04-30"));
    let facts = past.ask(|member| report(member, "2026-05-01"));
    let [MemberEvent::MemberReinstated { from, .. }, MemberEvent::MemberReported { before, .. }, ..] =
        &facts[..]
    else {
        panic!("{facts:?}")
    };
    assert_eq!(*from, the("2026-05-01"));
    assert!(before.counts());
}

/// A5: an exclusion recorded when it is over leaves a trace and changes no figure.
#[test]
fn an_exclusion_that_is_over_changes_no_figure() {
    let act = exclude(SecondedAway, "2026-03-10", Some("2026-03-20"), "2026-04-01");
    reported().when(act).then_expect_events(vec![entered(SecondedAway, "2026-03-10", Some("2026-03-20"))]);
    let past = reported().and(act);
    past.refuses("member.not_excluded", reinstate("2026-04-01", "2026-04-01"));
    assert_eq!(past.ask(exclude(VillageAid, "2026-04-02", None, "2026-04-02")).len(), 2);
}

/// A5: the list of reasons is closed, and it is the policy's.
#[test]
fn the_list_of_reasons_is_closed() {
    let mut policy = preset("liupanshui").unwrap();
    policy.enrolment.exclusion_reasons.value = vec![VillageAid];
    reported().refuses("member.reason_not_listed", move |member| {
        let at = under(policy, "2026-04-01");
        member.exclude(&the("m-1"), SpecialPost, the("2026-04-01"), None, &at)
    });
}

/// A5: the last day may be corrected; a second exclusion that overlaps is refused, one behind the first is not.
#[test]
fn one_exclusion_runs_at_a_time() {
    let past = reported().and(exclude(VillageAid, "2026-04-01", Some("2026-06-30"), "2026-04-01"));
    past.when(exclude(VillageAid, "2026-04-01", Some("2026-12-31"), "2026-05-01"))
        .then_expect_events(vec![entered(VillageAid, "2026-04-01", Some("2026-12-31"))]);
    past.refuses("member.excluded_otherwise", exclude(SpecialPost, "2026-04-01", None, "2026-05-01"));
    past.refuses("member.excluded_otherwise", exclude(VillageAid, "2026-05-01", None, "2026-05-01"));
    let facts = past.ask(exclude(SecondedAway, "2026-07-01", None, "2026-07-02"));
    assert!(
        matches!(
            &facts[..],
            [
                MemberEvent::MemberReinstated { .. },
                MemberEvent::MemberExcluded { reason: SecondedAway, .. },
                MemberEvent::ExclusionBegan { .. }
            ]
        ),
        "{facts:?}"
    );
    let over = past.ask(exclude(VillageAid, "2026-04-01", Some("2026-04-30"), "2026-05-04"));
    let [MemberEvent::MemberExcluded { .. }, MemberEvent::MemberReinstated { from, .. }] = &over[..] else {
        panic!("{over:?}")
    };
    assert_eq!(*from, the("2026-05-01"));
}

/// A5: an exclusion has its days in order, and is for members in service.
#[test]
fn an_exclusion_that_makes_no_sense_is_refused() {
    let act = exclude(VillageAid, "2026-04-01", Some("2026-03-31"), "2026-04-01");
    reported().refuses("member.until_before_from", act);
    Past::none().refuses("member.unknown", exclude(VillageAid, "2026-04-01", None, "2026-04-01"));
    let retired = reported().and(|member| member.retire(&the("m-1"), the("2026-03-31"), &on("2026-04-01")));
    retired.refuses("member.retired", exclude(VillageAid, "2026-04-01", None, "2026-04-01"));
}

/// A5: who is reinstated counts again, keeps the reports that stand, and has the policy's days for those missing.
#[test]
fn who_is_reinstated_counts_again() {
    let past = reported().and(exclude(VillageAid, "2026-04-01", None, "2026-04-01"));
    let owed = [(ReportKind::Residence, the("2026-05-31"))];
    past.when(reinstate("2026-04-30", "2026-05-01")).then_expect_events(vec![
        MemberEvent::MemberReinstated { from: the("2026-04-30"), due: owed.into(), before: before(&past) },
    ]);
    past.refuses("member.day_ahead", reinstate("2026-05-02", "2026-05-01"));
    past.refuses("member.back_too_early", reinstate("2026-03-31", "2026-05-01"));
    let back = past.and(reinstate("2026-04-30", "2026-05-01"));
    assert!(back.state().standing().counts() && back.state().has_reported_to(&the(C1)));
    assert!(!back.state().is_excluded_on(the("2026-05-01")));
    back.is_content(reinstate("2026-04-30", "2026-05-01"));
    back.refuses("member.not_excluded", reinstate("2026-05-01", "2026-05-01"));
    reported().refuses("member.not_excluded", reinstate("2026-05-01", "2026-05-01"));
}

/// A5: an exclusion that has not begun can be taken back, and the member was never out.
#[test]
fn an_exclusion_ahead_can_be_taken_back() {
    let past = reported().and(exclude(VillageAid, "2026-06-01", None, "2026-04-01"));
    let facts = past.ask(reinstate("2026-05-01", "2026-05-01"));
    let [MemberEvent::MemberReinstated { due, .. }] = &facts[..] else { panic!("{facts:?}") };
    assert!(due.is_empty(), "nothing is owed anew by somebody who was never out");
    past.and(reinstate("2026-05-01", "2026-05-01")).is_content(turn("2026-06-01"));
}

/// A5: whichever of the three reasons it is, everything but the entry itself reads the same.
#[test]
fn the_reason_stands_in_one_fact_only() {
    let after = |reason| {
        let facts = reported().ask(exclude(reason, "2026-04-01", None, "2026-04-01"));
        facts
            .into_iter()
            .filter(|fact| !matches!(fact, MemberEvent::MemberExcluded { .. }))
            .collect::<Vec<_>>()
    };
    assert_eq!(after(SpecialPost), after(VillageAid));
    assert_eq!(after(SpecialPost), after(SecondedAway));
}
