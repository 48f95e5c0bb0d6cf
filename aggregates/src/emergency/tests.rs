use super::*;
use crate::circumstance::Role;
use crate::division::Division;
use crate::given::{Past, on, the};
use crate::ids::{EmergencyId, GridCode, MemberId};
use crate::member::{Member, MemberEvent, MemberRank};
use crate::points::Work;
use crate::policy::ReportKind;

const COMMUNITY: &str = "520201016001";
const GRID: &str = "520201016001001";

fn id() -> EmergencyId {
    the("e-1")
}

fn scope(division: &str, grids: &[&str]) -> Scope {
    Scope { division: the(division), grids: grids.iter().map(|grid| the(grid)).collect() }
}

fn new(division: &str, grids: &[&str]) -> NewEmergency {
    NewEmergency {
        scope: scope(division, grids), plan: the("flood-2026"), title: "防汛应急预案".to_owned()
    }
}

fn declared() -> Past<Emergency> {
    Past::none().and(|emergency: &Emergency| emergency.declare(&id(), &new(COMMUNITY, &[])))
}

fn arrived() -> Arrived {
    Arrived { community: the(COMMUNITY), grid: Some(the(GRID)), posted: true }
}

/// F3: a scope is declared once, with its plan; the same again is nothing, another content is refused.
#[test]
fn an_emergency_is_declared_once() {
    let past = declared();
    assert!(
        matches!(&past.facts()[..], [EmergencyEvent::EmergencyDeclared { plan, .. }] if plan.as_str() == "flood-2026")
    );
    past.is_content(|emergency| emergency.declare(&id(), &new(COMMUNITY, &[])));
    past.refuses("emergency.declared_otherwise", |emergency| {
        emergency.declare(&id(), &new(COMMUNITY, &[GRID]))
    });
}

/// F3: the scope is a county, street or community, or grids that lie in it, each once; the title is a public name.
#[test]
fn a_scope_is_a_county_or_less() {
    let none = Past::<Emergency>::none();
    none.refuses("emergency.scope_level", |emergency| emergency.declare(&id(), &new("5202", &[])));
    none.refuses("emergency.grid_outside", |emergency| {
        emergency.declare(&id(), &new("520201016002", &[GRID]))
    });
    none.refuses("emergency.grid_twice", |emergency| {
        emergency.declare(&id(), &new(COMMUNITY, &[GRID, GRID]))
    });
    let untitled = NewEmergency { title: " ".to_owned(), ..new(COMMUNITY, &[]) };
    none.refuses("emergency.title_length", move |emergency| emergency.declare(&id(), &untitled));
    let grids: Vec<GridCode> = (0..201).map(|number| the(&format!("{COMMUNITY}{number:03}"))).collect();
    let many = NewEmergency { scope: Scope { division: the(COMMUNITY), grids }, ..new(COMMUNITY, &[]) };
    none.refuses("emergency.too_many_grids", move |emergency| emergency.declare(&id(), &many));
    for place in ["520201", "520201016"] {
        assert_eq!(none.ask(move |emergency| emergency.declare(&id(), &new(place, &[]))).len(), 1);
    }
}

/// F3: back to routine once; from then on nobody comes, and it does not end otherwise.
#[test]
fn an_emergency_is_stood_down_once() {
    let past = declared();
    let over = past.and(|emergency| emergency.stand_down(&id(), EmergencyOutcome::Resolved));
    over.is_content(|emergency| emergency.stand_down(&id(), EmergencyOutcome::Resolved));
    over.refuses("emergency.over", |emergency| emergency.stand_down(&id(), EmergencyOutcome::Mistaken));
    over.refuses("emergency.over", |emergency| emergency.receive(&id(), &the("m-1"), None, &arrived()));
    let unknown = Past::<Emergency>::none();
    unknown.refuses("emergency.unknown", |emergency| emergency.stand_down(&id(), EmergencyOutcome::Resolved));
    unknown.refuses("emergency.unknown", |emergency| emergency.receive(&id(), &the("m-1"), None, &arrived()));
}

