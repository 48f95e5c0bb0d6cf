//! Register, rosters, posts, duties.

use super::*;

/// B6, B7: the roster tells who is where and what is vacant.
#[test]
fn a_roster_tells_holders_and_vacancies() {
    let mut town = Town::default();
    town.filed(1, GridKind::Base, 300, "four_plus_n");
    assert_eq!(town.grid_row(1).vacancies, 4);
    town.take(1, "2026-03-03", "section_cadre", &member("m-1"), PostHolder::SectionCadre);
    town.take(1, "2026-03-03", "volunteers", &person("v-1"), PostHolder::Volunteer);
    let row = town.grid_row(1);
    assert_eq!(holders(&row), [("section_cadre", "m-1"), ("volunteers", "v-1")]);
    assert_eq!((row.vacancies, row.members), (3, 1));
    assert_eq!(town.column::<Grids>(code(1).as_str(), "vacant"), "yes");
    town.leave(1, "2026-03-09", "section_cadre", &member("m-1"), "2026-03-09");
    assert_eq!(holders(&town.grid_row(1)), [("volunteers", "v-1")]);
    assert_eq!(town.grid_row(1).vacancies, 4);
}

/// B6: where only A or only B is filled, everything hangs on one person.
#[test]
fn a_roster_that_hangs_on_one_person_is_listed() {
    let mut town = Town::default();
    town.filed(1, GridKind::Emergency, 40, "ab_posts");
    let listed = |town: &Town| town.column::<Grids>(code(1).as_str(), "single_point");
    assert_eq!(listed(&town), "no");
    town.take(1, "2026-03-03", "post_a", &person("w-1"), PostHolder::CommunityWorker);
    assert_eq!(listed(&town), "yes");
    town.take(1, "2026-03-03", "post_b", &member("m-1"), PostHolder::UnitCadre);
    assert_eq!(listed(&town), "no");
    town.leave(1, "2026-03-04", "post_a", &person("w-1"), "2026-04-01");
    assert_eq!(listed(&town), "yes", "from April on B stands alone");
    assert!(!town.grid_row(1).on(date("2026-03-31")).single_point);
    assert!(town.grid_row(1).on(date("2026-04-01")).single_point);
}

/// B1, B5: grids out of bounds are listed.
#[test]
fn grids_out_of_bounds_are_listed() {
    let mut town = Town::default();
    town.filed(1, GridKind::Base, 900, "four_plus_n");
    town.filed(2, GridKind::Emergency, 50, "ab_posts");
    let listed = |town: &Town, n: u32| town.column::<Grids>(code(n).as_str(), "out_of_bounds");
    assert_eq!((listed(&town, 1), listed(&town, 2)), ("yes".to_owned(), "no".to_owned()));
    town.grid(2, "2026-04-01", |grid, code, at| grid.recount(code, 51, &[], at));
    assert_eq!(listed(&town, 2), "yes");
}

/// B2, B3: the register tells filing, predecessors, successors.
#[test]
fn the_register_tells_where_a_grid_came_from_and_went() {
    let mut town = Town::default();
    town.filed(1, GridKind::Base, 300, "four_plus_n");
    town.split(1, "2026-03-10", "2026-05-01");
    let (old, new) = (town.grid_row(1), town.grid_row(11));
    assert_eq!((old.status.as_str(), old.ends_on), ("ended", Some(date("2026-05-01"))));
    assert_eq!(old.successors, [code(11).to_string(), code(12).to_string()]);
    assert_eq!((new.status.as_str(), new.begins_on), ("defined", Some(date("2026-05-01"))));
    assert_eq!(new.predecessors, [code(1).to_string()]);
    assert_eq!(old.filed_on, Some(date("2026-03-02")));
}

/// B3: an effective day to come is honoured: the roster of a day before it still has its people.
#[test]
fn a_roster_of_a_day_honours_what_is_recorded_ahead() {
    let mut town = Town::default();
    town.filed(1, GridKind::Base, 300, "four_plus_n");
    town.take(1, "2026-03-03", "section_cadre", &member("m-1"), PostHolder::SectionCadre);
    town.split(1, "2026-03-10", "2026-05-01");
    let before = town.grid_row(1).on(date("2026-04-30"));
    assert_eq!((holders(&before), before.vacancies), (vec![("section_cadre", "m-1")], 3));
    assert_eq!(before.status, "filed");
    let after = town.grid_row(1).on(date("2026-05-01"));
    assert_eq!((holders(&after), after.vacancies, after.status.as_str()), (vec![], 0, "ended"));
    assert!(holders(&town.grid_row(1).on(date("2026-03-02"))).is_empty());
}

/// B7: a roster keeps holders and duties when another template is adopted.
#[test]
fn a_new_template_keeps_those_who_fit() {
    let mut town = Town::default();
    town.filed(1, GridKind::Base, 300, "four_plus_n");
    town.take(1, "2026-03-03", "volunteers", &person("v-1"), PostHolder::Volunteer);
    town.grid(1, "2026-03-04", |grid, code, at| grid.adopt_template(code, &term("one_one_n"), at));
    let row = town.grid_row(1);
    assert_eq!(holders(&row), [("volunteers", "v-1")]);
    assert_eq!((row.template.as_deref(), row.vacancies), (Some("one_one_n"), 2));
    assert_eq!(row.template_policy, Some(POLICY.label()));
}

