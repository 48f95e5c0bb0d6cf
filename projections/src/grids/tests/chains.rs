//! Counts by division, and the chain to the household.

use super::*;

fn enrol(town: &mut Town, id: &str, building: &str) {
    let unit = UnitId::new("u-1").unwrap();
    let home = CommunityCode::new(COMMUNITY).unwrap();
    let estate = EstateId::new(building).unwrap();
    town.member(id, "2026-03-02", |member, id, at| {
        member.enrol(id, (&unit, &"520201".parse().unwrap()), MemberRank::Member, &[], at)
    });
    town.member(id, "2026-03-02", |member, id, at| {
        member.record_residence(id, &home, DwellingKind::UnitDormitory, Some(&estate), at)
    });
}

/// B4, B13: grids and officers are counted at every level of division.
#[test]
fn grids_and_officers_are_counted_by_division() {
    let mut town = Town::default();
    for n in 1..=3 {
        town.filed(n, GridKind::Base, 300, "grid_officers");
    }
    town.filed(4, GridKind::Emergency, 40, "ab_posts");
    town.take(1, "2026-03-03", "full_time_officer", &person("o-1"), PostHolder::FullTimeOfficer);
    town.take(1, "2026-03-03", "part_time_officer", &member("m-1"), PostHolder::UnitCadre);
    for division in ["5202", "520201", "520201016", COMMUNITY] {
        let row = town.row::<GridCounts>(division).unwrap();
        assert_eq!(row.figures.grids, BTreeMap::from([("base".to_owned(), 3), ("emergency".to_owned(), 1)]));
        assert_eq!((row.base_grids, row.figures.filed), (3, 4));
        assert_eq!(row.full_time_per_mille, Some(333));
        assert_eq!(row.figures.holders_by_slot["part_time_officer"], 1);
    }
    assert_eq!(town.column::<GridCounts>("520201", "level"), "county");
    assert!(town.row::<GridCounts>("520203").is_none());
}

/// B3, B4: a redraw recorded ahead counts from its day; an end that comes sooner counts once.
#[test]
fn counts_follow_effective_days() {
    let mut town = Town::default();
    town.filed(1, GridKind::Base, 300, "grid_officers");
    town.take(1, "2026-03-03", "full_time_officer", &person("o-1"), PostHolder::FullTimeOfficer);
    town.split(1, "2026-03-10", "2026-05-01");
    let row = |town: &Town| town.row::<GridCounts>("5202").unwrap();
    assert_eq!((row(&town).base_grids, row(&town).to_come.len()), (1, 1));
    assert_eq!(row(&town).figures.holders_by_source["full_time_officer"], 1);
    town.leave(1, "2026-03-20", "full_time_officer", &person("o-1"), "2026-03-20");
    assert!(row(&town).figures.holders_by_source.is_empty());
    town.grid(11, "2026-05-02", Grid::file);
    let row = row(&town);
    assert_eq!((row.base_grids, row.figures.filed, row.to_come.len()), (2, 1, 0));
    assert!(row.figures.holders_by_source.is_empty());
}

/// B11, B12: grid to building, building to head and members, member to households.
#[test]
fn the_chain_links_grid_building_member_and_household() {
    let mut town = Town::default();
    town.filed(1, GridKind::Base, 300, "three_tier");
    town.take_building(
        1,
        "2026-03-02",
        "building_heads",
        &person("p-1"),
        PostHolder::PropertyStaff,
        Some("b-1"),
    );
    enrol(&mut town, "m-1", "b-1");
    let (household, community) = (HouseholdId::new("h-1").unwrap(), CommunityCode::new(COMMUNITY).unwrap());
    town.write("m-1", MemberEvent::HouseholdPaired { household, community }.into(), &on("2026-03-03"));
    let chain = |town: &Town| town.row::<GridChains>(COMMUNITY).unwrap();
    let row = chain(&town);
    assert_eq!(row.grids[code(1).as_str()].estates, ["b-1"]);
    let building = &row.buildings["b-1"];
    assert!(building.grids.contains(code(1).as_str()) && building.members.contains("m-1"));
    let head = format!("{}/building_heads/person/p-1", code(1));
    assert_eq!(building.heads.keys().collect::<Vec<_>>(), [&head]);
    assert!(row.members["m-1"].households.contains("h-1"));
    town.leave(1, "2026-03-04", "building_heads", &person("p-1"), "2026-03-04");
    assert!(chain(&town).buildings["b-1"].heads.is_empty());
}

/// B11, A5: whoever is left out or moves away leaves the chain, and comes back.
#[test]
fn the_chain_follows_residence_and_standing() {
    let mut town = Town::default();
    enrol(&mut town, "m-1", "b-1");
    town.member("m-1", "2026-03-05", |member, id, at| {
        member.exclude(id, ExclusionReason::VillageAid, date("2026-03-05"), None, at)
    });
    assert!(town.row::<GridChains>(COMMUNITY).unwrap().members.is_empty());
    town.member("m-1", "2026-04-01", |member, id, at| member.reinstate(id, date("2026-04-01"), at));
    assert!(town.row::<GridChains>(COMMUNITY).unwrap().buildings["b-1"].members.contains("m-1"));
    let elsewhere = CommunityCode::new("520201016002").unwrap();
    town.member("m-1", "2026-04-02", |member, id, at| {
        member.record_residence(id, &elsewhere, DwellingKind::SelfBuilt, None, at)
    });
    let (left, joined) =
        (town.row::<GridChains>(COMMUNITY).unwrap(), town.row::<GridChains>("520201016002").unwrap());
    assert!(left.buildings.is_empty() && left.members.is_empty());
    assert!(joined.members["m-1"].lives_here);
}

/// B3, B11: a grid that has ended leaves the chain when its day has come.
#[test]
fn the_chain_follows_a_redraw() {
    let mut town = Town::default();
    town.filed(1, GridKind::Base, 300, "three_tier");
    town.split(1, "2026-03-10", "2026-05-01");
    let grids = |town: &Town| town.row::<GridChains>(COMMUNITY).unwrap().grids.len();
    assert_eq!(grids(&town), 3, "announced, and still there");
    town.grid(11, "2026-05-01", |grid, code, at| grid.recount(code, 181, &[], at));
    assert_eq!(grids(&town), 2);
}
