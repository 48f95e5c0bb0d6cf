use super::*;
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::given::{Past, on, the};
use crate::ids::{MemberId, OpinionId};

const ON: &str = "2026-03-02";

fn opinion() -> OpinionId {
    the("o-1")
}

fn asked() -> Asked {
    Asked {
        member: the("m-1"),
        purpose: OpinionPurpose::Promotion,
        document: the("2026-17"),
        community: the("520201016001"),
        due: the("2026-03-12"),
        until: the("2026-04-30"),
    }
}

fn request(change: fn(&mut Asked)) -> impl Fn(&Opinion) -> Decision<Opinion> + Clone + Send {
    move |state| {
        let mut wanted = asked();
        change(&mut wanted);
        state.request(&opinion(), &wanted, &on(ON))
    }
}

fn by(id: &str, organisation: Option<&str>, day: &str) -> Circumstance {
    let mut at = on(day);
    at.actor.id = the(id);
    at.actor.organisation = organisation.map(str::to_owned);
    at
}

fn give(stance: Stance, at: Circumstance) -> impl Fn(&Opinion) -> Decision<Opinion> + Clone + Send {
    move |state| state.give(&opinion(), stance, &at)
}

fn pull(member: &'static str, at: Circumstance) -> impl Fn(&Opinion) -> Decision<Opinion> + Clone + Send {
    move |state| state.pull(&opinion(), &the::<MemberId>(member), &at)
}

/// E1: a community is asked about one person, for a purpose, with a day that it is due.
#[test]
fn an_opinion_is_asked_for_with_a_purpose_and_a_deadline() {
    let past = Past::<Opinion>::none();
    let first = request(|_| {});
    past.when(first.clone()).then_expect_events(vec![OpinionEvent::OpinionRequested {
        opinion: opinion(),
        member: the("m-1"),
        purpose: OpinionPurpose::Promotion,
        document: the("2026-17"),
        community: the("520201016001"),
        due: the("2026-03-12"),
        until: the("2026-04-30"),
        on: the(ON),
    }]);
    past.refuses("opinion.due_range", request(|asked| asked.due = the(ON)));
    past.refuses("opinion.due_range", request(|asked| asked.due = the("2026-06-01")));
    past.refuses("opinion.until_range", request(|asked| asked.until = the("2026-03-11")));
    past.refuses("opinion.until_range", request(|asked| asked.until = the("2027-03-11")));
    let past = past.and(first.clone());
    past.is_content(first);
    past.refuses("opinion.asked_otherwise", request(|asked| asked.member = the("m-2")));
}

/// E1: the community that was asked answers once, in time or marked as late; nobody about himself.
#[test]
fn the_community_that_was_asked_answers_once() {
    let none = Past::<Opinion>::none();
    none.refuses("opinion.unknown", give(Stance::Supports, on(ON)));
    let past = none.and(request(|_| {}));
    past.refuses("opinion.not_asked", give(Stance::Supports, by("w-1", Some("520201016002"), ON)));
    past.refuses("opinion.own_matter", give(Stance::Supports, by("m-1", None, ON)));
    let given = |late, day: &str| OpinionEvent::OpinionGiven {
        member: the("m-1"),
        community: the("520201016001"),
        stance: Stance::Supports,
        late,
        by: the("w-1"),
        on: the(day),
    };
    let in_time = give(Stance::Supports, by("w-1", Some("520201016001"), "2026-03-12"));
    past.when(in_time.clone()).then_expect_events(vec![given(false, "2026-03-12")]);
    let late = give(Stance::Supports, by("w-1", Some("520201016"), "2026-03-13"));
    past.when(late).then_expect_events(vec![given(true, "2026-03-13")]);
    let past = past.and(in_time.clone());
    past.is_content(in_time);
    past.refuses("opinion.given_otherwise", give(Stance::Objects, by("w-1", None, "2026-03-13")));
}

/// E1: under a request the record of that person is pulled, as long as the right lasts, and each time is a fact.
#[test]
fn the_record_is_pulled_of_whom_it_is_about_and_for_a_time() {
    let past = Past::<Opinion>::none().and(request(|_| {}));
    let pulled = OpinionEvent::RecordPulled {
        member: the("m-1"),
        community: the("520201016001"),
        by: the("p-1"),
        on: the("2026-04-30"),
    };
    let act = pull("m-1", by("p-1", None, "2026-04-30"));
    past.when(act.clone()).then_expect_events(vec![pulled.clone()]);
    past.refuses("opinion.other_member", pull("m-2", by("p-1", None, ON)));
    past.refuses("opinion.expired", pull("m-1", by("p-1", None, "2026-05-01")));
    past.refuses("opinion.own_matter", pull("m-1", by("m-1", None, ON)));
    let past = past.and(act.clone());
    past.when(act.clone()).then_expect_events(vec![pulled]);
    let withdraw = |state: &Opinion| state.withdraw(&opinion(), &on(ON));
    let past = past.and(withdraw);
    past.is_content(withdraw);
    past.refuses("opinion.withdrawn", act);
    past.refuses("opinion.withdrawn", give(Stance::Supports, on(ON)));
    Past::<Opinion>::none().refuses("opinion.unknown", withdraw);
}
