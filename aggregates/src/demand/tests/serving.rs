use super::*;
use crate::sample::{ask, refused};

fn complete(
    done: Completion,
    text: &'static str,
) -> impl FnOnce(&Demand) -> crate::decider::Decision<Demand> + Send {
    move |it| it.complete(&demand("d-1"), &done, &at(text).by(Role::Member, "m-1"))
}

fn rate(
    stars: u8,
    rater: Rater,
    at: Circumstance,
) -> impl FnOnce(&Demand) -> crate::decider::Decision<Demand> + Send {
    move |it| it.rate(&demand("d-1"), stars, rater, None, &at)
}

fn resident() -> Circumstance {
    at("2026-03-05T09:00:00+08:00").by(Role::Resident, "r-1")
}

/// C1, C14: the taker completes with minutes, a day and a form of service; whether the deadline was kept is told.
#[test]
fn the_taker_completes_with_minutes_and_form() {
    let done = Completion { form: ServiceForm::Pledge, ..completion(m1(), vec![served("m-1", "u-tax", 60)]) };
    let facts = ask::<Demand>(&claimed(m1()), complete(done, DONE)).unwrap();
    let [DemandEvent::ServiceCompleted { form, work, on_time, completed_by, rating_until, .. }] = &facts[..]
    else {
        panic!("{facts:?}")
    };
    assert_eq!((*form, *work, *on_time), (ServiceForm::Pledge, Work::Voluntary, Some(true)));
    assert_eq!(completed_by.as_str(), "m-1");
    assert_eq!(*rating_until, day("2026-03-11"));
}

/// C14: the four forms of service are told apart: the same completion in another form is another completion.
#[test]
fn the_same_completion_again_is_nothing_new() {
    let given = completed();
    let same = completion(m1(), vec![served("m-1", "u-tax", 60)]);
    assert_eq!(ask::<Demand>(&given, complete(same.clone(), DONE)), Ok(vec![]));
    for form in [ServiceForm::FixedPost, ServiceForm::Team, ServiceForm::Pledge] {
        let other = Completion { form, ..same.clone() };
        assert_eq!(refused::<Demand>(&given, complete(other, DONE)), "demand.completed_already");
    }
}

/// C11: completed after its deadline, it is late, and stays so.
#[test]
fn a_late_completion_is_told_late() {
    let accepted = then::<Demand>(dispatched(m1()), |it| it.accept(&demand("d-1"), &m1(), &at(TAKEN)));
    for (text, kept) in [("2026-03-07T23:59:59+08:00", true), ("2026-03-08T00:00:00+08:00", false)] {
        let done = completion(m1(), vec![served("m-1", "u-tax", 60)]);
        let facts = ask::<Demand>(&accepted, complete(done, text)).unwrap();
        let [DemandEvent::ServiceCompleted { on_time, .. }] = &facts[..] else { panic!("{facts:?}") };
        assert_eq!(*on_time, Some(kept));
    }
}

/// C2: a unit names its own members who served, each once and long enough; a member who took it serves alone.
#[test]
fn those_who_served_are_the_taker_or_of_the_unit() {
    let of_unit = claimed(tax());
    let two = vec![served("m-1", "u-tax", 60), served("m-2", "u-tax", 90)];
    assert!(ask::<Demand>(&of_unit, complete(completion(tax(), two), DONE)).is_ok());
    for (given, taker, them, code) in [
        (&of_unit, tax(), vec![served("m-3", "u-hospital", 60)], "demand.served_by_others"),
        (&of_unit, tax(), vec![], "demand.nobody_served"),
        (
            &of_unit,
            tax(),
            vec![served("m-1", "u-tax", 60), served("m-1", "u-tax", 30)],
            "demand.served_twice",
        ),
        (
            &of_unit,
            tax(),
            vec![served("m-1", "u-tax", 60), served("m-2", "u-tax", 9)],
            "demand.minutes_least",
        ),
        (&of_unit, m1(), vec![served("m-1", "u-tax", 60)], "demand.not_taken_by_you"),
        (&claimed(m1()), m1(), vec![served("m-2", "u-tax", 60)], "demand.served_by_others"),
        (
            &published(DemandKind::MicroWish),
            m1(),
            vec![served("m-1", "u-tax", 60)],
            "demand.not_taken_by_you",
        ),
        (&withdrawn(), m1(), vec![served("m-1", "u-tax", 60)], "demand.over"),
    ] {
        assert_eq!(refused::<Demand>(given, complete(completion(taker, them), DONE)), code);
    }
}

/// C1: the day of service lies between taking and completing; one longer ago than records may be late needs a reason and a
/// second person.
#[test]
fn the_day_of_service_lies_between_taking_and_completing() {
    let done = |on: &str| Completion { on: day(on), ..completion(m1(), vec![served("m-1", "u-tax", 60)]) };
    let given = claimed(m1());
    assert_eq!(refused::<Demand>(&given, complete(done("2026-03-05"), DONE)), "demand.day_to_come");
    assert_eq!(refused::<Demand>(&given, complete(done("2026-03-02"), DONE)), "demand.before_taken");
    assert!(ask::<Demand>(&given, complete(done("2026-03-03"), DONE)).is_ok());
    let late = "2026-03-11T09:00:00+08:00";
    assert!(ask::<Demand>(&given, complete(done("2026-03-04"), late)).is_ok());
    assert_eq!(refused::<Demand>(&given, complete(done("2026-03-03"), late)), "demand.day_long_past");
    let backed = done("2026-03-03");
    let facts =
        ask::<Demand>(&given, move |it| it.complete(&demand("d-1"), &backed, &at(late).approved("w-2")));
    assert!(facts.is_ok());
}

