//! Who may stand where.

use super::*;
use crate::ids::{CommunityCode, DivisionCode, UnitId};
use crate::member::{DwellingKind, Member, MemberRank};
use crate::points::Work;
use crate::unit::{Unit, UnitClass};

const SOURCES: [PostHolder; 10] = [
    PostHolder::CountyLeader,
    PostHolder::SectionCadre,
    PostHolder::UnitCadre,
    PostHolder::StreetCadre,
    PostHolder::CommunityWorker,
    PostHolder::FullTimeOfficer,
    PostHolder::PropertyStaff,
    PostHolder::NewEmployment,
    PostHolder::EstateMember,
    PostHolder::Volunteer,
];

/// Tries every source in a slot; answers those taken.
fn taken_by(template: &str, slot: &str) -> Vec<PostHolder> {
    let grid = state(&filed(template));
    SOURCES
        .into_iter()
        .filter(|source| grid.fill_post(&code(1), &appointment(slot, member("x"), *source), &now()).is_ok())
        .collect()
}

/// B6: A is a community worker or volunteer, B a member of an organ.
#[test]
fn a_and_b_posts_take_their_own_kinds_of_people() {
    assert_eq!(taken_by("ab_posts", "post_a"), [PostHolder::CommunityWorker, PostHolder::Volunteer]);
    assert_eq!(taken_by("ab_posts", "post_b"), [PostHolder::SectionCadre, PostHolder::UnitCadre]);
}

/// B7: 4+N is one section-level cadre, one regular cadre, one of the street, one of the community, and volunteers.
#[test]
fn four_plus_n_takes_its_four_and_volunteers() {
    assert_eq!(taken_by("four_plus_n", "section_cadre"), [PostHolder::SectionCadre]);
    assert_eq!(taken_by("four_plus_n", "unit_cadre"), [PostHolder::UnitCadre]);
    assert_eq!(taken_by("four_plus_n", "street_cadre"), [PostHolder::StreetCadre]);
    assert_eq!(taken_by("four_plus_n", "community_cadre"), [PostHolder::CommunityWorker]);
    assert!(taken_by("four_plus_n", "volunteers").contains(&PostHolder::Volunteer));
}

/// B8: the first head is a section-level cadre, the other the community's own.
#[test]
fn two_heads_come_from_two_sides() {
    assert_eq!(taken_by("double_heads", "first_head"), [PostHolder::SectionCadre]);
    assert_eq!(taken_by("double_heads", "community_head"), [PostHolder::CommunityWorker]);
}

/// B9: the head is a county leader, the deputy a section-level cadre.
#[test]
fn head_and_deputy_are_leaders() {
    assert_eq!(taken_by("head_deputy_members", "head"), [PostHolder::CountyLeader]);
    assert_eq!(taken_by("head_deputy_members", "deputy"), [PostHolder::SectionCadre]);
}

/// B10: 1+1+N is one of an organ, one of the community, and volunteers.
#[test]
fn one_one_n_takes_organ_community_and_volunteers() {
    assert_eq!(taken_by("one_one_n", "organ"), [PostHolder::SectionCadre, PostHolder::UnitCadre]);
    assert_eq!(
        taken_by("one_one_n", "community"),
        [PostHolder::CommunityWorker, PostHolder::FullTimeOfficer]
    );
    assert!(taken_by("one_one_n", "volunteers").contains(&PostHolder::Volunteer));
}

/// B11: building heads come from the property firm's staff and the estate's members.
#[test]
fn building_heads_come_from_property_staff_and_estate_members() {
    assert_eq!(
        taken_by("three_tier", "building_heads"),
        [PostHolder::PropertyStaff, PostHolder::EstateMember]
    );
}

/// B12: joint-household heads are a slot of their template.
#[test]
fn joint_household_heads_are_a_slot() {
    assert!(taken_by("joint_households", "household_heads").contains(&PostHolder::EstateMember));
    assert!(!taken_by("joint_households", "household_heads").contains(&PostHolder::CountyLeader));
}

/// B13: full-time officers fill one slot, members chosen as part-time officers another.
#[test]
fn full_time_and_part_time_officers_have_slots_of_their_own() {
    assert_eq!(taken_by("grid_officers", "full_time_officer"), [PostHolder::FullTimeOfficer]);
    assert!(taken_by("grid_officers", "part_time_officer").contains(&PostHolder::UnitCadre));
    assert!(!taken_by("grid_officers", "part_time_officer").contains(&PostHolder::FullTimeOfficer));
}

/// B15: property staff may be officers, and those in new employment mobile assistants.
#[test]
fn property_staff_and_couriers_have_their_slots() {
    assert!(taken_by("double_heads", "officers").contains(&PostHolder::PropertyStaff));
    assert!(!taken_by("double_heads", "officers").contains(&PostHolder::NewEmployment));
    assert!(taken_by("double_heads", "mobile_assistants").contains(&PostHolder::NewEmployment));
}

