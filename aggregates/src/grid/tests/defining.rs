//! Drawing, counting, filing.

use super::*;

/// B1: a grid is drawn in the community that its code names, with the bounds of the policy.
#[test]
fn a_grid_is_drawn() {
    when(vec![], |grid| grid.define(&drawn(1, 300, &["b-1"]), GridKind::Base, &now())).then_expect_events(
        vec![GridEvent::GridDefined {
            grid: code(1),
            community: code(1).community(),
            kind: GridKind::Base,
            name: Some("第1网格".to_owned()),
            households: 300,
            bounds: Some(HouseholdBounds { min: 100, max: 600 }),
            estates: estates(&["b-1"]),
            from: date("2026-03-02"),
            predecessors: vec![],
            template: None,
        }],
    );
}

/// B1: a base grid outside its bounds is drawn, and listed by its own figures.
#[test]
fn a_base_grid_out_of_bounds_is_drawn_all_the_same() {
    let facts = history(vec![ask(|grid| grid.define(&drawn(1, 900, &[]), GridKind::Base, &now()))]);
    let [GridEvent::GridDefined { households, bounds: Some(bounds), .. }] = facts.as_slice() else {
        panic!()
    };
    assert!(!bounds.hold(*households));
}

/// B5: an emergency grid has 30 to 50 households, both included.
#[test]
fn an_emergency_grid_keeps_to_30_to_50_households() {
    for (households, fits) in [(29, false), (30, true), (50, true), (51, false)] {
        let answer = Grid::default().define(&drawn(9, households, &[]), GridKind::Emergency, &now());
        if fits {
            assert_eq!(answer.unwrap().len(), 1);
        } else {
            assert_eq!(answer.unwrap_err(), refusal::out_of_bounds(households, 30, 50));
        }
    }
}

/// B5: people move: a recount out of bounds is a fact and is listed, not refused.
#[test]
fn an_emergency_grid_that_has_grown_is_recounted() {
    let given = history(vec![ask(|grid| grid.define(&drawn(1, 40, &[]), GridKind::Emergency, &now()))]);
    when(given, |grid| grid.recount(&code(1), 61, &[], &now())).then_expect_events(vec![
        GridEvent::GridRecounted {
            community: code(1).community(),
            kind: GridKind::Emergency,
            households: 61,
            bounds: Some(HouseholdBounds { min: 30, max: 50 }),
            estates: vec![],
        },
    ]);
}

/// B1: the same count again is nothing new.
#[test]
fn the_same_count_again_is_nothing() {
    nothing(filed("four_plus_n"), |grid| grid.recount(&code(1), 300, &estates(&["b-1", "b-2"]), &now()));
}

/// B2: a code is never used for a second grid, and the very same drawing again is nothing.
#[test]
fn a_code_belongs_to_one_grid() {
    let given = filed("four_plus_n");
    nothing(given.clone(), |grid| {
        grid.define(&drawn(1, 300, &["b-1", "b-2"]), GridKind::Base, &on("2026-03-05"))
    });
    for other in [drawn(1, 301, &["b-1", "b-2"]), drawn(1, 300, &["b-1"])] {
        refused(
            given.clone(),
            move |grid| grid.define(&other, GridKind::Base, &now()),
            refusal::code_taken(&code(1)),
        );
    }
    refused(
        given,
        |grid| grid.define(&drawn(1, 300, &["b-1", "b-2"]), GridKind::Dedicated, &now()),
        refusal::code_taken(&code(1)),
    );
}

/// B1: names are short, and an estate is named once.
#[test]
fn particulars_are_checked() {
    let named = |name: String| NewGrid { name: Some(name), ..drawn(1, 300, &[]) };
    for name in [String::new(), "网".repeat(51)] {
        refused(
            vec![],
            move |grid| grid.define(&named(name), GridKind::Base, &now()),
            refusal::name_length(),
        );
    }
    refused(
        vec![],
        |grid| grid.define(&drawn(1, 300, &["b-1", "b-1"]), GridKind::Base, &now()),
        refusal::estate_twice(&estates(&["b-1"])[0]),
    );
    refused(vec![], |grid| grid.recount(&code(1), 1, &[], &now()), refusal::unknown(&code(1)));
}

