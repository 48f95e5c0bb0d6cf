use chrono::NaiveDate;

use super::*;
use crate::given::{Past, on, the, under};
use crate::member::{DwellingKind, Standing};
use crate::points::Work;
use crate::policy::preset;

const C1: &str = "520201016001";

fn enrolled() -> Past<Member> {
    Past::<Member>::none().and(|member| {
        let skills = [the("law"), the("tutoring"), the("law")];
        member.enrol(
            &the("m-1"),
            (&the("u-tax"), &the("520201")),
            MemberRank::RegularCadre,
            &skills,
            &on("2026-03-02"),
        )
    })
}

fn reports(member: &Member, kind: ReportKind, community: &str, linked: bool, day: &str) -> Decision<Member> {
    member.report(&the("m-1"), kind, &the(community), linked, None, &on(day))
}

fn reported() -> Past<Member> {
    enrolled().and(|member| reports(member, ReportKind::UnitLinked, C1, true, "2026-03-03"))
}

fn before(past: &Past<Member>) -> Box<Standing> {
    Box::new(past.state().standing().clone())
}

/// A1, A2: a member enters a unit's ledger and owes both reports within the policy's 30 days.
#[test]
fn who_is_enrolled_owes_both_reports_within_the_policys_days() {
    let last: NaiveDate = the("2026-04-01");
    Past::<Member>::none()
        .when(|member| {
            let skills = [the("tutoring"), the("law"), the("law")];
            member.enrol(
                &the("m-1"),
                (&the("u-tax"), &the("520201")),
                MemberRank::RegularCadre,
                &skills,
                &on("2026-03-02"),
            )
        })
        .then_expect_events(vec![MemberEvent::MemberEnrolled {
            member: the("m-1"),
            unit: the("u-tax"),
            division: the("520201"),
            rank: MemberRank::RegularCadre,
            skills: vec![the("law"), the("tutoring")],
            on: the("2026-03-02"),
            due: [(ReportKind::UnitLinked, last), (ReportKind::Residence, last)].into(),
        }]);
}

/// A2: which reports are owed, and until when, is the policy's word.
#[test]
fn the_policy_says_which_reports_are_owed_and_until_when() {
    let mut policy = preset("liupanshui").unwrap();
    policy.enrolment.reports_due.value = vec![ReportKind::Residence];
    policy.enrolment.first_report_days.value = 7;
    let facts = Past::<Member>::none().ask(move |member| {
        member.enrol(
            &the("m-1"),
            (&the("u-tax"), &the("520201")),
            MemberRank::Member,
            &[],
            &under(policy, "2026-03-02"),
        )
    });
    let MemberEvent::MemberEnrolled { due, .. } = &facts[0] else { panic!("{facts:?}") };
    assert_eq!(*due, [(ReportKind::Residence, the("2026-03-09"))].into());
}

/// A1: the same enrolment again is nothing new; other particulars are refused.
#[test]
fn an_enrolment_is_made_once() {
    enrolled().is_content(|member| {
        let skills = [the("tutoring"), the("law")];
        member.enrol(
            &the("m-1"),
            (&the("u-tax"), &the("520201")),
            MemberRank::RegularCadre,
            &skills,
            &on("2026-03-05"),
        )
    });
    enrolled().refuses("member.enrolled_otherwise", |member| {
        member.enrol(
            &the("m-1"),
            (&the("u-bank"), &the("520201")),
            MemberRank::RegularCadre,
            &[],
            &on("2026-03-05"),
        )
    });
}

/// A1: a transfer keeps the residence report, lets the unit's lapse, and owes it anew; repeated it is nothing new.
#[test]
fn a_transfer_owes_the_unit_report_anew() {
    let past = reported()
        .and(|member| {
            member.record_residence(&the("m-1"), &the(C1), DwellingKind::SelfBuilt, None, &on("2026-03-03"))
        })
        .and(|member| reports(member, ReportKind::Residence, C1, false, "2026-03-04"));
    let transfer = |member: &Member| {
        member.transfer(&the("m-1"), &the("u-tax"), &the("u-bank"), the("2026-05-10"), &on("2026-05-11"))
    };
    past.when(transfer).then_expect_events(vec![MemberEvent::MemberTransferred {
        from: the("u-tax"),
        to: the("u-bank"),
        on: the("2026-05-10"),
        due: [(ReportKind::UnitLinked, the("2026-06-10"))].into(),
        before: before(&past),
    }]);
    let past = past.and(transfer);
    assert_eq!(past.state().unit(), Some(&the("u-bank")));
    let standing = past.state().standing();
    assert!(!standing.has_made(ReportKind::UnitLinked) && standing.has_made(ReportKind::Residence));
    assert_eq!(standing.missing(), [(ReportKind::UnitLinked, the("2026-06-10"))].into());
    past.is_content(transfer);
}

/// A1: a transfer comes from the present unit, goes to another, on a day between joining and today.
#[test]
fn a_transfer_that_makes_no_sense_is_refused() {
    let transfer = |from: &'static str, to: &'static str, day: &'static str| {
        move |member: &Member| member.transfer(&the("m-1"), &the(from), &the(to), the(day), &on("2026-05-11"))
    };
    let past = enrolled();
    past.refuses("member.not_of_unit", transfer("u-bank", "u-school", "2026-05-10"));
    past.refuses("member.same_unit", transfer("u-tax", "u-tax", "2026-05-10"));
    past.refuses("member.day_ahead", transfer("u-tax", "u-bank", "2026-05-12"));
    past.refuses("member.before_joining", transfer("u-tax", "u-bank", "2026-03-01"));
    Past::none().refuses("member.unknown", transfer("u-tax", "u-bank", "2026-05-10"));
    let gone = enrolled().and(|member| member.retire(&the("m-1"), the("2026-04-01"), &on("2026-04-01")));
    gone.refuses("member.retired", transfer("u-tax", "u-bank", "2026-05-10"));
}