/// B7: the wrong kind of person is told who may stand there.
#[test]
fn the_wrong_kind_of_person_is_refused() {
    let slot = term("section_cadre");
    refused(
        filed("four_plus_n"),
        fill("section_cadre", member("m-1"), PostHolder::UnitCadre),
        refusal::wrong_source(
            &slot,
            "县直单位科级干部".to_owned(),
            "section-level cadre of a county unit".to_owned(),
        ),
    );
}

/// B6: a filled post tells who, as what, and that it is duty.
#[test]
fn a_post_is_filled() {
    when(filed("ab_posts"), fill("post_b", member("m-1"), PostHolder::UnitCadre)).then_expect_events(vec![
        GridEvent::PostFilled {
            community: code(1).community(),
            slot: term("post_b"),
            holder: member("m-1"),
            source: PostHolder::UnitCadre,
            work: Work::Duty,
            fixed: true,
            posts_max: 1,
            on_behalf_of: None,
            estate: None,
            from: date("2026-03-02"),
        },
    ]);
}

/// B7: whoever offers himself does voluntary service, not duty (gap G7).
#[test]
fn a_volunteer_on_a_roster_has_no_duty() {
    let facts = staffed("four_plus_n", &[("volunteers", person("v-1"), PostHolder::Volunteer)]);
    let Some(GridEvent::PostFilled { work, fixed, .. }) = facts.last() else { panic!() };
    assert_eq!((*work, *fixed), (Work::Voluntary, false));
}

/// B6: a fixed slot takes one; N takes many.
#[test]
fn a_fixed_slot_takes_one_and_n_takes_many() {
    refused(
        staffed("ab_posts", &[("post_a", person("w-1"), PostHolder::CommunityWorker)]),
        fill("post_a", person("w-2"), PostHolder::CommunityWorker),
        refusal::slot_full(&term("post_a"), 1),
    );
    let many: Vec<_> =
        (0..40).map(|n| ("volunteers", person(&format!("v-{n}")), PostHolder::Volunteer)).collect();
    assert_eq!(state(&staffed("four_plus_n", &many)).tenures().len(), 40);
}

/// B6, B8: A and B, or the two heads, are never one person; a volunteer's place besides is.
#[test]
fn fixed_slots_of_a_grid_go_to_different_persons() {
    refused(
        staffed("one_one_n", &[("organ", member("x"), PostHolder::UnitCadre)]),
        fill("community", member("x"), PostHolder::CommunityWorker),
        refusal::holds_another(&term("organ"), &member("x")),
    );
    let besides = fill("volunteers", member("x"), PostHolder::EstateMember);
    assert_eq!(
        besides(&state(&staffed("one_one_n", &[("organ", member("x"), PostHolder::UnitCadre)])))
            .unwrap()
            .len(),
        1
    );
}

/// B7: taking the same slot again is nothing; as something else it is refused.
#[test]
fn taking_a_post_again_is_nothing() {
    let given = staffed("double_heads", &[("officers", person("p-1"), PostHolder::PropertyStaff)]);
    nothing(given.clone(), fill("officers", person("p-1"), PostHolder::PropertyStaff));
    refused(
        given,
        fill("officers", person("p-1"), PostHolder::FullTimeOfficer),
        refusal::holds_it_otherwise(&term("officers"), &person("p-1")),
    );
}

/// B7: a slot that the template lacks, a grid without a template, a grid never drawn.
#[test]
fn a_post_needs_grid_template_and_slot() {
    refused(
        filed("ab_posts"),
        fill("post_c", person("w-1"), PostHolder::CommunityWorker),
        refusal::unknown_slot(&term("post_c")),
    );
    let bare = history(vec![
        ask(|grid| grid.define(&drawn(1, 300, &[]), GridKind::Base, &now())),
        ask(|grid| grid.file(&code(1), &now())),
    ]);
    refused(bare, fill("post_a", person("w-1"), PostHolder::CommunityWorker), refusal::no_template(&code(1)));
    refused(vec![], fill("post_a", person("w-1"), PostHolder::CommunityWorker), refusal::unknown(&code(1)));
}

/// B11: a building head looks after a building of the grid.
#[test]
fn a_building_head_belongs_to_a_building_of_the_grid() {
    let of = |building: &str| Appointment {
        estate: Some(EstateId::new(building).unwrap()),
        ..appointment("building_heads", person("p-1"), PostHolder::PropertyStaff)
    };
    let (right, wrong) = (of("b-2"), of("b-9"));
    let facts = state(&filed("three_tier")).fill_post(&code(1), &right, &now()).unwrap();
    assert!(matches!(facts.as_slice(), [GridEvent::PostFilled { estate: Some(_), .. }]));
    refused(
        filed("three_tier"),
        move |grid| grid.fill_post(&code(1), &wrong, &now()),
        refusal::estate_elsewhere(&EstateId::new("b-9").unwrap(), &code(1)),
    );
}

