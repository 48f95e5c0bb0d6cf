//! Splitting, merging, redrawing: nothing is lost.

use super::*;

fn base(sequence: u32, households: u32, buildings: &'static [&'static str]) -> Vec<GridEvent> {
    history(vec![ask(move |grid| {
        grid.define(&drawn(sequence, households, buildings), GridKind::Base, &now())
    })])
}

fn plan(old: &[(u32, &Grid)], new: &[NewGrid], effective: &str) -> Result<Redraw, Refusal> {
    let old: Vec<_> = old.iter().map(|(sequence, grid)| (code(*sequence), *grid)).collect();
    Redraw::plan(&old, new, date(effective))
}

fn halves() -> [NewGrid; 2] {
    [drawn(11, 180, &["b-1"]), drawn(12, 120, &["b-2"])]
}

/// B3: the old grid ends on the day, those on its roster with it; the new ones begin, name it, and are not yet filed.
#[test]
fn a_split_ends_the_old_grid_and_begins_the_new() {
    let given = staffed("ab_posts", &[("post_b", member("m-1"), PostHolder::UnitCadre)]);
    let split = plan(&[(1, &state(&given))], &halves(), "2026-05-01").unwrap();
    let second = split.clone();
    when(given, move |grid| grid.give_way(&code(1), &split, &now())).then_expect_events(vec![
        GridEvent::GridSplit {
            community: code(1).community(),
            kind: GridKind::Base,
            into: vec![code(11), code(12)],
            effective: date("2026-05-01"),
            filed: true,
        },
        GridEvent::PostVacated {
            community: code(1).community(),
            slot: term("post_b"),
            holder: member("m-1"),
            source: PostHolder::UnitCadre,
            on: date("2026-05-01"),
            instead_of: None,
        },
    ]);
    let begun = Grid::default().succeed(&halves()[0], &second, &now()).unwrap();
    let [GridEvent::GridDefined { from, predecessors, .. }] = begun.as_slice() else { panic!() };
    assert_eq!((*from, predecessors.as_slice()), (date("2026-05-01"), [code(1)].as_slice()));
    let wanted = appointment("post_a", person("w-1"), PostHolder::CommunityWorker);
    assert_eq!(
        state(&begun).fill_post(&code(11), &wanted, &now()).unwrap_err(),
        refusal::not_filed(&code(11))
    );
}

/// B3: until the effective day the roster stands; holders named in a new grid begin with it.
#[test]
fn an_effective_day_to_come_is_honoured() {
    let mut old = staffed("ab_posts", &[("post_b", member("m-1"), PostHolder::UnitCadre)]);
    let split = plan(&[(1, &state(&old))], &halves(), "2026-05-01").unwrap();
    old.extend(state(&old).give_way(&code(1), &split, &now()).unwrap());
    let tenure = state(&old).tenures()[0].clone();
    assert!(tenure.covers(date("2026-04-30")) && !tenure.covers(date("2026-05-01")));
    let mut new = Grid::default().succeed(&halves()[0], &split, &now()).unwrap();
    new.extend(state(&new).adopt_template(&code(11), &term("ab_posts"), &now()).unwrap());
    new.extend(state(&new).file(&code(11), &now()).unwrap());
    let wanted = appointment("post_b", member("m-1"), PostHolder::UnitCadre);
    new.extend(state(&new).fill_post(&code(11), &wanted, &now()).unwrap());
    assert_eq!(state(&new).tenures()[0].from, date("2026-05-01"));
}

/// B3: «5 grids into 7»: each old grid names the seven and the other four.
#[test]
fn five_grids_become_seven() {
    let old: Vec<Grid> = (1..=5).map(|n| state(&base(n, 280, &[]))).collect();
    let seen: Vec<(u32, &Grid)> = (1..).zip(&old).collect();
    let new: Vec<NewGrid> = (11..=17).map(|n| drawn(n, 200, &[])).collect();
    let redraw = plan(&seen, &new, "2026-03-02").unwrap();
    let facts = old[0].give_way(&code(1), &redraw, &now()).unwrap();
    let [GridEvent::GridRedrawn { with, into, .. }] = facts.as_slice() else { panic!() };
    assert_eq!(with, &[code(2), code(3), code(4), code(5)]);
    assert_eq!(into, &(11..=17).map(code).collect::<Vec<_>>());
}

