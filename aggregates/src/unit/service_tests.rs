//! Given, when, then: the unit's side of demands.

use super::{Unit, UnitClass, UnitEvent};
use crate::ids::DivisionCode;
use crate::sample::{ask, demand, on, phoenix, refused, state, term, then, unit};

fn enrolled() -> Vec<UnitEvent> {
    then::<Unit>(vec![], |it| {
        let division = DivisionCode::new("520201").unwrap();
        it.enrol(&unit("u-tax"), "税务局", UnitClass::Organ, &division, None, &on("2026-03-02"))
    })
}

fn linked() -> Vec<UnitEvent> {
    then::<Unit>(enrolled(), |it| it.link(&unit("u-tax"), &phoenix(), None))
}

fn take(it: &Unit) -> crate::decider::Decision<Unit> {
    it.take(&unit("u-tax"), &demand("d-1"), &phoenix(), &term("elder_company"))
}

/// C2: a unit takes demands of communities that it is linked to; again it is nothing new.
#[test]
fn a_linked_unit_takes_a_demand() {
    let given = then::<Unit>(linked(), take);
    assert!(matches!(given.last(), Some(UnitEvent::TaskTaken { .. })));
    assert_eq!(ask::<Unit>(&given, take), Ok(vec![]));
    assert_eq!(refused::<Unit>(&enrolled(), take), "unit.not_linked");
    assert_eq!(refused::<Unit>(&[], take), "unit.unknown");
}

/// C1, C2: what a unit gives back or declines changes no card of it.
#[test]
fn giving_back_and_declining_cost_a_unit_nothing() {
    let taken = then::<Unit>(linked(), take);
    let released = then::<Unit>(taken, |it| it.give_back(&demand("d-1"), &phoenix(), true));
    assert!(matches!(released.last(), Some(UnitEvent::TaskReleased { lapsed: true, .. })));
    assert_eq!(state::<Unit>(&released), state::<Unit>(&linked()));
    assert_eq!(ask::<Unit>(&released, |it| it.give_back(&demand("d-1"), &phoenix(), true)), Ok(vec![]));
    let declined = then::<Unit>(linked(), |it| it.decline(&unit("u-tax"), &demand("d-1"), &phoenix()));
    assert_eq!(
        declined.last(),
        Some(&UnitEvent::TaskDeclined { demand: demand("d-1"), community: phoenix() })
    );
    assert_eq!(state::<Unit>(&declined), state::<Unit>(&linked()));
}