fn leave(holder: Holder, day: &'static str) -> impl FnOnce(&Grid) -> Decision<Grid> + Send + 'static {
    move |grid| grid.vacate_post(&code(1), &term("post_a"), &holder, date(day))
}

/// B7: a post is left on a day, and is free for another from then on.
#[test]
fn a_post_left_is_free() {
    let given = staffed("ab_posts", &[("post_a", person("w-1"), PostHolder::CommunityWorker)]);
    when(given.clone(), leave(person("w-1"), "2026-03-09")).then_expect_events(vec![
        GridEvent::PostVacated {
            community: code(1).community(),
            slot: term("post_a"),
            holder: person("w-1"),
            source: PostHolder::CommunityWorker,
            on: date("2026-03-09"),
            instead_of: None,
        },
    ]);
    let mut left = given;
    left.extend(leave(person("w-1"), "2026-03-09")(&state(&left)).unwrap());
    let next = appointment("post_a", person("w-2"), PostHolder::CommunityWorker);
    let grid = state(&left);
    assert_eq!(
        grid.fill_post(&code(1), &next, &on("2026-03-08")).unwrap_err(),
        refusal::slot_full(&term("post_a"), 1)
    );
    assert_eq!(grid.fill_post(&code(1), &next, &on("2026-03-09")).unwrap().len(), 1);
    nothing(left.clone(), leave(person("w-1"), "2026-03-09"));
    nothing(left, leave(person("w-1"), "2026-03-10"));
}

/// B7: an end recorded for later may come sooner.
#[test]
fn a_recorded_end_may_come_sooner() {
    let mut given = staffed("ab_posts", &[("post_a", person("w-1"), PostHolder::CommunityWorker)]);
    given.extend(leave(person("w-1"), "2026-05-01")(&state(&given)).unwrap());
    given.extend(leave(person("w-1"), "2026-04-01")(&state(&given)).unwrap());
    let grid = state(&given);
    assert_eq!(grid.tenures()[0].until, Some(date("2026-04-01")));
}

/// B7: nobody leaves a post that was never taken, or before taking it.
#[test]
fn leaving_what_was_not_held_is_refused() {
    let given = staffed("ab_posts", &[("post_a", person("w-1"), PostHolder::CommunityWorker)]);
    refused(
        given.clone(),
        leave(person("w-2"), "2026-03-09"),
        refusal::not_holder(&term("post_a"), &person("w-2")),
    );
    refused(given, leave(person("w-1"), "2026-03-01"), refusal::left_before_taken(date("2026-03-02")));
}

fn of_unit(rank: MemberRank, home: Option<&str>) -> Member {
    let (id, unit) = (MemberId::new("m-1").unwrap(), UnitId::new("u-1").unwrap());
    let mut member = Member::default();
    let mut facts =
        member.enrol(&id, (&unit, &crate::sample::phoenix().county()), rank, &[], &now()).unwrap();
    if let Some(home) = home {
        for fact in &facts {
            member.evolve(fact);
        }
        let home = CommunityCode::new(home).unwrap();
        facts = member.record_residence(&id, &home, DwellingKind::SelfBuilt, None, &now()).unwrap();
    }
    for fact in &facts {
        member.evolve(fact);
    }
    member
}

fn managed_by(division: &str) -> Unit {
    let (id, division) = (UnitId::new("u-1").unwrap(), DivisionCode::new(division).unwrap());
    let mut unit = Unit::default();
    for fact in unit.enrol(&id, "某单位", UnitClass::Organ, &division, None, &now()).unwrap() {
        unit.evolve(&fact);
    }
    unit
}

/// B7, B9, B15: rank, unit and residence on record tell as what a member may stand.
#[test]
fn the_ledger_tells_as_what_a_member_may_stand() {
    let community = code(1).community();
    let told = |rank, home, division| member_sources(&of_unit(rank, home), &managed_by(division), &community);
    assert_eq!(told(MemberRank::CountyLeader, None, "520201"), [PostHolder::CountyLeader]);
    assert_eq!(told(MemberRank::SectionCadre, None, "520201"), [PostHolder::SectionCadre]);
    assert_eq!(told(MemberRank::RegularCadre, None, "520201"), [PostHolder::UnitCadre]);
    assert_eq!(told(MemberRank::RegularCadre, None, "520201016"), [PostHolder::StreetCadre]);
    assert_eq!(
        told(MemberRank::Member, Some(COMMUNITY), "5202"),
        [PostHolder::UnitCadre, PostHolder::EstateMember]
    );
    assert_eq!(told(MemberRank::Member, Some("520201016002"), "5202"), [PostHolder::UnitCadre]);
    assert!(member_sources(&Member::default(), &Unit::default(), &community).is_empty());
}
