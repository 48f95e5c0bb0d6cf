use super::*;
use crate::demand::Phase;
use crate::policy::Stage;
use crate::sample::{ask, refused, state};

const LATER: &str = "2026-03-06T09:00:00+08:00";

fn reopen(it: &Demand) -> crate::decider::Decision<Demand> {
    it.reopen(&demand("d-1"), &at(LATER))
}

/// C5: an unsatisfied rating opens the demand again: it waits where it waited before, its deadlines run anew, and it need
/// not be screened again.
#[test]
fn an_unsatisfied_rating_reopens() {
    let reopened = then::<Demand>(rated(2), reopen);
    let DemandEvent::DemandReopened { times, due, .. } = last(&reopened) else { panic!("{reopened:?}") };
    assert_eq!(*times, 1);
    assert_eq!(due.iter().map(|due| due.stage).collect::<Vec<_>>(), [Stage::Taken, Stage::Completed]);
    assert!(due.iter().all(|due| due.by > moment(LATER)));
    assert_eq!(state::<Demand>(&reopened).phase(), &Phase::Published);
    assert_eq!(ask::<Demand>(&reopened, reopen), Ok(vec![]));
    assert!(ask::<Demand>(&reopened, |it| it.claim(&demand("d-1"), &m2(), &at(LATER))).is_ok());
}

/// C5: only an unsatisfied rating reopens, and only as often as the policy says.
#[test]
fn only_unsatisfied_ratings_reopen_and_not_for_ever() {
    for (given, code) in [
        (rated(3), "demand.satisfied"),
        (completed(), "demand.not_rated"),
        (claimed(m1()), "demand.not_completed"),
        (published(DemandKind::MicroWish), "demand.not_completed"),
        (withdrawn(), "demand.over"),
    ] {
        assert_eq!(refused::<Demand>(&given, reopen), code);
    }
    let again = then::<Demand>(rated(1), reopen);
    let again = then::<Demand>(again, |it| it.claim(&demand("d-1"), &m1(), &at(LATER)));
    let done = Completion { on: day("2026-03-06"), ..completion(m1(), vec![served("m-1", "u-tax", 60)]) };
    let again = then::<Demand>(again, move |it| {
        it.complete(&demand("d-1"), &done, &at(LATER).by(Role::Member, "m-1"))
    });
    let again = then::<Demand>(again, |it| it.rate(&demand("d-1"), 1, Rater::Resident, None, &at(LATER)));
    assert_eq!(refused::<Demand>(&again, reopen), "demand.reopened_enough");
    assert!(
        ask::<Demand>(&again, |it| {
            it.reopen(&demand("d-1"), &at(LATER).under(|policy| policy.demand.reopen_max.value = 2))
        })
        .is_ok()
    );
}

/// C1: whoever asked or entered the demand withdraws it, nobody else; a live claim or dispatch is told to end with it.
#[test]
fn whoever_placed_it_withdraws() {
    let by = |role, id: &str| {
        let at = at(TAKEN).by(role, id);
        move |it: &Demand| it.withdraw(&demand("d-1"), &at)
    };
    for (given, taker) in
        [(placed(DemandKind::Order), None), (dispatched(m1()), Some(m1())), (claimed(tax()), Some(tax()))]
    {
        for (role, id) in [(Role::Resident, "r-1"), (Role::CommunityWorker, "w-1")] {
            let facts = ask::<Demand>(&given, by(role, id)).unwrap();
            assert!(
                matches!(&facts[..], [DemandEvent::DemandWithdrawn { taker: told, .. }] if *told == taker)
            );
        }
        for (role, id) in [(Role::Resident, "r-2"), (Role::CommunityWorker, "w-2"), (Role::Member, "m-1")] {
            assert_eq!(refused::<Demand>(&given, by(role, id)), "demand.not_yours");
        }
    }
    assert_eq!(ask::<Demand>(&withdrawn(), by(Role::CommunityWorker, "w-1")), Ok(vec![]));
    assert_eq!(refused::<Demand>(&completed(), by(Role::Resident, "r-1")), "demand.completed_already");
}

/// C12: closed without a service: settled on the spot, solved by the owner it was referred to, or not to be solved; what
/// somebody has, or has served, is not closed.
#[test]
fn what_no_service_ends_is_closed_solved_or_not() {
    let close = |solved: bool| move |it: &Demand| it.close(&demand("d-1"), solved, &at(TAKEN));
    let referred = then::<Demand>(placed(DemandKind::Issue), |it| {
        it.screen(&demand("d-1"), Some(&term("lift_repair")), None, &at(SCREENED))
    });
    for given in
        [placed(DemandKind::Petition), screened(DemandKind::Issue), published(DemandKind::Issue), referred]
    {
        for solved in [true, false] {
            let closed = then::<Demand>(given.clone(), close(solved));
            let DemandEvent::DemandClosed { solved: told, on_time, .. } = last(&closed) else {
                panic!("{closed:?}")
            };
            assert_eq!((*told, *on_time), (solved, Some(true)));
            assert_eq!(ask::<Demand>(&closed, close(solved)), Ok(vec![]));
            assert_eq!(refused::<Demand>(&closed, close(!solved)), "demand.over");
        }
    }
    for (given, code) in [
        (dispatched(m1()), "demand.taken_already"),
        (claimed(m1()), "demand.taken_already"),
        (completed(), "demand.completed_already"),
        (withdrawn(), "demand.over"),
    ] {
        assert_eq!(refused::<Demand>(&given, close(true)), code);
    }
}

/// C11: what is closed after its deadline is closed late.
#[test]
fn a_late_closing_is_told_late() {
    let facts = ask::<Demand>(&placed(DemandKind::Order), |it| {
        it.close(&demand("d-1"), true, &at("2026-03-08T00:00:00+08:00"))
    })
    .unwrap();
    assert!(matches!(&facts[..], [DemandEvent::DemandClosed { on_time: Some(false), .. }]));
}
