use DwellingKind::{
    FamilyBuilding, LargeEstate, PooledFundBuilding, RelocationStreet, SelfBuilt, UnitDormitory,
};

use super::*;
use crate::given::{Past, on, the};
use crate::member::MemberRank;

const C1: &str = "520201016001";
const C2: &str = "520201016002";

fn enrolled() -> Past<Member> {
    Past::<Member>::none().and(|member| {
        member.enrol(
            &the("m-1"),
            (&the("u-tax"), &the("520201")),
            MemberRank::RegularCadre,
            &[],
            &on("2026-03-02"),
        )
    })
}

fn lives(
    community: &'static str,
    dwelling: DwellingKind,
    estate: Option<&'static str>,
) -> impl Fn(&Member) -> Decision<Member> + Copy + Send {
    move |member| {
        let estate: Option<EstateId> = estate.map(the);
        member.record_residence(&the("m-1"), &the(community), dwelling, estate.as_ref(), &on("2026-04-01"))
    }
}

fn at_home(member: &Member) -> Decision<Member> {
    let home = member.residence().unwrap().community.clone();
    member.report(&the("m-1"), ReportKind::Residence, &home, false, None, &on("2026-04-02"))
}

/// A4: large estates by estate; dormitories, family and pooled-fund buildings by building; self-built houses and
/// relocation streets in the community's own ledger.
#[test]
fn the_kind_of_dwelling_decides_the_ledger() {
    for (dwelling, estate, wanted) in [
        (LargeEstate, Some("e-1"), LedgerKind::Estate),
        (UnitDormitory, Some("b-1"), LedgerKind::Building),
        (FamilyBuilding, Some("b-1"), LedgerKind::Building),
        (PooledFundBuilding, Some("b-1"), LedgerKind::Building),
        (SelfBuilt, None, LedgerKind::Community),
        (RelocationStreet, None, LedgerKind::Community),
    ] {
        let facts = enrolled().ask(lives(C1, dwelling, estate));
        let [MemberEvent::ResidenceRecorded { ledger, due, .. }] = &facts[..] else { panic!("{facts:?}") };
        assert_eq!(*ledger, wanted, "{dwelling:?}");
        assert!(due.is_empty(), "the first residence changes no last day");
    }
}

/// A4: the first two ledgers name the estate or building, the third none; the same residence again is nothing new.
#[test]
fn a_residence_names_its_estate_where_its_ledger_asks_for_one() {
    enrolled().refuses("member.estate_needed", lives(C1, LargeEstate, None));
    enrolled().refuses("member.estate_needed", lives(C1, UnitDormitory, None));
    enrolled().refuses("member.estate_not_wanted", lives(C1, SelfBuilt, Some("e-1")));
    Past::none().refuses("member.unknown", lives(C1, SelfBuilt, None));
    enrolled().and(lives(C1, LargeEstate, Some("e-1"))).is_content(lives(C1, LargeEstate, Some("e-1")));
}

/// A2, A4: a move to another community lets the residence report lapse and owes it anew; one within keeps it.
#[test]
fn a_move_to_another_community_lets_the_report_lapse() {
    let past = enrolled().and(lives(C1, LargeEstate, Some("e-1"))).and(at_home);
    let within = past.ask(lives(C1, SelfBuilt, None));
    assert!(within[0].standings().unwrap().1.has_made(ReportKind::Residence));
    let moved = past.and(lives(C2, SelfBuilt, None));
    let standing = moved.state().standing();
    assert!(!standing.has_made(ReportKind::Residence));
    assert_eq!(standing.missing().get(&ReportKind::Residence), Some(&the("2026-05-01")));
    assert_eq!(moved.state().residence().unwrap().community, the(C2));
    assert!(!moved.state().has_reported_to(&the(C1)));
}

/// A4: when communities are re-cut and the estate lies in another, nobody has moved: the report stands, there.
#[test]
fn a_re_cut_community_keeps_the_report() {
    let past = enrolled().and(lives(C1, LargeEstate, Some("e-1"))).and(at_home).and(lives(
        C2,
        LargeEstate,
        Some("e-1"),
    ));
    assert!(past.state().has_reported_to(&the(C2)));
    past.is_content(at_home);
}

/// A8: 报到在社区、服务在小区: service in an estate of a community reported to, which need not be the one lived in.
#[test]
fn service_in_an_estate_follows_the_report() {
    let assign =
        |member: &Member| member.assign_to_estate(&the("m-1"), &the("e-9"), &the(C2), &on("2026-04-03"));
    let leave = |member: &Member| member.leave_estate(&the("m-1"), &the("e-9"));
    let past = enrolled().and(lives(C1, SelfBuilt, None)).and(at_home);
    past.refuses("member.not_reported", assign);
    let past = past.and(|member| {
        member.report(&the("m-1"), ReportKind::UnitLinked, &the(C2), true, None, &on("2026-04-03"))
    });
    let fact = MemberEvent::MemberAssignedToEstate { estate: the("e-9"), community: the(C2) };
    past.when(assign).then_expect_events(vec![fact]);
    past.is_content(leave);
    let past = past.and(assign);
    past.is_content(assign);
    let fact = MemberEvent::MemberLeftEstate { estate: the("e-9"), community: the(C2) };
    past.when(leave).then_expect_events(vec![fact]);
    past.and(leave).is_content(leave);
}

/// C6: groups are joined freely, in a community reported to, and left freely.
#[test]
fn a_group_is_joined_where_one_has_reported() {
    let join = |member: &Member| member.join_group(&the("m-1"), &the("g-1"), &the(C1), &on("2026-04-03"));
    let leave = |member: &Member| member.leave_group(&the("m-1"), &the("g-1"));
    let past = enrolled().and(lives(C1, SelfBuilt, None));
    past.refuses("member.not_reported", join);
    let past = past.and(at_home);
    let joined = MemberEvent::GroupJoined { group: the("g-1"), community: the(C1) };
    past.when(join).then_expect_events(vec![joined]);
    let past = past.and(join);
    past.is_content(join);
    let left = MemberEvent::GroupLeft { group: the("g-1"), community: the(C1) };
    past.when(leave).then_expect_events(vec![left]);
    past.and(leave).is_content(leave);
}
