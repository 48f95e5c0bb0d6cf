use super::*;
use crate::given::{Past, on, the, under};
use crate::policy::preset;

const C1: &str = "520201016001";
const C2: &str = "520201016002";

fn enrol(name: &'static str, class: UnitClass) -> impl Fn(&Unit) -> Decision<Unit> + Copy + Send {
    move |unit| unit.enrol(&the("u-tax"), name, class, &the("520201"), None, &on("2026-03-02"))
}

fn enrolled() -> Past<Unit> {
    Past::none().and(enrol("市税务局", UnitClass::Organ))
}

fn link(
    community: &'static str,
    estate: Option<&'static str>,
) -> impl Fn(&Unit) -> Decision<Unit> + Copy + Send {
    move |unit| {
        let estate: Option<EstateId> = estate.map(the);
        unit.link(&the("u-tax"), &the(community), estate.as_ref())
    }
}

fn unlink(community: &'static str) -> impl Fn(&Unit) -> Decision<Unit> + Copy + Send {
    move |unit| unit.unlink(&the("u-tax"), &the(community))
}

fn linked(community: &str, estate: Option<&str>, first: bool) -> UnitEvent {
    UnitEvent::UnitLinked {
        community: the(community),
        estate: estate.map(the),
        division: the("520201"),
        first,
    }
}

/// A1: units of the policy's classes are entered, once.
#[test]
fn a_unit_is_entered_once() {
    Past::<Unit>::none().when(enrol("市税务局", UnitClass::Organ)).then_expect_events(vec![
        UnitEvent::UnitEnrolled {
            unit: the("u-tax"),
            name: "市税务局".to_owned(),
            class: UnitClass::Organ,
            division: the("520201"),
            upper: None,
        },
    ]);
    enrolled().is_content(enrol("市税务局", UnitClass::Organ));
    enrolled().refuses("unit.enrolled_otherwise", enrol("市国税局", UnitClass::Organ));
}

/// A1: classes outside the policy's scope, names that are none, and a unit above itself are refused.
#[test]
fn a_unit_that_makes_no_sense_is_refused() {
    let none = Past::<Unit>::none;
    let mut policy = preset("liupanshui").unwrap();
    policy.enrolment.unit_classes.value = vec![UnitClass::Organ];
    none().refuses("unit.class_out_of_scope", move |unit| {
        let at = under(policy, "2026-03-02");
        unit.enrol(&the("u-1"), "某银行", UnitClass::StateEnterprise, &the("5202"), None, &at)
    });
    none().refuses("unit.name_length", enrol("", UnitClass::Organ));
    none().refuses("unit.name_length", enrol(" 　", UnitClass::Organ));
    none().refuses("unit.name_length", |unit| {
        let name = "税".repeat(101);
        unit.enrol(&the("u-1"), &name, UnitClass::Organ, &the("5202"), None, &on("2026-03-02"))
    });
    none().refuses("unit.upper_is_itself", |unit| {
        let at = on("2026-03-02");
        unit.enrol(&the("u-1"), "市税务局", UnitClass::Organ, &the("5202"), Some(&the("u-1")), &at)
    });
}

/// A2, A7: links are made and ended; the first covers the unit, the last one's end uncovers it.
#[test]
fn the_first_link_covers_the_unit_and_the_last_ones_end_uncovers_it() {
    let past = enrolled();
    past.when(link(C1, None)).then_expect_events(vec![linked(C1, None, true)]);
    let past = past.and(link(C1, None));
    past.is_content(link(C1, None));
    past.when(link(C1, Some("e-1"))).then_expect_events(vec![linked(C1, Some("e-1"), false)]);
    let past = past.and(link(C2, None));
    let ended = |community: &str, last| UnitEvent::UnitUnlinked {
        community: the(community),
        division: the("520201"),
        last,
    };
    past.when(unlink(C1)).then_expect_events(vec![ended(C1, false)]);
    let past = past.and(unlink(C1));
    past.is_content(unlink(C1));
    past.when(unlink(C2)).then_expect_events(vec![ended(C2, true)]);
    past.and(unlink(C2)).when(link(C1, None)).then_expect_events(vec![linked(C1, None, true)]);
}

/// A2: what was never linked cannot be unlinked, and who was never entered cannot be linked.
#[test]
fn a_link_needs_its_two_ends() {
    enrolled().refuses("unit.not_linked", unlink(C1));
    Past::none().refuses("unit.unknown", link(C1, None));
    Past::none().refuses("unit.unknown", unlink(C1));
}

/// A3: a unit reports to a linked community with what it needs and what it can give, regularly.
#[test]
fn a_unit_reports_to_a_linked_community_with_needs_and_resources() {
    let report = |day: &'static str, needs: &'static [&'static str]| {
        move |unit: &Unit| {
            let needs: Vec<Term> = needs.iter().copied().map(the).collect();
            unit.report(&the("u-tax"), &the(C1), &needs, &[the("volunteers")], &on(day))
        }
    };
    let reported = |day: &str, needs: &[&str]| UnitEvent::UnitReported {
        community: the(C1),
        needs: needs.iter().copied().map(the).collect(),
        resources: vec![the("volunteers")],
        on: the(day),
    };
    enrolled().refuses("unit.not_linked", report("2026-03-03", &[]));
    Past::none().refuses("unit.unknown", report("2026-03-03", &[]));
    let past = enrolled().and(link(C1, None));
    past.when(report("2026-03-03", &["venue", "legal_aid", "venue"]))
        .then_expect_events(vec![reported("2026-03-03", &["legal_aid", "venue"])]);
    let past = past.and(report("2026-03-03", &["legal_aid", "venue"]));
    past.is_content(report("2026-03-03", &["venue", "legal_aid"]));
    past.when(report("2026-03-03", &["venue"])).then_expect_events(vec![reported("2026-03-03", &["venue"])]);
    past.when(report("2026-06-03", &["legal_aid", "venue"]))
        .then_expect_events(vec![reported("2026-06-03", &["legal_aid", "venue"])]);
}