/// B8, B13: posts are listed by slot and source, with earlier times in the same slot.
#[test]
fn posts_are_listed() {
    let mut town = Town::default();
    town.filed(1, GridKind::Base, 300, "double_heads");
    town.take(1, "2026-03-03", "first_head", &member("m-1"), PostHolder::SectionCadre);
    let key = format!("{}/first_head/member/m-1", code(1));
    assert_eq!(town.column::<Posts>(&key, "source"), "section_cadre");
    assert_eq!(town.column::<Posts>(&key, "ended"), "no");
    town.leave(1, "2026-03-09", "first_head", &member("m-1"), "2026-03-09");
    assert_eq!(town.column::<Posts>(&key, "ended"), "yes");
    town.take(1, "2026-04-01", "first_head", &member("m-1"), PostHolder::SectionCadre);
    let row = town.row::<Posts>(&key).unwrap();
    assert_eq!((row.from, row.until), (Some(date("2026-04-01")), None));
    assert_eq!(row.earlier.len(), 1);
    assert_eq!(row.earlier[0].until, Some(date("2026-03-09")));
}

/// B6: who holds more fixed slots than the policy's most is listed; N and posts left do not count.
#[test]
fn a_person_with_too_many_fixed_posts_is_listed() {
    let mut town = Town::default();
    for n in 1..=2 {
        town.filed(n, GridKind::Base, 300, "four_plus_n");
    }
    let row = |town: &Town| town.row::<PostHolders>("member/m-1").unwrap();
    town.take(1, "2026-03-03", "section_cadre", &member("m-1"), PostHolder::SectionCadre);
    town.take(1, "2026-03-03", "volunteers", &member("m-1"), PostHolder::EstateMember);
    assert_eq!((row(&town).fixed_posts, row(&town).single_point), (1, false));
    town.take(2, "2026-03-03", "section_cadre", &member("m-1"), PostHolder::SectionCadre);
    assert_eq!((row(&town).fixed_posts, row(&town).single_point), (2, true));
    town.leave(2, "2026-03-04", "section_cadre", &member("m-1"), "2026-03-04");
    assert!(!row(&town).single_point);
    for slot in ["section_cadre", "volunteers"] {
        town.leave(1, "2026-03-05", slot, &member("m-1"), "2026-03-05");
    }
    assert!(town.row::<PostHolders>("member/m-1").is_none());
}

/// B17: duties are listed open and done, and summed by grid and slot.
#[test]
fn duties_are_listed_and_summed() {
    let mut town = Town::default();
    town.filed(1, GridKind::Base, 300, "double_heads");
    town.take(1, "2026-03-03", "first_head", &member("m-1"), PostHolder::SectionCadre);
    let items = ["visit", "meet"].map(|item| NewDuty {
        item: term(item),
        slot: term("first_head"),
        due: Some(date("2026-03-31")),
    });
    town.grid(1, "2026-03-03", |grid, code, at| grid.publish_duties(code, &term("2026-03"), &items, at));
    let key = |item: &str| format!("{}/2026-03/{item}", code(1));
    assert_eq!(town.column::<GridDuties>(&key("visit"), "state"), "open");
    for (item, day) in [("visit", "2026-03-05"), ("meet", "2026-04-01")] {
        town.grid(1, "2026-04-02", |grid, code, at| {
            grid.complete_duty(code, (&term("2026-03"), &term(item)), &member("m-1"), date(day), at)
        });
    }
    assert_eq!(town.column::<GridDuties>(&key("visit"), "state"), "done");
    assert_eq!(town.column::<GridDuties>(&key("meet"), "state"), "done_late");
    assert_eq!(town.row::<GridDuties>(&key("meet")).unwrap().done_by.as_deref(), Some("m-1"));
    let row = town.grid_row(1);
    assert_eq!((row.duties, row.duties_done, row.duties_late), (2, 2, 1));
    assert_eq!(row.slots[0].duties_done, 2);
}

/// B9: duty roles show on the roster and on the post.
#[test]
fn duty_roles_show() {
    let mut town = Town::default();
    town.filed(1, GridKind::Base, 300, "head_deputy_members");
    town.take(1, "2026-03-03", "members", &member("m-1"), PostHolder::UnitCadre);
    let slot = term("members");
    for role in ["mediator", "policy_speaker"] {
        town.grid(1, "2026-03-03", |grid, code, at| {
            grid.assign_duty(code, &slot, &member("m-1"), &term(role), at)
        });
    }
    town.grid(1, "2026-03-04", |grid, code, at| {
        grid.relieve_duty(code, &slot, &member("m-1"), &term("mediator"), at)
    });
    let row = town.grid_row(1);
    assert_eq!(row.slots[2].holders[0].duty_roles.iter().collect::<Vec<_>>(), ["policy_speaker"]);
    let post = town.row::<Posts>(&format!("{}/members/member/m-1", code(1))).unwrap();
    assert_eq!(post.duty_roles, row.slots[2].holders[0].duty_roles);
}

/// B2: rows of one grid are told by its own stream alone, so that they can be told as of any position.
#[test]
fn a_grids_rows_come_from_its_own_stream() {
    let key = format!("{}/2026-03/visit", code(1));
    let own = Some(vec![("grid", code(1).to_string())]);
    assert_eq!(Grids::streams(code(1).as_str()), own);
    assert_eq!(GridDuties::streams(&key), own);
    assert_eq!(Posts::streams(&key), own);
    let mut town = Town::default();
    town.filed(1, GridKind::Base, 300, "three_tier");
    assert!(town.events.iter().all(|event| matches!(
        event.event,
        LedgerEvent::Grid(
            GridEvent::GridDefined { .. } | GridEvent::TemplateAdopted { .. } | GridEvent::GridFiled { .. }
        )
    )));
    assert!(town.events.iter().all(|event| Grids::keys(event) == [code(1).to_string()]));
}