/// C5: difficulty and stars become points; a bad rating may take, and is told unsatisfied.
#[test]
fn difficulty_and_stars_become_points() {
    let hard = then::<Demand>(published(DemandKind::MicroWish), |it| {
        it.screen(&demand("d-1"), None, Some(&term("expert")), &at(SCREENED))
    });
    let hard = then::<Demand>(hard, |it| it.publish(&demand("d-1"), &at(SCREENED)));
    let hard = then::<Demand>(hard, |it| it.claim(&demand("d-1"), &m1(), &at(TAKEN)));
    let done = completion(m1(), vec![served("m-1", "u-tax", 60)]);
    let hard = then::<Demand>(hard, complete(done, DONE));
    // Five points for an expert's service: 100, 80, 60, 0 and -50 percent of them.
    for (stars, points, satisfied) in
        [(5, 5, true), (4, 4, true), (3, 3, true), (2, 0, false), (1, -3, false)]
    {
        let facts = ask::<Demand>(&hard, rate(stars, Rater::Resident, resident())).unwrap();
        let [DemandEvent::ServiceRated { points: earned, satisfied: told, .. }] = &facts[..] else {
            panic!("{facts:?}")
        };
        assert_eq!((*earned, *told), (points, satisfied), "{stars} stars");
    }
}

/// C5: 1 to 5 stars, once, after completion.
#[test]
fn a_completed_service_is_rated_once() {
    for stars in [0, 6] {
        assert_eq!(
            refused::<Demand>(&completed(), rate(stars, Rater::Resident, resident())),
            "demand.stars_range"
        );
    }
    for (given, code) in [
        (placed(DemandKind::MicroWish), "demand.not_completed"),
        (claimed(m1()), "demand.not_completed"),
        (withdrawn(), "demand.over"),
    ] {
        assert_eq!(refused::<Demand>(&given, rate(5, Rater::Resident, resident())), code);
    }
    let given = rated(4);
    assert_eq!(ask::<Demand>(&given, rate(4, Rater::Resident, resident())), Ok(vec![]));
    assert_eq!(refused::<Demand>(&given, rate(5, Rater::Resident, resident())), "demand.rated_already");
}

/// C5: two people for every credited service: neither who served, nor the unit that took it, nor who recorded the
/// completion rates it.
#[test]
fn nobody_rates_own_work() {
    let by = |role, id: &str| at("2026-03-05T09:00:00+08:00").by(role, id);
    let refuse = |given: &[DemandEvent], at| {
        assert_eq!(refused::<Demand>(given, rate(5, Rater::Resident, at)), "demand.rates_own_work");
    };
    refuse(&completed(), by(Role::Member, "m-1"));
    let two = completion(tax(), vec![served("m-1", "u-tax", 60), served("m-2", "u-tax", 60)]);
    let of_unit = then::<Demand>(claimed(tax()), move |it| {
        it.complete(&demand("d-1"), &two, &at(DONE).by(Role::CommunityWorker, "w-1"))
    });
    refuse(&of_unit, by(Role::Member, "m-2"));
    refuse(&of_unit, by(Role::Unit, "u-tax"));
    refuse(&of_unit, by(Role::CommunityWorker, "w-1"));
    let mut secretary = by(Role::Unit, "s-9");
    secretary.actor.organisation = Some("u-tax".to_owned());
    refuse(&of_unit, secretary);
    assert!(ask::<Demand>(&of_unit, rate(5, Rater::Resident, by(Role::CommunityWorker, "w-2"))).is_ok());
}

/// C5: the operator of an embedded ledger copies what many people did, and so may record both a completion and a rating.
#[test]
fn an_operator_may_copy_both_completion_and_rating() {
    let done = completion(m1(), vec![served("m-1", "u-tax", 60)]);
    let given = then::<Demand>(claimed(m1()), move |it| {
        it.complete(&demand("d-1"), &done, &at(DONE).by(Role::Operator, "operator"))
    });
    let at = at("2026-03-05T09:00:00+08:00").by(Role::Operator, "operator");
    assert!(ask::<Demand>(&given, rate(5, Rater::Resident, at)).is_ok());
}

/// C5: the community rates in aggregate after the resident's days, counted from the completing and not from a day of
/// service long past; the resident still may, too.
#[test]
fn the_community_rates_after_the_residents_days() {
    let done = Completion { on: day("2026-03-03"), ..completion(m1(), vec![served("m-1", "u-tax", 60)]) };
    let given = then::<Demand>(claimed(m1()), complete(done, "2026-03-09T18:00:00+08:00"));
    let community = |text: &str| rate(4, Rater::Community, at(text));
    assert_eq!(refused::<Demand>(&given, community("2026-03-16T23:00:00+08:00")), "demand.resident_first");
    assert!(ask::<Demand>(&given, community("2026-03-17T00:00:00+08:00")).is_ok());
    let late = at("2026-04-01T00:00:00+08:00").by(Role::Resident, "r-1");
    assert!(ask::<Demand>(&given, rate(4, Rater::Resident, late)).is_ok());
}
