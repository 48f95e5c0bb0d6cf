use super::*;
use crate::demand::Phase;
use crate::sample::{ask, refused, state};

fn offer(
    taker: Taker,
    text: &'static str,
) -> impl FnOnce(&Demand) -> crate::decider::Decision<Demand> + Send {
    move |it| it.dispatch(&demand("d-1"), &taker, Work::Voluntary, false, &at(text))
}

/// C1: a screened demand, published or not, is dispatched to a member or a unit, who answers within the policy's hours.
#[test]
fn a_screened_demand_is_dispatched_to_a_member_or_a_unit() {
    for given in [screened(DemandKind::Order), published(DemandKind::Order)] {
        for taker in [m1(), tax()] {
            let facts = ask::<Demand>(&given, offer(taker.clone(), SCREENED)).unwrap();
            assert_eq!(
                facts,
                [DemandEvent::OrderDispatched {
                    community: phoenix(),
                    kind: DemandKind::Order,
                    taker,
                    work: Work::Voluntary,
                    answer_by: moment("2026-03-03T10:00:00+08:00"),
                }]
            );
        }
    }
}

/// C1: what is not screened, is taken, completed or over is not dispatched; the same dispatch again is nothing new.
#[test]
fn only_waiting_demands_are_dispatched() {
    assert_eq!(ask::<Demand>(&dispatched(m1()), offer(m1(), SCREENED)), Ok(vec![]));
    for (given, code) in [
        (placed(DemandKind::Order), "demand.not_screened"),
        (dispatched(m2()), "demand.taken_already"),
        (claimed(m2()), "demand.taken_already"),
        (completed(), "demand.completed_already"),
        (withdrawn(), "demand.over"),
    ] {
        assert_eq!(refused::<Demand>(&given, offer(m1(), SCREENED)), code);
    }
}

/// C1: the taker asked accepts, alone; again it is nothing new; an accepted dispatch does not lapse.
#[test]
fn the_one_asked_accepts() {
    let given = dispatched(m1());
    assert_eq!(
        refused::<Demand>(&given, |it| it.accept(&demand("d-1"), &m2(), &at(TAKEN))),
        "demand.not_dispatched_to_you"
    );
    let accepted = then::<Demand>(given, |it| it.accept(&demand("d-1"), &m1(), &at(TAKEN)));
    assert_eq!(state::<Demand>(&accepted).taker(), Some((&m1(), Work::Voluntary)));
    assert_eq!(ask::<Demand>(&accepted, |it| it.accept(&demand("d-1"), &m1(), &at(DONE))), Ok(vec![]));
    assert_eq!(
        ask::<Demand>(&accepted, |it| it.lapse(&demand("d-1"), &at("2026-09-01T00:00:00+08:00"))),
        Ok(vec![])
    );
    assert_eq!(
        refused::<Demand>(&screened(DemandKind::Order), |it| it.accept(&demand("d-1"), &m1(), &at(TAKEN))),
        "demand.not_dispatched_to_you"
    );
    assert_eq!(
        refused::<Demand>(&completed(), |it| it.accept(&demand("d-1"), &m1(), &at(TAKEN))),
        "demand.completed_already"
    );
}

/// C1: voluntary service is declined and the demand waits again; it is not offered to the same taker again, but to others.
#[test]
fn declined_voluntary_service_is_not_offered_again() {
    let declined = then::<Demand>(dispatched(m1()), |it| it.decline(&demand("d-1"), &m1()));
    assert_eq!(
        *last(&declined),
        DemandEvent::OrderDeclined { community: phoenix(), taker: m1(), work: Work::Voluntary }
    );
    assert_eq!(state::<Demand>(&declined).phase(), &Phase::Screened);
    assert_eq!(ask::<Demand>(&declined, |it| it.decline(&demand("d-1"), &m1())), Ok(vec![]));
    assert_eq!(refused::<Demand>(&declined, offer(m1(), TAKEN)), "demand.declined_before");
    assert!(ask::<Demand>(&declined, offer(m2(), TAKEN)).is_ok());
    assert_eq!(
        refused::<Demand>(&dispatched(m1()), |it| it.decline(&demand("d-1"), &m2())),
        "demand.not_dispatched_to_you"
    );
    assert_eq!(refused::<Demand>(&withdrawn(), |it| it.decline(&demand("d-1"), &m1())), "demand.over");
}

/// C1: declining an offer does not keep anybody from claiming the published demand of their own will.
#[test]
fn whoever_declined_may_still_claim() {
    let offered = then::<Demand>(published(DemandKind::MicroWish), offer(m1(), SCREENED));
    let declined = then::<Demand>(offered, |it| it.decline(&demand("d-1"), &m1()));
    assert!(ask::<Demand>(&declined, |it| it.claim(&demand("d-1"), &m1(), &at(TAKEN))).is_ok());
}

