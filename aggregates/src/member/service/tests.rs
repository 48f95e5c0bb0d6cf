//! Given, when, then: the member's side of demands and visits.

use chrono::NaiveDate;

use crate::household::VisitDetails;
use crate::ids::{DivisionCode, HouseholdId};
use crate::member::{Member, MemberEvent, MemberRank, Rendered, VisitKind};
use crate::points::Work;
use crate::policy::ReportKind;
use crate::sample::{ask, demand, member, on, phoenix, refused, state, term, then, unit};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn enrolled() -> Vec<MemberEvent> {
    then::<Member>(vec![], |it| {
        it.enrol(
            &member("m-1"),
            (&unit("u-tax"), &DivisionCode::new("520201").unwrap()),
            MemberRank::Member,
            &[],
            &on("2026-03-02"),
        )
    })
}

/// m-1 of u-tax, who has reported to 凤凰街道's first community.
fn reported() -> Vec<MemberEvent> {
    then::<Member>(enrolled(), |it| {
        it.report(&member("m-1"), ReportKind::UnitLinked, &phoenix(), true, None, &on("2026-03-02"))
    })
}

fn take(
    id: &'static str,
    work: Work,
) -> impl FnOnce(&Member) -> crate::decider::Decision<Member> + Send + use<> {
    let id = demand(id);
    move |it| it.take(&member("m-1"), &id, &phoenix(), &term("elder_company"), work, &on("2026-03-03"))
}

