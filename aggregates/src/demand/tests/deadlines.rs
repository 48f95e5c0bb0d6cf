use super::*;
use crate::policy::Stage;
use crate::sample::{ask, refused, state};

fn extend(
    stage: Stage,
    workdays: u32,
    at: Circumstance,
) -> impl FnOnce(&Demand) -> crate::decider::Decision<Demand> + Send {
    move |it| it.extend(&demand("d-1"), stage, workdays, &at)
}

/// C11: a running deadline moves by working days, with a reason: Saturday, March 7 and three working days is Wednesday.
#[test]
fn a_deadline_moves_by_working_days() {
    let given = screened(DemandKind::Order);
    let extended = then::<Demand>(given, extend(Stage::Completed, 3, at(TAKEN).because("等待配件")));
    assert_eq!(
        *last(&extended),
        DemandEvent::DeadlineExtended {
            community: phoenix(),
            stage: Stage::Completed,
            previous: moment("2026-03-07T23:59:59+08:00"),
            by: moment("2026-03-11T23:59:59+08:00"),
            times: 1,
        }
    );
    assert_eq!(state::<Demand>(&extended).due(Stage::Completed), Some(&moment("2026-03-11T23:59:59+08:00")));
}

/// C11: an extension has a reason and the policy's length, is given as often as the policy says, and before the deadline
/// has passed.
#[test]
fn extensions_are_reasoned_bounded_and_in_time() {
    let given = screened(DemandKind::Order);
    let because = |text: &str| at(text).because("等待配件");
    for (workdays, at, code) in [
        (3, at(TAKEN), "demand.reason_needed"),
        (0, because(TAKEN), "demand.extension_length"),
        (6, because(TAKEN), "demand.extension_length"),
        (3, because("2026-03-08T00:00:00+08:00"), "demand.deadline_past"),
    ] {
        assert_eq!(refused::<Demand>(&given, extend(Stage::Completed, workdays, at)), code);
    }
    let once = then::<Demand>(given, extend(Stage::Completed, 5, because(TAKEN)));
    assert_eq!(
        refused::<Demand>(&once, extend(Stage::Completed, 1, because(TAKEN))),
        "demand.extensions_used_up"
    );
    let twice = because(TAKEN).under(|policy| policy.demand.extensions_max.value = 2);
    assert!(ask::<Demand>(&once, extend(Stage::Completed, 1, twice)).is_ok());
}

/// C11: only what is still awaited is extended: not a stage that was reached, nor one that the policy does not time.
#[test]
fn only_awaited_stages_are_extended() {
    let because = || at(TAKEN).because("等待配件");
    for (given, stage, code) in [
        (screened(DemandKind::Order), Stage::Screened, "demand.no_deadline"),
        (claimed(m1()), Stage::Taken, "demand.no_deadline"),
        (screened(DemandKind::Issue), Stage::Answered, "demand.no_deadline"),
        (completed(), Stage::Completed, "demand.completed_already"),
        (withdrawn(), Stage::Completed, "demand.over"),
    ] {
        assert_eq!(refused::<Demand>(&given, extend(stage, 3, because())), code);
    }
    assert!(ask::<Demand>(&claimed(m1()), extend(Stage::Completed, 3, because())).is_ok());
}
