use super::*;
use crate::decider::Decision;
use crate::ids::DivisionCode;
use crate::points::{Card, Holder, ShareOf, Work};
use crate::sample::{ask, demand, member, on, phoenix, refused, state, term, then, unit};

/// u-tax, linked to the community.
fn linked() -> Vec<UnitEvent> {
    let given = then::<Unit>(vec![], |it| {
        let county = DivisionCode::new("520201").expect("a county");
        it.enrol(&unit("u-tax"), "钟山区税务局", UnitClass::Organ, &county, None, &on("2026-03-02"))
    });
    then::<Unit>(given, |it| it.link(&unit("u-tax"), &phoenix(), None))
}

fn share(points: i64, who: &'static str) -> impl FnOnce(&Unit) -> Decision<Unit> + Send {
    move |it| {
        let of = ShareOf { member: member(who), line: term("2026-1") };
        it.share_service(points, Work::Voluntary, &phoenix(), &demand("d-1"), &of, &on("2026-03-09"))
    }
}

/// C5, D1: a tenth of the member's points goes to the unit, rounded half away from zero; what rounds to nothing writes no
/// line.
#[test]
fn the_unit_shares_in_its_members_points() {
    for (points, expected) in [(100, Some(10)), (5, Some(1)), (4, None), (-5, Some(-1)), (-3, None)] {
        let facts = ask::<Unit>(&linked(), share(points, "m-1")).expect("a share");
        let given = facts.iter().find_map(|fact| match fact {
            UnitEvent::PointsAwarded { line } | UnitEvent::PointsDeducted { line } => Some(line.points),
            _ => None,
        });
        assert_eq!(given, expected, "a tenth of {points}");
    }
}

/// D1: when a member's line is taken back its share goes too, and nobody else's does.
#[test]
fn a_reversed_line_takes_its_share_with_it() {
    let given = then(then(linked(), share(20, "m-1")), share(50, "m-2"));
    assert_eq!(state::<Unit>(&given).cards().of(2026).map(Card::total), Some(87));
    let of = ShareOf { member: member("m-1"), line: term("2026-1") };
    let given = then::<Unit>(given, move |it| it.reverse_share(&of, &on("2026-03-10")));
    assert_eq!(state::<Unit>(&given).cards().of(2026).map(Card::total), Some(85));
    let by_hand = |it: &Unit| it.reverse(&unit("u-tax"), 2026, &term("2026-2"), &on("2026-03-10"));
    assert_eq!(refused::<Unit>(&given, by_hand), "points.share_follows");
}

/// D1: two shares of one decision over several members get two line names.
#[test]
fn lines_of_one_decision_get_names_of_their_own() {
    let given = then(then(linked(), share(20, "m-1")), share(50, "m-2"));
    let names: Vec<String> = given
        .iter()
        .filter_map(|fact| match fact {
            UnitEvent::PointsAwarded { line } => Some(line.line.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(names, ["2026-1", "2026-2"]);
}

/// D1: a reopened demand takes back all the shares that its ratings gave.
#[test]
fn a_reopened_demand_takes_all_its_shares_back() {
    let given = then(then(linked(), share(20, "m-1")), share(50, "m-2"));
    let given = then::<Unit>(given, |it| it.reverse_demand(&demand("d-1"), &on("2026-03-11")));
    assert_eq!(state::<Unit>(&given).cards().of(2026).map(Card::total), Some(80));
}

/// D1: a community that the unit is linked to writes the lines of its card, never the unit itself.
#[test]
fn only_a_linked_community_writes_lines_by_hand() {
    let award = |at: crate::Circumstance| {
        move |it: &Unit| it.award(&unit("u-tax"), &term("yearly_project"), Work::Duty, &phoenix(), &at)
    };
    assert!(ask::<Unit>(&linked(), award(on("2026-06-01"))).is_ok());
    let mut own = on("2026-06-01").by(crate::Role::Unit, "s-1");
    own.actor.organisation = Some("u-tax".to_owned());
    assert!(Holder::Unit(unit("u-tax")).is_actor(&own));
    assert_eq!(refused::<Unit>(&linked(), award(own)), "points.own_card");
    let unlinked = then::<Unit>(linked(), |it| it.unlink(&unit("u-tax"), &phoenix()));
    assert_eq!(refused::<Unit>(&unlinked, award(on("2026-06-01"))), "unit.not_linked");
}

/// E9: one reminder for each service rendered and badly rated.
#[test]
fn a_bad_rating_reminds_the_unit_once() {
    let remind = |it: &Unit| it.remind(&demand("d-1"), &phoenix(), 1);
    let given = then(linked(), remind);
    assert_eq!(ask::<Unit>(&given, remind), Ok(vec![]));
}