/// B3: a merge names the one successor.
#[test]
fn two_grids_become_one() {
    let (one, two) = (state(&base(1, 130, &["b-1"])), state(&base(2, 120, &["b-2"])));
    let merge = plan(&[(1, &one), (2, &two)], &[drawn(11, 250, &["b-2", "b-1"])], "2026-03-02").unwrap();
    let facts = two.give_way(&code(2), &merge, &now()).unwrap();
    assert!(matches!(facts.as_slice(), [GridEvent::GridMerged { into, with, .. }]
        if *into == code(11) && *with == [code(1)]));
}

/// B3: a split that loses households, or finds some, is refused.
#[test]
fn households_are_conserved() {
    let old = state(&base(1, 300, &[]));
    for (one, two, after) in [(180, 119, 299), (180, 121, 301)] {
        let new = [drawn(11, one, &[]), drawn(12, two, &[])];
        let answer = plan(&[(1, &old)], &new, "2026-03-02");
        assert_eq!(answer.unwrap_err(), refusal::households_not_conserved(300, after));
    }
}

/// B3: a recount before the redraw counts.
#[test]
fn a_redraw_goes_by_the_last_count() {
    let mut facts = base(1, 300, &[]);
    facts.extend(state(&facts).recount(&code(1), 310, &[], &now()).unwrap());
    let new = [drawn(11, 180, &[]), drawn(12, 130, &[])];
    assert!(plan(&[(1, &state(&facts))], &new, "2026-03-02").is_ok());
}

/// B3: buildings are conserved too; a large estate may lie in both new grids.
#[test]
fn buildings_are_conserved() {
    let old = state(&base(1, 300, &["b-1", "b-2"]));
    let cut = |one: &[&str], two: &[&str]| {
        plan(&[(1, &old)], &[drawn(11, 150, one), drawn(12, 150, two)], "2026-03-02")
    };
    assert_eq!(cut(&["b-1"], &[]).unwrap_err(), refusal::estates_not_conserved("b-2".to_owned()));
    assert_eq!(cut(&["b-1"], &["b-2", "b-3"]).unwrap_err(), refusal::estates_not_conserved("b-3".to_owned()));
    assert!(cut(&["b-1", "b-2"], &["b-2"]).is_ok());
}

/// B3: one to one is no redraw; codes are distinct; one community, one kind; all known.
#[test]
fn a_redraw_is_of_known_grids_of_one_community_and_kind() {
    let old = state(&base(1, 300, &[]));
    let one = [(1, &old)];
    assert_eq!(plan(&one, &[drawn(11, 300, &[])], "2026-03-02").unwrap_err(), refusal::nothing_redrawn());
    assert_eq!(plan(&one, &[], "2026-03-02").unwrap_err(), refusal::nothing_redrawn());
    assert_eq!(plan(&[], &halves(), "2026-03-02").unwrap_err(), refusal::nothing_redrawn());
    let twice = [drawn(11, 150, &[]), drawn(11, 150, &[])];
    assert_eq!(plan(&one, &twice, "2026-03-02").unwrap_err(), refusal::code_twice(&code(11)));
    let itself = [drawn(1, 150, &[]), drawn(11, 150, &[])];
    assert_eq!(plan(&one, &itself, "2026-03-02").unwrap_err(), refusal::code_twice(&code(1)));
    let mut abroad = halves();
    abroad[1].grid = GridCode::new("520201016002012").unwrap();
    assert_eq!(plan(&one, &abroad, "2026-03-02").unwrap_err(), refusal::not_one_community());
    let mall = history(vec![ask(|grid| grid.define(&drawn(2, 0, &[]), GridKind::Dedicated, &now()))]);
    let mixed = plan(&[(1, &old), (2, &state(&mall))], &[drawn(11, 300, &[])], "2026-03-02");
    assert_eq!(mixed.unwrap_err(), refusal::not_one_kind());
    let unknown = plan(&[(3, &Grid::default())], &halves(), "2026-03-02");
    assert_eq!(unknown.unwrap_err(), refusal::unknown(&code(3)));
}

