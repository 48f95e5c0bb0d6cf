use super::reported;
use crate::circumstance::Role;
use crate::decider::Decision;
use crate::member::{Member, MemberEvent};
use crate::sample::{ask, demand, member, on, phoenix, refused, then};

fn consent(consents: bool) -> impl FnOnce(&Member) -> Decision<Member> + Send {
    move |it| it.consent_to_praise(&member("m-1"), consents, &on("2026-03-09").by(Role::Member, "m-1"))
}

fn praise(id: &'static str) -> impl FnOnce(&Member) -> Decision<Member> + Send {
    move |it| it.be_praised(&member("m-1"), &demand(id), &phoenix(), 5)
}

/// E9: praise needs the member's own consent.
#[test]
fn praise_needs_the_members_own_consent() {
    assert_eq!(refused::<Member>(&reported(), praise("d-1")), "member.no_consent");
    let for_another = |it: &Member| it.consent_to_praise(&member("m-1"), true, &on("2026-03-09"));
    assert_eq!(refused::<Member>(&reported(), for_another), "member.own_word_needed");
    let given = then(then(reported(), consent(true)), praise("d-1"));
    assert!(matches!(given.last(), Some(MemberEvent::PraisePublished { stars: 5, .. })));
    assert_eq!(ask::<Member>(&given, praise("d-1")), Ok(vec![]));
    assert_eq!(ask::<Member>(&given, consent(true)), Ok(vec![]));
}

/// E9: when the consent is taken back, every praise leaves its list, and no new one comes.
#[test]
fn a_withdrawn_consent_empties_the_praise_list() {
    let given = then(then(then(reported(), consent(true)), praise("d-1")), praise("d-2"));
    let facts = ask::<Member>(&given, consent(false)).expect("a withdrawal");
    let withdrawn = |id: &str| MemberEvent::PraiseWithdrawn { demand: demand(id), community: phoenix() };
    assert_eq!(facts, [MemberEvent::PraiseConsented { consents: false }, withdrawn("d-1"), withdrawn("d-2")]);
    let given = [given, facts].concat();
    assert_eq!(refused::<Member>(&given, praise("d-3")), "member.no_consent");
}

/// E9: a reopened demand is no longer praised.
#[test]
fn a_reopened_demand_leaves_the_praise_list() {
    let given = then(then(reported(), consent(true)), praise("d-1"));
    let facts = ask::<Member>(&given, |it| it.reverse_demand(&demand("d-1"), &on("2026-03-11")));
    assert_eq!(facts, Ok(vec![MemberEvent::PraiseWithdrawn { demand: demand("d-1"), community: phoenix() }]));
}

/// E9: one reminder for each service rendered and badly rated.
#[test]
fn a_bad_rating_reminds_once() {
    let remind = |it: &Member| it.remind(&demand("d-1"), &phoenix(), 1);
    let given = then(reported(), remind);
    assert_eq!(ask::<Member>(&given, remind), Ok(vec![]));
    let other = |it: &Member| it.remind(&demand("d-2"), &phoenix(), 2);
    assert_eq!(ask::<Member>(&given, other).map(|facts| facts.len()), Ok(1));
}
