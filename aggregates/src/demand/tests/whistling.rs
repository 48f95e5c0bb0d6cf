use super::*;
use crate::sample::{ask, refused};

/// Monday noon; three working days end on Thursday.
const BLOWN: &str = "2026-03-02T12:00:00+08:00";

fn whistle(
    departments: &'static [&'static str],
    text: &'static str,
) -> impl FnOnce(&Demand) -> crate::decider::Decision<Demand> + Send {
    move |it| {
        let called: Vec<_> = departments.iter().map(|id| unit(id)).collect();
        it.whistle(&demand("d-1"), &called, &at(text))
    }
}

fn answer(
    department: &'static str,
    text: &'static str,
) -> impl FnOnce(&Demand) -> crate::decider::Decision<Demand> + Send {
    move |it| it.answer_whistle(&demand("d-1"), &unit(department), &at(text))
}

/// F15: the community whistles for departments, who have the policy's time from the whistle on.
#[test]
fn a_whistle_calls_departments_for_an_answer_in_time() {
    let facts = ask::<Demand>(&placed(DemandKind::Issue), whistle(&["u-2", "u-1", "u-2"], BLOWN)).unwrap();
    assert_eq!(
        facts,
        [DemandEvent::WhistleBlown {
            community: phoenix(),
            departments: vec![unit("u-1"), unit("u-2")],
            answer_by: moment("2026-03-05T23:59:59+08:00"),
        }]
    );
}

/// F15: a second whistle calls only those who are not waited for already; to call all of them again is nothing new.
#[test]
fn a_second_whistle_calls_only_new_departments() {
    let given = then::<Demand>(placed(DemandKind::Issue), whistle(&["u-1"], BLOWN));
    assert_eq!(ask::<Demand>(&given, whistle(&["u-1"], TAKEN)), Ok(vec![]));
    let facts = ask::<Demand>(&given, whistle(&["u-1", "u-2"], TAKEN)).unwrap();
    assert!(
        matches!(&facts[..], [DemandEvent::WhistleBlown { departments, .. }] if *departments == [unit("u-2")])
    );
}

/// F15: a department answers once, in time or late; who was not called has nothing to answer.
#[test]
fn a_department_answers_in_time_or_late() {
    let given = then::<Demand>(placed(DemandKind::Issue), whistle(&["u-1"], BLOWN));
    for (text, kept) in [("2026-03-05T23:59:59+08:00", true), ("2026-03-06T00:00:00+08:00", false)] {
        let facts = ask::<Demand>(&given, answer("u-1", text)).unwrap();
        assert!(matches!(&facts[..], [DemandEvent::DepartmentAnswered { on_time, .. }] if *on_time == kept));
    }
    let answered = then::<Demand>(given.clone(), answer("u-1", TAKEN));
    assert_eq!(ask::<Demand>(&answered, answer("u-1", DONE)), Ok(vec![]));
    assert_eq!(refused::<Demand>(&given, answer("u-9", TAKEN)), "demand.not_called");
    assert!(ask::<Demand>(&answered, whistle(&["u-1"], DONE)).is_ok());
}

/// F15: nobody named, a kind for which the policy sets no time to answer, and a demand that is done are refused.
#[test]
fn a_whistle_needs_departments_a_term_and_an_open_demand() {
    assert_eq!(refused::<Demand>(&placed(DemandKind::Issue), whistle(&[], BLOWN)), "demand.no_department");
    assert_eq!(
        refused::<Demand>(&placed(DemandKind::Order), whistle(&["u-1"], BLOWN)),
        "demand.no_answer_term"
    );
    assert_eq!(refused::<Demand>(&completed(), whistle(&["u-1"], DONE)), "demand.completed_already");
    assert_eq!(refused::<Demand>(&withdrawn(), whistle(&["u-1"], DONE)), "demand.over");
}
