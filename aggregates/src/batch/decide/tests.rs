use super::*;
use crate::given::{Past, on, the};
use crate::policy::ReportKind;

const C1: &str = "520201016001";

fn open(expected: &'static [&'static str]) -> impl Fn(&Batch) -> Decision<Batch> + Copy + Send {
    move |batch| {
        let expected: Vec<MemberId> = expected.iter().copied().map(the).collect();
        batch.open(&the("b-1"), &the(C1), Some(&the("u-tax")), &expected, &on("2026-03-02"))
    }
}

fn opened() -> Past<Batch> {
    Past::none().and(open(&["m-2", "m-1", "m-3", "m-4"]))
}

fn arrival(member: &str) -> Arrival {
    Arrival { member: the(member), kind: ReportKind::UnitLinked }
}

fn receive(members: &'static [&'static str]) -> impl Fn(&Batch) -> Decision<Batch> + Copy + Send {
    move |batch| {
        let reports: Vec<Arrival> = members.iter().copied().map(arrival).collect();
        batch.receive(&the("b-1"), &reports, &on("2026-03-03"))
    }
}

fn close(not_due: &'static [&'static str]) -> impl Fn(&Batch) -> Decision<Batch> + Copy + Send {
    move |batch| {
        let not_due = not_due.iter().copied().map(the).collect();
        batch.close(&the("b-1"), &not_due, &on("2026-03-10"))
    }
}

/// A6: a batch is announced with those expected, each once.
#[test]
fn a_batch_is_announced_with_those_expected() {
    Past::<Batch>::none().when(open(&["m-2", "m-1"])).then_expect_events(vec![BatchEvent::BatchOpened {
        batch: the("b-1"),
        community: the(C1),
        unit: Some(the("u-tax")),
        expected: vec![the("m-1"), the("m-2")],
        on: the("2026-03-02"),
    }]);
    opened().is_content(open(&["m-1", "m-2", "m-3", "m-4"]));
    opened().refuses("batch.opened_otherwise", open(&["m-1"]));
    Past::none().refuses("batch.size", open(&[]));
    let refusal = Past::none().refuses("batch.twice", open(&["m-1", "m-2", "m-1"]));
    assert_eq!(refusal.field.as_deref(), Some("expected[2]"));
    Past::<Batch>::none().refuses("batch.size", |batch| {
        let crowd: Vec<MemberId> = (0..=EXPECTED_MAX).map(|n| the(&format!("m-{n}"))).collect();
        batch.open(&the("b-1"), &the(C1), None, &crowd, &on("2026-03-02"))
    });
}

/// A6: reports arrive in rows; what was told before is not told again, and a row that stands twice is named.
#[test]
fn reports_of_a_batch_are_taken_once() {
    let received = |members: &[&str]| BatchEvent::BatchReportsReceived {
        reports: members.iter().copied().map(arrival).collect(),
        on: the("2026-03-03"),
    };
    opened().when(receive(&["m-1", "m-9"])).then_expect_events(vec![received(&["m-1", "m-9"])]);
    let past = opened().and(receive(&["m-1"]));
    past.is_content(receive(&["m-1"]));
    past.when(receive(&["m-1", "m-2"])).then_expect_events(vec![received(&["m-2"])]);
    let refusal = opened().refuses("batch.twice", receive(&["m-1", "m-2", "m-2"]));
    assert_eq!(refusal.field.as_deref(), Some("reports[2].member"));
    opened().refuses("batch.rows", receive(&[]));
    opened().refuses("batch.rows", |batch| {
        let rows: Vec<Arrival> = (0..=ROWS_MAX).map(|n| arrival(&format!("m-{n}"))).collect();
        batch.receive(&the("b-1"), &rows, &on("2026-03-03"))
    });
    Past::none().refuses("batch.unknown", receive(&["m-1"]));
}

/// A5, A6: a batch closes with expected against arrived, and nobody excluded or retired is missing.
#[test]
fn a_batch_closes_with_its_reconciliation() {
    let past = opened().and(receive(&["m-1", "m-9"])).and(receive(&["m-2"]));
    assert_eq!(past.state().absent().cloned().collect::<Vec<MemberId>>(), [the("m-3"), the("m-4")]);
    past.when(close(&["m-4", "m-1"])).then_expect_events(vec![BatchEvent::BatchClosed {
        received: 2,
        missing: vec![the("m-3")],
        not_due: vec![the("m-4")],
        unexpected: vec![the("m-9")],
        on: the("2026-03-10"),
    }]);
    let past = past.and(close(&[]));
    past.is_content(close(&[]));
    past.refuses("batch.closed", receive(&["m-3"]));
    Past::none().refuses("batch.unknown", close(&[]));
}

/// A6: a batch that a unit sends takes that unit's members only; others take anybody.
#[test]
fn a_units_batch_takes_that_units_members() {
    let past = opened();
    past.state().must_take(&the("m-1"), Some(&the("u-tax"))).unwrap();
    let refusal = past.state().must_take(&the("m-1"), Some(&the("u-bank"))).unwrap_err();
    assert_eq!(refusal.code, "batch.other_unit");
    let anybody = Past::<Batch>::none()
        .and(|batch| batch.open(&the("b-2"), &the(C1), None, &[the("m-1")], &on("2026-03-02")));
    anybody.state().must_take(&the("m-1"), Some(&the("u-bank"))).unwrap();
}