/// C1: an unanswered dispatch lapses after its hours; a new dispatch lapses it in the same step.
#[test]
fn an_unanswered_dispatch_lapses() {
    let given = dispatched(m1());
    let lapsed = DemandEvent::DispatchLapsed { community: phoenix(), taker: m1(), work: Work::Voluntary };
    let lapse = |text: &'static str| move |it: &Demand| it.lapse(&demand("d-1"), &at(text));
    assert_eq!(ask::<Demand>(&given, lapse("2026-03-03T10:00:00+08:00")), Ok(vec![]));
    assert_eq!(ask::<Demand>(&given, lapse("2026-03-03T10:00:01+08:00")), Ok(vec![lapsed.clone()]));
    assert_eq!(refused::<Demand>(&given, offer(m2(), "2026-03-03T10:00:00+08:00")), "demand.taken_already");
    let facts = ask::<Demand>(&given, offer(m2(), "2026-03-03T10:00:01+08:00")).unwrap();
    assert_eq!(facts[0], lapsed);
    assert!(matches!(&facts[1], DemandEvent::OrderDispatched { taker, .. } if *taker == m2()));
    assert!(ask::<Demand>(&given, |it| it.accept(&demand("d-1"), &m1(), &at(DONE))).is_ok());
}

/// C1: duty and voluntary service are two things: a duty is an issue or petition, and goes to a member on a post of the
/// demand's grid.
#[test]
fn a_duty_needs_an_issue_and_a_post_in_its_grid() {
    let duty = |taker: Taker, has_duty: bool| {
        move |it: &Demand| it.dispatch(&demand("d-1"), &taker, Work::Duty, has_duty, &at(SCREENED))
    };
    for kind in [DemandKind::Order, DemandKind::MicroDream, DemandKind::MicroWish, DemandKind::MicroAppeal] {
        assert_eq!(refused::<Demand>(&screened(kind), duty(m1(), true)), "demand.duty_not_for_kind");
    }
    for kind in [DemandKind::Issue, DemandKind::Petition] {
        assert!(ask::<Demand>(&screened(kind), duty(m1(), true)).is_ok());
        assert_eq!(refused::<Demand>(&screened(kind), duty(m1(), false)), "demand.duty_needs_post");
        assert_eq!(refused::<Demand>(&screened(kind), duty(tax(), true)), "demand.duty_needs_post");
    }
    let nowhere = then::<Demand>(placed_as(NewDemand { grid: None, ..new(DemandKind::Issue) }), |it| {
        it.screen(&demand("d-1"), None, None, &at(SCREENED))
    });
    assert_eq!(refused::<Demand>(&nowhere, duty(m1(), true)), "demand.duty_needs_post");
}

/// C1: a declined duty is recorded as one, and may be given to the same member again.
#[test]
fn a_declined_duty_is_recorded_as_such() {
    let duty = |it: &Demand| it.dispatch(&demand("d-1"), &m1(), Work::Duty, true, &at(SCREENED));
    let given = then::<Demand>(screened(DemandKind::Issue), duty);
    let declined = then::<Demand>(given, |it| it.decline(&demand("d-1"), &m1()));
    assert_eq!(
        *last(&declined),
        DemandEvent::OrderDeclined { community: phoenix(), taker: m1(), work: Work::Duty }
    );
    assert!(ask::<Demand>(&declined, duty).is_ok());
}

/// C3: the taker says it is the property company's duty: the demand leaves the board and the taker, and is screened again
/// with a new deadline for that. Saying so again is nothing new.
#[test]
fn a_reported_duty_shift_goes_back_to_be_screened() {
    let report = |it: &Demand| it.report_duty_shift(&demand("d-1"), &m1(), &term("lift_repair"), &at(DONE));
    for given in [claimed(m1()), dispatched(m1())] {
        let reported = then::<Demand>(given, report);
        let DemandEvent::DutyShiftReported { owner, screen_by, .. } = last(&reported) else {
            panic!("{reported:?}")
        };
        assert_eq!(*owner, DutyOwner::PropertyCompany);
        assert_eq!(state::<Demand>(&reported).phase(), &Phase::Placed);
        assert_eq!(state::<Demand>(&reported).due(crate::policy::Stage::Screened), screen_by.as_ref());
        assert!(screen_by.is_some_and(|by| by > moment(DONE)));
        assert_eq!(ask::<Demand>(&reported, report), Ok(vec![]));
        assert_eq!(
            refused::<Demand>(&reported, |it| it.claim(&demand("d-1"), &m2(), &at(DONE))),
            "demand.not_published"
        );
        let screened = then::<Demand>(reported, |it| {
            it.screen(&demand("d-1"), Some(&term("lift_repair")), None, &at(DONE))
        });
        assert_eq!(state::<Demand>(&screened).phase(), &Phase::Referred);
    }
}

/// C3: only whoever has the demand disputes it, and only with an entry that some body owns.
#[test]
fn a_duty_shift_is_reported_by_the_holder_with_a_bodys_entry() {
    let report = |by: Taker, entry: &'static str| {
        move |it: &Demand| it.report_duty_shift(&demand("d-1"), &by, &term(entry), &at(DONE))
    };
    let given = claimed(m1());
    assert_eq!(refused::<Demand>(&given, report(m2(), "lift_repair")), "demand.not_taken_by_you");
    assert_eq!(refused::<Demand>(&given, report(m1(), "elder_company")), "demand.no_bodys_duty");
    assert_eq!(refused::<Demand>(&given, report(m1(), "nothing")), "demand.unknown_category");
    for (given, code) in [
        (published(DemandKind::MicroWish), "demand.not_taken_by_you"),
        (completed(), "demand.completed_already"),
        (withdrawn(), "demand.over"),
    ] {
        assert_eq!(refused::<Demand>(&given, report(m1(), "lift_repair")), code);
    }
}
