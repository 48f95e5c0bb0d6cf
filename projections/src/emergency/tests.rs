use aggregates::points::Work;

use super::*;
use crate::grids::PostRow;

fn row(id: &str, scope: &str, grids: &[&str]) -> EmergencyRow {
    EmergencyRow {
        emergency: id.to_owned(),
        scope: scope.to_owned(),
        grids: grids.iter().map(|grid| (*grid).to_owned()).collect(),
        state: Some(EmergencyState::InForce),
        ..EmergencyRow::default()
    }
}

fn post(grid: &str, slot: &str, holder: &str, work: Work) -> PostRow {
    PostRow {
        grid: grid.to_owned(),
        community: grid[..12].to_owned(),
        slot: slot.to_owned(),
        holder_kind: if holder.starts_with("m-") { "member" } else { "person" }.to_owned(),
        holder: holder.to_owned(),
        work: Some(work),
        fixed: slot.starts_with("post_"),
        from: "2026-03-01".parse().ok(),
        ..PostRow::default()
    }
}

fn muster(member: &str) -> MusterRow {
    MusterRow {
        member: member.to_owned(),
        mustered_at: "2026-03-02T10:00:00+08:00".to_owned(),
        ..MusterRow::default()
    }
}

const GRID: &str = "520201016001001";

/// F3: a grid is in emergency by its own declaration or by one of any division above it; a place whose part is in emergency is told
/// of it, and stays routine as a whole.
#[test]
fn the_mode_of_a_place_is_that_of_what_lies_above_it() {
    let all = || vec![row("e-grid", "520201016001", &[GRID]), row("e-street", "520201016", &[])];
    let names = |rows: &[EmergencyRow]| rows.iter().map(|row| row.emergency.clone()).collect::<Vec<_>>();
    let grid = mode_of(GRID, all(), 7);
    assert_eq!(
        (grid.mode, names(&grid.emergencies)),
        (Mode::Emergency, vec!["e-street".into(), "e-grid".into()])
    );
    let neighbour = mode_of("520201016001002", all(), 7);
    assert_eq!(names(&neighbour.emergencies), ["e-street"]);
    let community = mode_of("520201016001", all(), 7);
    assert_eq!(
        (names(&community.emergencies), names(&community.parts)),
        (vec!["e-street".into()], vec!["e-grid".into()])
    );
    let county = mode_of("520201", all(), 7);
    assert_eq!((county.mode, names(&county.parts).len()), (Mode::Routine, 2));
    assert_eq!(mode_of("520201017001", all(), 7).parts, []);
}

/// F4, B6: members on duty posts are due, each once; A and B stand first; volunteers and persons who are no members owe nothing; who
/// came from the neighbourhood is named beside them.
#[test]
fn the_roster_tells_who_is_due_and_who_is_there() {
    let posts = [
        post(GRID, "volunteer", "m-4", Work::Voluntary),
        post(GRID, "post_b", "m-1", Work::Duty),
        post(GRID, "post_a", "p-1", Work::Duty),
        post("520201016001002", "officer", "m-1", Work::Duty),
        post("520201016001002", "officer", "m-2", Work::Duty),
        post("520201017001001", "officer", "m-9", Work::Duty),
        PostRow { until: "2026-03-02".parse().ok(), ..post(GRID, "officer", "m-8", Work::Duty) },
    ];
    let came = [muster("m-1"), muster("m-4"), muster("m-7")];
    let roster =
        emergency_roster(&row("e-1", "520201016001", &[]), &posts, &came, "2026-03-02".parse().unwrap(), 7);
    assert_eq!((roster.due, roster.there), (2, 1));
    let slots: Vec<_> = roster.items[0].holders.iter().map(|one| (one.slot.as_str(), one.due)).collect();
    assert_eq!(slots, [("post_a", false), ("post_b", true), ("volunteer", false)]);
    assert_eq!((roster.items[1].due, roster.items[1].there), (2, 1));
    assert!(
        roster.items[0].holders[1].mustered_at.is_some() && roster.items[0].holders[0].mustered_at.is_none()
    );
    assert_eq!(roster.others.iter().map(|one| one.member.as_str()).collect::<Vec<_>>(), ["m-4", "m-7"]);
}