/// B2: the prefecture files, nobody below it and no other prefecture.
#[test]
fn only_the_prefecture_files() {
    let given = history(vec![ask(|grid| grid.define(&drawn(1, 300, &[]), GridKind::Base, &now()))]);
    let at = "2026-03-02T09:00:00+08:00";
    let department = |body: Option<&str>| by(Role::OrganisationDepartment, body, at);
    for wrong in [
        department(Some("520201")),
        department(Some("5203")),
        department(None),
        by(Role::CommunityWorker, Some(COMMUNITY), at),
        by(Role::Unit, Some("5202"), at),
    ] {
        refused(given.clone(), move |grid| grid.file(&code(1), &wrong), refusal::not_prefecture(&code(1)));
    }
    let right = department(Some("5202"));
    when(given, move |grid| grid.file(&code(1), &right)).then_expect_events(vec![GridEvent::GridFiled {
        community: code(1).community(),
        kind: GridKind::Base,
        on: date("2026-03-02"),
    }]);
}

/// B2: a grid is filed once, and only when it was drawn.
#[test]
fn filing_again_is_nothing_and_of_nothing_is_refused() {
    nothing(filed("four_plus_n"), |grid| grid.file(&code(1), &on("2026-04-01")));
    refused(vec![], |grid| grid.file(&code(1), &now()), refusal::unknown(&code(1)));
}

/// B2: without filing there is no roster and no duty list.
#[test]
fn an_unfiled_grid_has_no_roster() {
    let given = history(vec![
        ask(|grid| grid.define(&drawn(1, 300, &[]), GridKind::Base, &now())),
        ask(|grid| grid.adopt_template(&code(1), &term("ab_posts"), &now())),
    ]);
    refused(
        given.clone(),
        fill("post_a", person("w-1"), PostHolder::CommunityWorker),
        refusal::not_filed(&code(1)),
    );
    let items = vec![NewDuty { item: term("patrol"), slot: term("post_a"), due: None }];
    refused(
        given,
        move |grid| grid.publish_duties(&code(1), &term("2026-03"), &items, &now()),
        refusal::not_filed(&code(1)),
    );
}

/// B7: the roster follows the template as it stood when adopted; the same again is nothing, an unknown one is refused.
#[test]
fn a_template_is_adopted() {
    let given = filed("four_plus_n");
    let grid = state(&given);
    assert_eq!(grid.template(), Some(&term("four_plus_n")));
    nothing(given.clone(), |grid| grid.adopt_template(&code(1), &term("four_plus_n"), &now()));
    refused(
        given,
        |grid| grid.adopt_template(&code(1), &term("nine_plus_n"), &now()),
        refusal::unknown_template(&term("nine_plus_n")),
    );
}

/// B6, B7: whoever stands on the roster must fit the new template; those who have left need not.
#[test]
fn a_template_that_does_not_fit_the_holders_is_refused() {
    let given = staffed("four_plus_n", &[("volunteers", person("v-1"), PostHolder::Volunteer)]);
    refused(
        given.clone(),
        |grid| grid.adopt_template(&code(1), &term("ab_posts"), &now()),
        refusal::template_does_not_fit(&term("volunteers"), &person("v-1")),
    );
    let fits = state(&given).adopt_template(&code(1), &term("one_one_n"), &now()).unwrap();
    assert_eq!(fits.len(), 1, "1+1+N has the slot of volunteers too");
    let mut left = given;
    left.extend(
        state(&left).vacate_post(&code(1), &term("volunteers"), &person("v-1"), date("2026-03-02")).unwrap(),
    );
    assert_eq!(state(&left).adopt_template(&code(1), &term("ab_posts"), &now()).unwrap().len(), 1);
}
