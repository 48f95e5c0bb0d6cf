use super::*;
use crate::given::{Past, on, the};

const C1: &str = "520201016001";
const C2: &str = "520201016002";

fn particulars(kind: DwellingKind, buildings: u32) -> Particulars {
    Particulars { community: the(C1), kind, name: "凤凰苑".to_owned(), households: 320, buildings }
}

fn register(new: Particulars) -> impl Fn(&Estate) -> Decision<Estate> + Clone + Send {
    move |estate| estate.register(&the("e-1"), &new, &on("2026-03-02"))
}

fn registered() -> Past<Estate> {
    Past::none().and(register(particulars(DwellingKind::LargeEstate, 8)))
}

/// A4: large estates stand in the ledger by estate, dormitories and the like in the ledger by building, one by one.
#[test]
fn an_estate_stands_in_the_ledger_of_its_kind() {
    Past::<Estate>::none().when(register(particulars(DwellingKind::LargeEstate, 8))).then_expect_events(
        vec![EstateEvent::EstateRegistered {
            estate: the("e-1"),
            community: the(C1),
            kind: DwellingKind::LargeEstate,
            ledger: LedgerKind::Estate,
            name: "凤凰苑".to_owned(),
            households: 320,
            buildings: 8,
        }],
    );
    let none = Past::<Estate>::none;
    none().refuses("estate.one_building", register(particulars(DwellingKind::UnitDormitory, 2)));
    let facts = none().ask(register(particulars(DwellingKind::UnitDormitory, 1)));
    assert!(matches!(&facts[..], [EstateEvent::EstateRegistered { ledger: LedgerKind::Building, .. }]));
    for kind in [DwellingKind::SelfBuilt, DwellingKind::RelocationStreet] {
        none().refuses("estate.kept_by_community", register(particulars(kind, 1)));
    }
}

/// A4: an estate has a name, households and buildings.
#[test]
fn an_estate_that_makes_no_sense_is_refused() {
    let none = Past::<Estate>::none;
    let whole = particulars(DwellingKind::LargeEstate, 8);
    none().refuses("estate.name_length", register(Particulars { name: String::new(), ..whole.clone() }));
    none().refuses("estate.no_size", register(Particulars { households: 0, ..whole.clone() }));
    none().refuses("estate.no_size", register(Particulars { households: 100_001, ..whole.clone() }));
    none().refuses("estate.no_size", register(Particulars { buildings: 0, ..whole }));
}

/// A4: entered again, name and size are corrected; kind and community are not.
#[test]
fn an_estates_name_and_size_can_be_corrected() {
    let whole = particulars(DwellingKind::LargeEstate, 8);
    registered().is_content(register(whole.clone()));
    registered().when(register(Particulars { households: 340, ..whole.clone() })).then_expect_events(vec![
        EstateEvent::EstateCorrected {
            community: the(C1),
            ledger: LedgerKind::Estate,
            name: "凤凰苑".to_owned(),
            households: 340,
            buildings: 8,
        },
    ]);
    registered().refuses(
        "estate.registered_otherwise",
        register(Particulars { community: the(C2), ..whole.clone() }),
    );
    registered().refuses(
        "estate.registered_otherwise",
        register(Particulars { kind: DwellingKind::FamilyBuilding, ..whole }),
    );
}

/// A4: when communities are re-cut the estate lies in another one, and residences must name that one.
#[test]
fn an_estate_moves_with_a_re_cut_community() {
    let moved = |estate: &Estate| estate.move_to(&the("e-1"), &the(C2));
    registered().when(moved).then_expect_events(vec![EstateEvent::EstateMovedToCommunity {
        from: the(C1),
        to: the(C2),
        kind: DwellingKind::LargeEstate,
        ledger: LedgerKind::Estate,
        name: "凤凰苑".to_owned(),
    }]);
    Past::none().refuses("estate.unknown", moved);
    let past = registered().and(moved);
    past.is_content(moved);
    let estate = past.state();
    assert_eq!(estate.must_lie_in(&the("e-1"), &the(C1)).unwrap_err().code, "estate.elsewhere");
    estate.must_lie_in(&the("e-1"), &the(C2)).unwrap();
}

/// A4: a residence names a registered estate of its community, of the kind that the dwelling is.
#[test]
fn a_residence_must_fit_the_estate() {
    let estate = registered();
    let house = |community: &str, kind| estate.state().must_house(&the("e-1"), &the(community), kind);
    house(C1, DwellingKind::LargeEstate).unwrap();
    assert_eq!(house(C2, DwellingKind::LargeEstate).unwrap_err().code, "estate.elsewhere");
    assert_eq!(house(C1, DwellingKind::FamilyBuilding).unwrap_err().code, "estate.other_kind");
    let unknown = Estate::default().must_house(&the("e-1"), &the(C1), DwellingKind::LargeEstate);
    assert_eq!(unknown.unwrap_err().code, "estate.unknown");
}

/// A8: the estate's own stream tells who serves there.
#[test]
fn an_estate_tells_who_serves_there() {
    let assign = |estate: &Estate| estate.assign(&the("e-1"), &the("m-1"));
    let release = |estate: &Estate| estate.release(&the("e-1"), &the("m-1"));
    Past::none().refuses("estate.unknown", assign);
    Past::none().refuses("estate.unknown", release);
    registered().is_content(release);
    registered()
        .when(assign)
        .then_expect_events(vec![EstateEvent::EstateMemberAssigned { member: the("m-1") }]);
    let past = registered().and(assign);
    past.is_content(assign);
    past.when(release).then_expect_events(vec![EstateEvent::EstateMemberLeft { member: the("m-1") }]);
}
