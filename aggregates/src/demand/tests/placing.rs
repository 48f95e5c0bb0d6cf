use super::*;
use crate::demand::Due;
use crate::policy::{DayOfWeek, Sourced, Stage};
use crate::sample::{ask, refused};

/// C1, C11: an order is placed with the deadlines of the policy's SLA, in hours and days from the placing; a department's
/// answer has no deadline before anybody whistles.
#[test]
fn an_order_is_placed_with_its_deadlines() {
    let facts = placed(DemandKind::Order);
    let [DemandEvent::DemandPlaced { sla, due, entered_by, .. }] = &facts[..] else { panic!("{facts:?}") };
    assert_eq!(sla.as_ref(), Some(&term("order")));
    assert_eq!(entered_by.as_str(), "w-1");
    let by = |stage, by: &str| Due { stage, by: moment(by) };
    assert_eq!(
        *due,
        [
            by(Stage::Screened, "2026-03-02T11:00:00+08:00"),
            by(Stage::Taken, "2026-03-05T23:59:59+08:00"),
            by(Stage::Completed, "2026-03-07T23:59:59+08:00"),
        ]
    );
    let facts = placed(DemandKind::Issue);
    let [DemandEvent::DemandPlaced { due, .. }] = &facts[..] else { panic!("{facts:?}") };
    assert!(due.iter().all(|due| due.stage != Stage::Answered));
}

/// C11: working days of the Chinese calendar: a wish of the last Friday before 清明 2026 is to be screened within two
/// working days, which Saturday, Sunday and the holiday's Monday are not.
#[test]
fn deadlines_in_working_days_skip_weekends_and_holidays() {
    let wish = new(DemandKind::MicroWish);
    let facts =
        then::<Demand>(vec![], move |it| it.place(&demand("d-1"), &wish, &at("2026-04-03T09:00:00+08:00")));
    let DemandEvent::DemandPlaced { due, .. } = last(&facts) else { panic!("{facts:?}") };
    let screened = due.iter().find(|due| due.stage == Stage::Screened).unwrap();
    assert_eq!(screened.by, moment("2026-04-08T23:59:59+08:00"));
}

/// C1: the very same placing again is nothing new, even after screening corrected the category; other content is refused.
#[test]
fn placing_again_is_nothing_new() {
    let given = then::<Demand>(placed(DemandKind::Order), |it| {
        it.screen(&demand("d-1"), Some(&term("lesson")), Some(&term("hard")), &at(SCREENED))
    });
    let again = new(DemandKind::Order);
    assert_eq!(ask::<Demand>(&given, move |it| it.place(&demand("d-1"), &again, &at(DONE))), Ok(vec![]));
    let other = NewDemand { channel: Channel::Window, ..new(DemandKind::Order) };
    assert_eq!(
        refused::<Demand>(&given, move |it| it.place(&demand("d-1"), &other, &at(DONE))),
        "demand.placed_otherwise"
    );
}

/// C4: a category that the catalogue in force does not know, and a grid of another community, are refused.
#[test]
fn unknown_categories_and_foreign_grids_are_refused() {
    let wrong = NewDemand { category: term("moon_landing"), ..new(DemandKind::Order) };
    assert_eq!(
        refused::<Demand>(&[], move |it| it.place(&demand("d-1"), &wrong, &at(PLACED))),
        "demand.unknown_category"
    );
    let away = crate::ids::GridCode::new("520201016002001").unwrap();
    let wrong = NewDemand { grid: Some(away), ..new(DemandKind::Order) };
    assert_eq!(
        refused::<Demand>(&[], move |it| it.place(&demand("d-1"), &wrong, &at(PLACED))),
        "demand.grid_elsewhere"
    );
}

/// C10: 百姓说事日 is on the policy's weekday: a petition told by it on a Monday is refused, on a Friday placed; a talk point
/// is there every day; and a city without a fixed day takes any.
#[test]
fn the_talk_day_is_the_weekday_of_the_policy() {
    let told = |channel| NewDemand { channel, ..new(DemandKind::Petition) };
    let (by_day, by_point) = (told(Channel::TalkDay), told(Channel::TalkPoint));
    let friday = at("2026-03-06T15:00:00+08:00");
    let wrong = by_day.clone();
    assert_eq!(
        refused::<Demand>(&[], move |it| it.place(&demand("d-1"), &wrong, &at(PLACED))),
        "demand.not_the_talk_day"
    );
    let right = by_day.clone();
    assert!(ask::<Demand>(&[], move |it| it.place(&demand("d-1"), &right, &friday)).is_ok());
    assert!(ask::<Demand>(&[], move |it| it.place(&demand("d-1"), &by_point, &at(PLACED))).is_ok());
    let monday = |policy: &mut crate::policy::Policy| {
        let source = Some("test".to_owned());
        policy.demand.talk_day = Some(Sourced { value: DayOfWeek::Monday, source, assumed: None });
    };
    let moved = by_day.clone();
    assert!(
        ask::<Demand>(&[], move |it| it.place(&demand("d-1"), &moved, &at(PLACED).under(monday))).is_ok()
    );
    let free = at(PLACED).under(|policy| policy.demand.talk_day = None);
    assert!(ask::<Demand>(&[], move |it| it.place(&demand("d-1"), &by_day, &free)).is_ok());
}

/// C1: no verb applies to a demand that was never placed.
#[test]
fn a_demand_never_placed_is_unknown() {
    let id = || demand("d-1");
    let mut codes = vec![
        refused::<Demand>(&[], move |it| it.screen(&id(), None, None, &at(SCREENED))),
        refused::<Demand>(&[], move |it| it.publish(&id(), &at(SCREENED))),
        refused::<Demand>(&[], move |it| it.claim(&id(), &m1(), &at(SCREENED))),
        refused::<Demand>(&[], move |it| it.release(&id(), &m1())),
        refused::<Demand>(&[], move |it| it.lapse(&id(), &at(SCREENED))),
        refused::<Demand>(&[], move |it| it.dispatch(&id(), &m1(), Work::Voluntary, false, &at(SCREENED))),
        refused::<Demand>(&[], move |it| it.accept(&id(), &m1(), &at(SCREENED))),
        refused::<Demand>(&[], move |it| it.decline(&id(), &m1())),
        refused::<Demand>(&[], move |it| it.reopen(&id(), &at(SCREENED))),
        refused::<Demand>(&[], move |it| it.withdraw(&id(), &at(SCREENED))),
        refused::<Demand>(&[], move |it| it.close(&id(), true, &at(SCREENED))),
        refused::<Demand>(&[], move |it| it.rate(&id(), 5, Rater::Resident, None, &at(SCREENED))),
        refused::<Demand>(&[], move |it| it.whistle(&id(), &[unit("u-tax")], &at(SCREENED))),
    ];
    codes.dedup();
    assert_eq!(codes, ["demand.unknown"]);
}
