use super::*;
use crate::demand::Phase;
use crate::sample::{ask, refused, state};

/// C5: screening sets the difficulty of the catalogue's entry, or the one named, and the policy's points for it.
#[test]
fn screening_sets_difficulty_and_points() {
    let facts = screened(DemandKind::Order);
    let DemandEvent::DemandScreened { difficulty, points, catalogue, .. } = last(&facts) else {
        panic!("{facts:?}")
    };
    assert_eq!((difficulty, *points, catalogue), (&term("easy"), 1, &term("2026.1")));
    let facts = then::<Demand>(facts, |it| {
        it.screen(&demand("d-1"), Some(&term("lesson")), Some(&term("expert")), &at(SCREENED))
    });
    let demand = state::<Demand>(&facts);
    assert_eq!((demand.points(), demand.phase()), (5, &Phase::Screened));
}

/// C5: a category without a usual difficulty needs one named, and the policy must know it.
#[test]
fn a_difficulty_is_needed_and_must_be_known() {
    let given = placed(DemandKind::Order);
    assert_eq!(
        refused::<Demand>(&given, |it| it.screen(&demand("d-1"), Some(&term("lesson")), None, &at(SCREENED))),
        "demand.difficulty_needed"
    );
    assert_eq!(
        refused::<Demand>(&given, |it| {
            it.screen(&demand("d-1"), None, Some(&term("heroic")), &at(SCREENED))
        }),
        "demand.unknown_difficulty"
    );
    assert_eq!(
        refused::<Demand>(&given, |it| it.screen(
            &demand("d-1"),
            Some(&term("nothing")),
            None,
            &at(SCREENED)
        )),
        "demand.unknown_category"
    );
}

/// C3: what another body owns is referred to that body; neither publication nor dispatch nor claim can give it to members.
#[test]
fn another_bodys_duty_is_referred_and_never_given_to_members() {
    for (category, owner) in [
        ("lift_repair", DutyOwner::PropertyCompany),
        ("residence_proof", DutyOwner::Community),
        ("night_noise", DutyOwner::Department),
    ] {
        let placed = placed_as(NewDemand { category: term(category), ..new(DemandKind::Issue) });
        let referred =
            then::<Demand>(placed.clone(), |it| it.screen(&demand("d-1"), None, None, &at(SCREENED)));
        let DemandEvent::DemandReferred { owner: told, .. } = last(&referred) else { panic!("{referred:?}") };
        assert_eq!(*told, owner);
        for given in [placed, referred] {
            let by = at(SCREENED);
            assert_eq!(
                refused::<Demand>(&given, move |it| it.publish(&demand("d-1"), &by)),
                "demand.duty_of_owner"
            );
            for work in [Work::Voluntary, Work::Duty] {
                assert_eq!(
                    refused::<Demand>(&given, move |it| {
                        it.dispatch(&demand("d-1"), &m1(), work, true, &at(SCREENED))
                    }),
                    "demand.duty_of_owner"
                );
            }
            assert_eq!(
                refused::<Demand>(&given, |it| it.claim(&demand("d-1"), &m1(), &at(SCREENED))),
                "demand.duty_of_owner"
            );
        }
    }
}

/// C3: the refusal names the entry of the catalogue and whose duty it is, in both languages.
#[test]
fn the_refusal_names_the_entry_and_its_owner() {
    let given = placed_as(NewDemand { category: term("lift_repair"), ..new(DemandKind::Order) });
    let refusal =
        ask::<Demand>(&given, |it| it.dispatch(&demand("d-1"), &m1(), Work::Voluntary, false, &at(SCREENED)))
            .unwrap_err();
    assert!(refusal.en.contains("lift_repair") && refusal.en.contains("the property company"));
    assert!(refusal.zh.contains("lift_repair") && refusal.zh.contains("物业服务企业"));
}

/// C3, C4: a new catalogue may make a published demand another body's duty: then it can no longer be claimed or accepted.
#[test]
fn the_catalogue_in_force_decides_even_after_publication() {
    let changed = |text: &str| {
        let mut at = at(text);
        let mut catalogue = DutyCatalogue::clone(&catalogue());
        catalogue.entries[0].owner = DutyOwner::Community;
        at.catalogue = Arc::new(catalogue);
        at
    };
    let (claim, accept) = (changed(TAKEN), changed(TAKEN));
    assert_eq!(
        refused::<Demand>(&published(DemandKind::MicroWish), move |it| {
            it.claim(&demand("d-1"), &m1(), &claim)
        }),
        "demand.duty_of_owner"
    );
    assert_eq!(
        refused::<Demand>(&dispatched(m1()), move |it| it.accept(&demand("d-1"), &m1(), &accept)),
        "demand.duty_of_owner"
    );
}

/// C3, C5: the same screening again is nothing new, on the board too; another one takes the demand off the board; what is
/// taken, completed or over is not screened.
#[test]
fn screening_again_is_nothing_new_and_another_screening_leaves_the_board() {
    for given in [screened(DemandKind::MicroWish), published(DemandKind::MicroWish)] {
        assert_eq!(ask::<Demand>(&given, |it| it.screen(&demand("d-1"), None, None, &at(DONE))), Ok(vec![]));
    }
    let given = then::<Demand>(published(DemandKind::MicroWish), |it| {
        it.screen(&demand("d-1"), None, Some(&term("hard")), &at(SCREENED))
    });
    assert_eq!(
        refused::<Demand>(&given, |it| it.claim(&demand("d-1"), &m1(), &at(SCREENED))),
        "demand.not_published"
    );
    for (given, code) in [
        (claimed(m1()), "demand.taken_already"),
        (dispatched(m1()), "demand.taken_already"),
        (completed(), "demand.completed_already"),
        (withdrawn(), "demand.over"),
    ] {
        assert_eq!(refused::<Demand>(&given, |it| it.screen(&demand("d-1"), None, None, &at(DONE))), code);
    }
}