/// B3, B5: an emergency grid is cut only into grids that keep the bounds.
#[test]
fn an_emergency_grid_is_cut_within_its_bounds() {
    let mut facts = history(vec![ask(|grid| grid.define(&drawn(1, 50, &[]), GridKind::Emergency, &now()))]);
    let small = [drawn(11, 25, &[]), drawn(12, 25, &[])];
    let cut = plan(&[(1, &state(&facts))], &small, "2026-03-02").unwrap();
    assert_eq!(
        Grid::default().succeed(&small[0], &cut, &now()).unwrap_err(),
        refusal::out_of_bounds(25, 30, 50)
    );
    facts.extend(state(&facts).recount(&code(1), 70, &[], &now()).unwrap());
    let fit = [drawn(11, 35, &[]), drawn(12, 35, &[])];
    let cut = plan(&[(1, &state(&facts))], &fit, "2026-03-02").unwrap();
    assert_eq!(Grid::default().succeed(&fit[0], &cut, &now()).unwrap().len(), 1);
}

/// B3: the same redraw again is nothing; another redraw of an ended grid is refused, and so is any roster change.
#[test]
fn an_ended_grid_only_repeats_itself() {
    let mut given = filed("ab_posts");
    let split = plan(&[(1, &state(&given))], &halves(), "2026-05-01").unwrap();
    given.extend(state(&given).give_way(&code(1), &split, &now()).unwrap());
    let (again, sooner) = (split.clone(), plan(&[(1, &state(&given))], &halves(), "2026-04-01").unwrap());
    nothing(given.clone(), move |grid| grid.give_way(&code(1), &again, &now()));
    let begun = Grid::default().succeed(&halves()[0], &split, &now()).unwrap();
    nothing(begun, move |grid| grid.succeed(&halves()[0], &split, &now()));
    let ended = refusal::ended(&code(1), date("2026-05-01"));
    refused(given.clone(), move |grid| grid.give_way(&code(1), &sooner, &now()), ended.clone());
    refused(given.clone(), |grid| grid.recount(&code(1), 1, &[], &now()), ended.clone());
    refused(given, fill("post_a", person("w-1"), PostHolder::CommunityWorker), ended);
}

/// B2, B3: the code of another grid cannot be a successor's.
#[test]
fn a_successor_takes_a_new_code() {
    let split = plan(&[(1, &state(&filed("ab_posts")))], &halves(), "2026-03-02").unwrap();
    refused(
        base(11, 180, &["b-1"]),
        move |grid| grid.succeed(&halves()[0], &split, &now()),
        refusal::code_taken(&code(11)),
    );
}

/// B3: a redraw takes effect on its day or later, and not before the grid begins.
#[test]
fn an_effective_day_lies_within_the_grids_life() {
    let given = filed("ab_posts");
    let early = plan(&[(1, &state(&given))], &halves(), "2026-03-01").unwrap();
    refused(
        given.clone(),
        move |grid| grid.give_way(&code(1), &early, &now()),
        refusal::effective_past(date("2026-03-02")),
    );
    let split = plan(&[(1, &state(&given))], &halves(), "2026-05-01").unwrap();
    let begun = Grid::default().succeed(&halves()[0], &split, &now()).unwrap();
    let quarters = [drawn(21, 90, &["b-1"]), drawn(22, 90, &["b-1"])];
    let sooner = plan(&[(11, &state(&begun))], &quarters, "2026-04-01").unwrap();
    refused(
        begun,
        move |grid| grid.give_way(&code(11), &sooner, &now()),
        refusal::not_begun(&code(11), date("2026-05-01")),
    );
}

/// B3: a base grid with households is merged, never just closed; an emergency grid may be.
#[test]
fn closing_leaves_no_household_behind() {
    refused(
        filed("ab_posts"),
        |grid| grid.close(&code(1), date("2026-03-02"), &now()),
        refusal::households_left(300),
    );
    let emergency = history(vec![ask(|grid| grid.define(&drawn(1, 40, &[]), GridKind::Emergency, &now()))]);
    when(emergency.clone(), |grid| grid.close(&code(1), date("2026-04-01"), &now())).then_expect_events(
        vec![GridEvent::GridClosed {
            community: code(1).community(),
            kind: GridKind::Emergency,
            effective: date("2026-04-01"),
            filed: false,
        }],
    );
    let mut closed = emergency;
    closed.extend(state(&closed).close(&code(1), date("2026-04-01"), &now()).unwrap());
    nothing(closed, |grid| grid.close(&code(1), date("2026-04-01"), &now()));
}
