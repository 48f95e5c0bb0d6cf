use super::reported;
use crate::circumstance::Role;
use crate::ids::CommunityCode;
use crate::member::{Member, MemberEvent};
use crate::points::{Filing, PointLine, Work};
use crate::policy::Grade;
use crate::sample::{ask, demand, liupanshui, member, on, phoenix, refused, state, term, then, unit};

fn rate(stars: u8, day: &'static str) -> impl FnOnce(&Member) -> crate::decider::Decision<Member> + Send {
    move |it| {
        let unit = unit("u-tax");
        it.be_rated(&demand("d-1"), &phoenix(), stars, 5, Work::Voluntary, Some(&unit), &on(day))
    }
}

fn line(fact: &MemberEvent) -> Option<&PointLine> {
    match fact {
        MemberEvent::PointsAwarded { line } | MemberEvent::PointsDeducted { line } => Some(line),
        _ => None,
    }
}

/// D1: the first report opens the year's card at its base.
#[test]
fn the_first_report_opens_the_card() {
    let given = reported();
    assert!(matches!(given.last(), Some(MemberEvent::CardOpened { opening }) if opening.base == 80));
    assert_eq!(state::<Member>(&given).cards().of(2026).map(crate::points::Card::total), Some(80));
}

/// C5: difficulty and stars make the points; a rating that earns nothing writes no line, a bad one takes points.
#[test]
fn difficulty_and_stars_make_the_points() {
    let policy = liupanshui();
    for stars in 1..=5 {
        let facts = ask::<Member>(&reported(), rate(stars, "2026-03-09")).expect("a rating");
        assert!(matches!(facts.first(), Some(MemberEvent::ServiceAppraised { .. })));
        let expected = policy.card.service_points(5, stars);
        let points = facts.iter().find_map(line).map(|line| line.points);
        assert_eq!(points, (expected != 0).then_some(expected), "{stars} stars");
    }
    let worst = ask::<Member>(&reported(), rate(1, "2026-03-09")).expect("a rating");
    assert!(matches!(worst.last(), Some(MemberEvent::PointsDeducted { line }) if line.points == -3));
}

/// D1, C5: a line says what it is for and who shares in it; a rating in a new year opens that year's card first.
#[test]
fn a_rating_in_a_new_year_opens_its_card() {
    let facts = ask::<Member>(&reported(), rate(5, "2027-01-04")).expect("a rating");
    let [_, MemberEvent::CardOpened { opening }, MemberEvent::PointsAwarded { line }] = facts.as_slice()
    else {
        panic!("{facts:?}")
    };
    assert_eq!((opening.year, line.year, line.line.as_str()), (2027, 2027, "2027-1"));
    assert_eq!(
        (line.demand.as_ref(), line.shared_with.as_ref()),
        (Some(&demand("d-1")), Some(&unit("u-tax")))
    );
}

/// D1: bonuses and penalties come from a community that the member has reported to, never from the member.
#[test]
fn only_the_community_reported_to_writes_lines_by_hand() {
    let given = reported();
    let award = |community: CommunityCode, at: crate::Circumstance| {
        move |it: &Member| it.award(&member("m-1"), &term("excellent_service"), Work::Duty, &community, &at)
    };
    let elsewhere = CommunityCode::new("520201016002").expect("a community");
    assert_eq!(refused::<Member>(&given, award(elsewhere, on("2026-03-09"))), "member.not_reported");
    let own = on("2026-03-09").by(Role::Member, "m-1");
    assert_eq!(refused::<Member>(&given, award(phoenix(), own)), "points.own_card");
    let helped = on("2026-03-09").approved("m-1");
    assert_eq!(refused::<Member>(&given, award(phoenix(), helped)), "points.own_card");
    assert!(ask::<Member>(&given, award(phoenix(), on("2026-03-09"))).is_ok());
    let stranger = award(phoenix(), on("2026-03-09"));
    assert_eq!(refused::<Member>(&[], stranger), "member.unknown");
}

/// D1, C5: a reopened demand takes back what its ratings gave, and only that.
#[test]
fn a_reopened_demand_takes_its_points_back() {
    let given = then(reported(), rate(5, "2026-03-09"));
    let given = then::<Member>(given, |it| {
        it.award(&member("m-1"), &term("excellent_service"), Work::Duty, &phoenix(), &on("2026-03-10"))
    });
    assert_eq!(state::<Member>(&given).cards().of(2026).map(crate::points::Card::total), Some(87));
    assert_eq!(state::<Member>(&given).cards().sharers_of(&demand("d-1")), [unit("u-tax")]);
    let given = then::<Member>(given, |it| it.reverse_demand(&demand("d-1"), &on("2026-03-11")));
    assert_eq!(state::<Member>(&given).cards().of(2026).map(crate::points::Card::total), Some(82));
    assert_eq!(ask::<Member>(&given, |it| it.reverse_demand(&demand("d-1"), &on("2026-03-11"))), Ok(vec![]));
}

/// D2: the member's own stream tells that the year was closed, and refuses what falls in it afterwards.
#[test]
fn a_closed_year_takes_no_late_record() {
    let filing = Filing {
        year: 2026,
        community: phoenix(),
        revision: 1,
        total: 80,
        grade: Grade::Fair,
        award_eligible: true,
    };
    let given = then::<Member>(reported(), move |it| it.close_year(&member("m-1"), &filing));
    assert_eq!(refused::<Member>(&given, rate(5, "2026-12-30")), "points.card_filed");
    assert!(ask::<Member>(&given, rate(5, "2027-01-04")).is_ok());
}
