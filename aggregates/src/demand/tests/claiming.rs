use super::*;
use crate::demand::Phase;
use crate::sample::{ask, refused, state};

/// C2: a published wish is claimed by a member or by a unit, for the policy's days.
#[test]
fn members_and_units_claim_published_wishes() {
    for taker in [m1(), tax()] {
        let facts = claimed(taker.clone());
        assert_eq!(
            *last(&facts),
            DemandEvent::WishClaimed {
                community: phoenix(),
                kind: DemandKind::MicroWish,
                taker: taker.clone(),
                on: day("2026-03-03"),
                until: day("2026-03-18"),
            }
        );
        assert_eq!(state::<Demand>(&facts).taker(), Some((&taker, Work::Voluntary)));
    }
}

/// C2: one live claim only; the holder's own claim again is nothing new.
#[test]
fn a_second_claim_is_refused() {
    let given = claimed(m1());
    assert_eq!(
        refused::<Demand>(&given, |it| it.claim(&demand("d-1"), &m2(), &at(TAKEN))),
        "demand.taken_already"
    );
    assert_eq!(
        refused::<Demand>(&given, |it| it.claim(&demand("d-1"), &tax(), &at(TAKEN))),
        "demand.taken_already"
    );
    assert_eq!(ask::<Demand>(&given, |it| it.claim(&demand("d-1"), &m1(), &at(DONE))), Ok(vec![]));
}

/// C2: only what is published can be claimed.
#[test]
fn only_published_demands_can_be_claimed() {
    for (given, code) in [
        (placed(DemandKind::MicroWish), "demand.not_published"),
        (screened(DemandKind::MicroWish), "demand.not_published"),
        (dispatched(m2()), "demand.taken_already"),
        (completed(), "demand.completed_already"),
        (withdrawn(), "demand.over"),
    ] {
        assert_eq!(refused::<Demand>(&given, |it| it.claim(&demand("d-1"), &m1(), &at(TAKEN))), code);
    }
}

/// C2: publication follows screening; again it is nothing new; what somebody has is not published.
#[test]
fn only_screened_demands_are_published() {
    let publish = |it: &Demand| it.publish(&demand("d-1"), &at(TAKEN));
    assert_eq!(refused::<Demand>(&placed(DemandKind::MicroWish), publish), "demand.not_screened");
    assert_eq!(ask::<Demand>(&published(DemandKind::MicroWish), publish), Ok(vec![]));
    assert_eq!(refused::<Demand>(&claimed(m1()), publish), "demand.taken_already");
    assert_eq!(refused::<Demand>(&completed(), publish), "demand.completed_already");
    assert_eq!(refused::<Demand>(&withdrawn(), publish), "demand.over");
}

/// C2: the holder gives a claim back and another may claim; nobody else can give it back.
#[test]
fn a_released_wish_can_be_claimed_again() {
    let given = claimed(m1());
    assert_eq!(refused::<Demand>(&given, |it| it.release(&demand("d-1"), &m2())), "demand.not_taken_by_you");
    let released = then::<Demand>(given, |it| it.release(&demand("d-1"), &m1()));
    assert_eq!(
        *last(&released),
        DemandEvent::ClaimReleased { community: phoenix(), taker: m1(), work: Work::Voluntary }
    );
    assert!(ask::<Demand>(&released, |it| it.claim(&demand("d-1"), &m2(), &at(TAKEN))).is_ok());
    assert_eq!(
        refused::<Demand>(&completed(), |it| it.release(&demand("d-1"), &m1())),
        "demand.completed_already"
    );
    assert_eq!(refused::<Demand>(&withdrawn(), |it| it.release(&demand("d-1"), &m1())), "demand.over");
}

/// C2: a claim lapses after its last day, not on it; then another may claim. Lapsing what does not run is nothing.
#[test]
fn a_claim_lapses_after_its_last_day() {
    let given = claimed(m1());
    let lapse = |text: &'static str| move |it: &Demand| it.lapse(&demand("d-1"), &at(text));
    assert_eq!(ask::<Demand>(&given, lapse("2026-03-18T23:59:59+08:00")), Ok(vec![]));
    assert_eq!(
        ask::<Demand>(&given, lapse("2026-03-19T00:00:00+08:00")),
        Ok(vec![DemandEvent::ClaimLapsed { community: phoenix(), taker: m1() }])
    );
    let lapsed = then::<Demand>(given, lapse("2026-03-19T00:00:00+08:00"));
    assert_eq!(state::<Demand>(&lapsed).phase(), &Phase::Published);
    for given in [lapsed, published(DemandKind::MicroWish), completed(), withdrawn()] {
        assert_eq!(ask::<Demand>(&given, lapse("2026-06-01T00:00:00+08:00")), Ok(vec![]));
    }
}

/// C2: who claimed and is late by the calendar may still complete until the claim has lapsed.
#[test]
fn a_claim_stands_until_it_has_lapsed() {
    let done = Completion { on: day("2026-03-20"), ..completion(m1(), vec![served("m-1", "u-tax", 30)]) };
    let facts = ask::<Demand>(&claimed(m1()), move |it| {
        it.complete(&demand("d-1"), &done, &at("2026-03-20T09:00:00+08:00"))
    });
    assert!(facts.is_ok());
}