fn taken(ids: &[&'static str]) -> Vec<MemberEvent> {
    ids.iter().fold(reported(), |given, id| then::<Member>(given, take(id, Work::Voluntary)))
}

fn service(id: &str, minutes: u32, on: &str) -> Rendered {
    Rendered {
        demand: demand(id),
        community: phoenix(),
        category: term("elder_company"),
        minutes,
        on: day(on),
        work: Work::Voluntary,
    }
}

fn serve(done: Rendered) -> impl FnOnce(&Member) -> crate::decider::Decision<Member> + Send {
    move |it| it.serve(&member("m-1"), &done, &on("2026-03-04"))
}

fn household(id: &str) -> HouseholdId {
    HouseholdId::new(id).unwrap()
}

fn pair(id: &'static str) -> impl FnOnce(&Member) -> crate::decider::Decision<Member> + Send + use<> {
    let id = household(id);
    move |it| it.pair(&member("m-1"), &id, &phoenix(), &on("2026-03-02"))
}

/// C1, C2: a member who has reported to the demand's community takes it; again it is nothing new.
#[test]
fn a_member_who_has_reported_takes_a_demand() {
    let given = taken(&["d-1"]);
    assert!(matches!(given.last(), Some(MemberEvent::TaskTaken { work: Work::Voluntary, .. })));
    assert_eq!(ask::<Member>(&given, take("d-1", Work::Voluntary)), Ok(vec![]));
    assert_eq!(refused::<Member>(&enrolled(), take("d-1", Work::Voluntary)), "member.not_reported");
    assert_eq!(refused::<Member>(&[], take("d-1", Work::Voluntary)), "member.unknown");
}

/// C2: no more live claims than the policy says; a duty does not count among them, and giving back makes room.
#[test]
fn live_claims_are_limited() {
    let given = taken(&["d-1", "d-2", "d-3"]);
    assert_eq!(refused::<Member>(&given, take("d-4", Work::Voluntary)), "member.too_many_claims");
    assert!(ask::<Member>(&given, take("d-4", Work::Duty)).is_ok());
    let fewer = then::<Member>(given, |it| it.give_back(&demand("d-2"), &phoenix(), false));
    assert!(ask::<Member>(&fewer, take("d-4", Work::Voluntary)).is_ok());
}

/// C2: giving back tells whether it was a duty and whether it lapsed; of what is not held there is nothing to give back.
#[test]
fn giving_back_tells_what_it_was() {
    let duty = then::<Member>(reported(), take("d-1", Work::Duty));
    for (given, work) in [(taken(&["d-1"]), Work::Voluntary), (duty, Work::Duty)] {
        for lapsed in [true, false] {
            assert_eq!(
                ask::<Member>(&given, move |it| it.give_back(&demand("d-1"), &phoenix(), lapsed)),
                Ok(vec![MemberEvent::TaskReleased {
                    demand: demand("d-1"),
                    community: phoenix(),
                    work,
                    lapsed
                }])
            );
        }
    }
    assert_eq!(ask::<Member>(&reported(), |it| it.give_back(&demand("d-1"), &phoenix(), true)), Ok(vec![]));
}

/// C1: declining voluntary service leaves every card as it was, and no ground for anything; a declined duty is told as one.
#[test]
fn declining_changes_no_card() {
    let decline = |work| move |it: &Member| it.decline(&member("m-1"), &demand("d-1"), &phoenix(), work);
    let before = state::<Member>(&reported());
    for work in [Work::Voluntary, Work::Duty] {
        let facts = ask::<Member>(&reported(), decline(work)).unwrap();
        assert_eq!(facts, [MemberEvent::TaskDeclined { demand: demand("d-1"), community: phoenix(), work }]);
        let after = state::<Member>(&then::<Member>(reported(), decline(work)));
        assert_eq!(after, before);
    }
    assert_eq!(refused::<Member>(&[], decline(Work::Voluntary)), "member.unknown");
}

/// C5: a day holds so many minutes of service, whatever they are for; another day has its own.
#[test]
fn a_day_holds_so_many_minutes() {
    let given = then::<Member>(taken(&["d-1", "d-2"]), serve(service("d-1", 470, "2026-03-04")));
    assert_eq!(refused::<Member>(&given, serve(service("d-2", 11, "2026-03-04"))), "member.too_many_minutes");
    assert!(ask::<Member>(&given, serve(service("d-2", 10, "2026-03-04"))).is_ok());
    assert!(ask::<Member>(&given, serve(service("d-2", 480, "2026-03-03"))).is_ok());
    assert!(state::<Member>(&given).tasks().keys().eq([&demand("d-2")]));
}

/// C5: minutes of a day whose sum is no longer known are refused rather than credited unchecked.
#[test]
fn a_day_long_gone_takes_no_more_minutes() {
    let given = then::<Member>(taken(&["d-1"]), serve(service("d-1", 480, "2026-03-04")));
    assert_eq!(refused::<Member>(&given, serve(service("d-2", 60, "2025-11-03"))), "member.day_closed");
    assert!(ask::<Member>(&given, serve(service("d-2", 60, "2025-11-04"))).is_ok());
}

/// C8: a member of 钟山区 helps three households, one of 潞州区 one; only in a community reported to.
#[test]
fn a_member_pairs_with_as_many_households_as_the_policy_says() {
    let three = ["h-1", "h-2", "h-3"].iter().fold(reported(), |given, id| then::<Member>(given, pair(id)));
    assert_eq!(refused::<Member>(&three, pair("h-4")), "member.too_many_households");
    assert_eq!(ask::<Member>(&three, pair("h-2")), Ok(vec![]));
    let fewer = then::<Member>(three, |it| it.unpair(&household("h-2"), &phoenix()));
    assert!(ask::<Member>(&fewer, pair("h-4")).is_ok());
    let one = then::<Member>(reported(), pair("h-1"));
    let luzhou = on("2026-03-02").under(|policy| policy.pairing.households_max.value = 1);
    assert_eq!(
        refused::<Member>(&one, move |it| it.pair(&member("m-1"), &household("h-2"), &phoenix(), &luzhou)),
        "member.too_many_households"
    );
    assert_eq!(refused::<Member>(&enrolled(), pair("h-1")), "member.not_reported");
}

/// C9: a member visits a paired household; minutes noted count towards the day's most together with services.
#[test]
fn visits_share_the_days_minutes_with_services() {
    let visit = |minutes| {
        let made = VisitDetails {
            kind: VisitKind::Monthly,
            on: day("2026-03-04"),
            minutes,
            service: None,
            note: None,
        };
        move |it: &Member| it.visit(&member("m-1"), &household("h-1"), &phoenix(), &made, &on("2026-03-04"))
    };
    assert_eq!(refused::<Member>(&reported(), visit(None)), "member.not_paired");
    let paired = then::<Member>(taken(&["d-1"]), pair("h-1"));
    let busy = then::<Member>(paired, serve(service("d-1", 460, "2026-03-04")));
    assert_eq!(refused::<Member>(&busy, visit(Some(21))), "member.too_many_minutes");
    assert!(ask::<Member>(&busy, visit(None)).is_ok());
    let visited = then::<Member>(busy, visit(Some(20)));
    assert_eq!(
        refused::<Member>(&visited, serve(service("d-2", 10, "2026-03-04"))),
        "member.too_many_minutes"
    );
}