/// F3: what is in emergency is not turned again; a wider scope may be declared above it, and its neighbours beside it.
#[test]
fn a_place_is_turned_once() {
    let county =
        Past::<Division>::none().and(|county| county.begin_emergency(&id(), &scope(COMMUNITY, &[GRID])));
    let other: EmergencyId = the("e-2");
    let ask = |division: &'static str, grids: &'static [&'static str]| {
        let other = other.clone();
        move |county: &Division| county.begin_emergency(&other, &scope(division, grids))
    };
    county.refuses("emergency.in_force", ask(COMMUNITY, &[GRID]));
    county.refuses("emergency.in_force", ask(COMMUNITY, &["520201016001002", GRID]));
    for (division, grids) in [(COMMUNITY, &["520201016001002"][..]), (COMMUNITY, &[]), ("520201016", &[])] {
        assert_eq!(county.ask(ask(division, grids)).len(), 1, "{division} {grids:?}");
    }
    let street =
        Past::<Division>::none().and(|county| county.begin_emergency(&id(), &scope("520201016", &[])));
    street.refuses("emergency.in_force", ask(COMMUNITY, &[]));
    street.refuses("emergency.in_force", ask(COMMUNITY, &[GRID]));
    let over = street.and(|county| county.end_emergency(&id()));
    over.is_content(|county| county.end_emergency(&id()));
    assert_eq!(over.ask(ask(COMMUNITY, &[])).len(), 1);
    assert_eq!(scope(COMMUNITY, &[GRID]).county(), the("520201"));
    assert_eq!(scope("520201", &[]).county(), the("520201"));
}

/// Somebody of the tax office, who has reported to the community; with a post in the grid when told so.
fn member(posted: bool) -> Past<Member> {
    let past = Past::none()
        .and(|member: &Member| {
            member.enrol(
                &the("m-1"),
                (&the("u-tax"), &the("520201")),
                MemberRank::Member,
                &[],
                &on("2026-03-02"),
            )
        })
        .and(|member: &Member| {
            let at = on("2026-03-02");
            member.report(&the("m-1"), ReportKind::UnitLinked, &the(COMMUNITY), true, None, &at)
        });
    if !posted {
        return past;
    }
    past.and(|member| {
        let post = (Work::Duty, the("2026-03-02"));
        member.take_post(&the("m-1"), &the(GRID), &the("post_b"), post, &on("2026-03-02"))
    })
}

fn come(
    scope: Scope,
    grid: Option<&'static str>,
) -> impl FnOnce(&Member) -> crate::decider::Decision<Member> + Send {
    move |member| {
        let grid: Option<GridCode> = grid.map(the);
        member.muster(&the("m-1"), &id(), &scope, grid.as_ref(), &on("2026-03-03"))
    }
}

/// F4: in an emergency a member comes to the grid of the post, once; without a post to the community reported to.
#[test]
fn a_member_comes_to_the_grid_once() {
    let posted = member(true);
    let facts = posted.ask(come(scope("520201016", &[]), None));
    let [MemberEvent::Mustered { grid: Some(grid), posted: true, .. }] = &facts[..] else {
        panic!("{facts:?}")
    };
    assert_eq!(grid.as_str(), GRID);
    posted.and(come(scope("520201016", &[]), None)).is_content(come(scope("520201016", &[]), None));
    let neighbour = member(false).ask(come(scope(COMMUNITY, &[GRID]), None));
    assert!(
        matches!(&neighbour[..], [MemberEvent::Mustered { grid: None, posted: false, .. }]),
        "{neighbour:?}"
    );
    let named = member(false).ask(come(scope(COMMUNITY, &[]), Some(GRID)));
    assert!(matches!(&named[..], [MemberEvent::Mustered { grid: Some(_), posted: false, .. }]), "{named:?}");
}

/// F4: nobody comes to where he has nothing to do, and nobody says for somebody else that he came.
#[test]
fn only_who_belongs_there_comes_in_person() {
    member(true).refuses("emergency.not_of_scope", come(scope("520201017", &[]), None));
    member(true).refuses("emergency.grid_outside", come(scope(COMMUNITY, &["520201016001002"]), Some(GRID)));
    Past::<Member>::none().refuses("member.unknown", come(scope(COMMUNITY, &[]), None));
    let say = |actor: &'static str, role: Role| {
        move |member: &Member| {
            let mut at = on("2026-03-03");
            (at.actor.id, at.actor.role) = (the(actor), role);
            let me: MemberId = the("m-1");
            member.muster(&me, &id(), &scope(COMMUNITY, &[]), None, &at)
        }
    };
    member(true).refuses("emergency.own_word", say("m-2", Role::Member));
    assert_eq!(member(true).ask(say("m-1", Role::Member)).len(), 1);
    assert_eq!(member(true).ask(say("w-1", Role::CommunityWorker)).len(), 1);
}

/// F4: coming is duty: nothing of the member changes by it but that he came. No minute counts as voluntary service, no point comes of it.
#[test]
fn coming_is_no_voluntary_service() {
    let but_musters = |past: &Past<Member>| {
        let mut state = serde_json::to_value(past.state()).unwrap();
        let musters = state.as_object_mut().unwrap().remove("musters");
        (state, musters.unwrap())
    };
    let before = but_musters(&member(true));
    let after = but_musters(&member(true).and(come(scope(COMMUNITY, &[]), None)));
    assert_eq!(before.0, after.0);
    assert_eq!((before.1, after.1), (serde_json::json!([]), serde_json::json!(["e-1"])));
}