/// A1, A5: the retired owe nothing, neither report nor claim, and stay retired from the day first told.
#[test]
fn the_retired_owe_nothing_and_do_nothing() {
    let past = reported();
    let retire =
        |day: &'static str| move |member: &Member| member.retire(&the("m-1"), the(day), &on("2026-06-01"));
    past.when(retire("2026-05-31")).then_expect_events(vec![MemberEvent::MemberRetired {
        on: the("2026-05-31"),
        before: before(&past),
    }]);
    past.refuses("member.day_ahead", retire("2026-06-02"));
    past.refuses("member.before_joining", retire("2026-03-01"));
    let past = past.and(retire("2026-05-31"));
    past.is_content(retire("2026-05-31"));
    past.refuses("member.retired", retire("2026-05-30"));
    past.refuses("member.retired", |member| {
        reports(member, ReportKind::UnitLinked, "520201016002", true, "2026-06-01")
    });
    past.refuses("member.retired", |member| {
        let category = the("law");
        member.take(&the("m-1"), &the("d-1"), &the(C1), &category, Work::Voluntary, &on("2026-06-01"))
    });
    let standing = past.state().standing();
    assert!(!standing.counts() && standing.missing().is_empty());
}

/// A2: the unit-linked report goes to a community that the unit is linked to, and opens the year's card.
#[test]
fn a_unit_linked_report_needs_the_units_link() {
    let past = enrolled();
    past.refuses("member.unit_not_linked", |member| {
        reports(member, ReportKind::UnitLinked, C1, false, "2026-03-03")
    });
    let facts = past.ask(|member| reports(member, ReportKind::UnitLinked, C1, true, "2026-03-03"));
    assert_eq!(
        facts[0],
        MemberEvent::MemberReported {
            kind: ReportKind::UnitLinked,
            community: the(C1),
            unit: Some(the("u-tax")),
            batch: None,
            before: before(&past),
        }
    );
    assert!(matches!(&facts[1..], [MemberEvent::CardOpened { .. }]), "{facts:?}");
    reported().is_content(|member| reports(member, ReportKind::UnitLinked, C1, true, "2026-03-09"));
    Past::none()
        .refuses("member.unknown", |member| reports(member, ReportKind::UnitLinked, C1, true, "2026-03-03"));
}

/// A2: of the communities that the unit is linked to, the last one reported to stands.
#[test]
fn a_report_to_another_linked_community_replaces_the_first() {
    let past =
        reported().and(|member| reports(member, ReportKind::UnitLinked, "520201016002", true, "2026-04-01"));
    assert!(past.state().has_reported_to(&the("520201016002")));
    assert!(!past.state().has_reported_to(&the(C1)));
}

/// A2, A4: the residence report goes where the residence ledger places the member.
#[test]
fn a_residence_report_goes_where_the_member_lives() {
    let past = enrolled();
    let report = |community: &'static str| {
        move |member: &Member| reports(member, ReportKind::Residence, community, true, "2026-03-03")
    };
    past.refuses("member.lives_elsewhere", report(C1));
    let past = past.and(|member| {
        member.record_residence(&the("m-1"), &the(C1), DwellingKind::SelfBuilt, None, &on("2026-03-03"))
    });
    past.refuses("member.lives_elsewhere", report("520201016002"));
    let past = past.and(report(C1));
    assert!(past.state().standing().has_made(ReportKind::Residence));
}

/// A5, design §4: every fact that changes a standing tells the standing that the facts before it had made, so that
/// figures folded from facts alone are true.
#[test]
fn every_fact_tells_the_standing_before_it() {
    let member = || the("m-1");
    let past = reported()
        .and(|it| it.record_residence(&member(), &the(C1), DwellingKind::SelfBuilt, None, &on("2026-03-04")))
        .and(|it| reports(it, ReportKind::Residence, C1, false, "2026-03-05"))
        .and(|it| {
            let reason = crate::member::ExclusionReason::VillageAid;
            it.exclude(&member(), reason, the("2026-04-01"), Some(the("2026-04-30")), &on("2026-04-02"))
        })
        .and(|it| {
            it.record_residence(
                &member(),
                &the("520201016002"),
                DwellingKind::SelfBuilt,
                None,
                &on("2026-04-03"),
            )
        })
        .and(|it| reports(it, ReportKind::Residence, "520201016002", false, "2026-05-02"))
        .and(|it| it.transfer(&member(), &the("u-tax"), &the("u-bank"), the("2026-05-03"), &on("2026-05-03")))
        .and(|it| it.retire(&member(), the("2026-05-04"), &on("2026-05-04")));
    let mut standing = Standing::default();
    let mut changes = 0;
    for fact in past.facts() {
        if let Some((told, after)) = fact.standings() {
            assert_eq!(told, standing, "{fact:?}");
            standing = after;
            changes += 1;
        }
    }
    assert_eq!(standing, *past.state().standing());
    assert_eq!(changes, 10, "the exclusion begins, and ends by itself before the report of 2 May");
}
