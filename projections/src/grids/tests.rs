//! Rows told from facts that the deciders themselves make.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use aggregates::circumstance::{Actor, Circumstance, Role};
use aggregates::grid::{Appointment, Grid, GridEvent, GridKind, Holder, NewDuty, NewGrid, Redraw};
use aggregates::ids::{ActorId, CommunityCode, EstateId, GridCode, HouseholdId, MemberId, Term, UnitId};
use aggregates::member::{DwellingKind, ExclusionReason, Member, MemberEvent, MemberRank};
use aggregates::policy::{Policy, PostHolder, preset};
use aggregates::recorded::Meta;
use aggregates::when::Moment;
use aggregates::{Decider, LedgerEvent, Recorded};
use chrono::{NaiveDate, Utc};
use uuid::Uuid;

use super::*;
use crate::projection::Projection;

const COMMUNITY: &str = "520201016001";

static POLICY: LazyLock<Arc<Policy>> = LazyLock::new(|| Arc::new(preset("liupanshui").unwrap()));

fn on(day: &str) -> Circumstance {
    let at = Moment::parse_from_rfc3339(&format!("{day}T09:00:00+08:00")).unwrap();
    Circumstance {
        at,
        now: at,
        actor: Actor { id: ActorId::new("o-1").unwrap(), role: Role::Operator, organisation: None },
        policy: Arc::clone(&POLICY),
        catalogue: Arc::default(),
        reason: None,
        approved_by: None,
    }
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn code(sequence: u32) -> GridCode {
    GridCode::new(format!("{COMMUNITY}{sequence:03}")).unwrap()
}

fn term(text: &str) -> Term {
    Term::new(text).unwrap()
}

fn member(id: &str) -> Holder {
    Holder::Member(MemberId::new(id).unwrap())
}

fn person(id: &str) -> Holder {
    Holder::Person(ActorId::new(id).unwrap())
}

/// A journal of grids and members, and what they have become.
#[derive(Default)]
struct Town {
    events: Vec<Recorded>,
    grids: BTreeMap<GridCode, Grid>,
    members: BTreeMap<String, Member>,
}

impl Town {
    fn write(&mut self, stream: &str, event: LedgerEvent, at: &Circumstance) {
        let meta = Meta {
            command: "test".to_owned(),
            actor: at.actor.id.clone(),
            role: at.actor.role,
            organisation: None,
            occurred_at: at.at,
            reason: None,
            approved_by: None,
            correlation_id: None,
            causation_id: None,
            policy: Some(at.policy.label()),
        };
        self.events.push(Recorded {
            position: self.events.len() as u64 + 1,
            event_id: Uuid::nil(),
            command_id: Uuid::nil(),
            recorded_at: at.now.with_timezone(&Utc),
            stream_id: stream.to_owned(),
            sequence: 1,
            event,
            meta,
        });
    }

    fn grid(
        &mut self,
        sequence: u32,
        day: &str,
        ask: impl FnOnce(&Grid, &GridCode, &Circumstance) -> aggregates::decider::Decision<Grid>,
    ) {
        let (code, at) = (code(sequence), on(day));
        let grid = self.grids.entry(code.clone()).or_default();
        let facts = ask(grid, &code, &at).unwrap();
        for fact in facts {
            self.grids.get_mut(&code).unwrap().evolve(&fact);
            self.write(code.as_str(), fact.into(), &at);
        }
    }

    fn member(
        &mut self,
        id: &str,
        day: &str,
        ask: impl FnOnce(&Member, &MemberId, &Circumstance) -> aggregates::decider::Decision<Member>,
    ) {
        let (member, at) = (MemberId::new(id).unwrap(), on(day));
        let facts = ask(self.members.entry(id.to_owned()).or_default(), &member, &at).unwrap();
        for fact in facts {
            self.members.get_mut(id).unwrap().evolve(&fact);
            self.write(id, fact.into(), &at);
        }
    }

    /// A filed grid with the template.
    fn filed(&mut self, sequence: u32, kind: GridKind, households: u32, template: &str) {
        let template = term(template);
        let new = drawn(sequence, households, &["b-1"]);
        self.grid(sequence, "2026-03-02", |grid, _, at| grid.define(&new, kind, at));
        self.grid(sequence, "2026-03-02", |grid, code, at| grid.adopt_template(code, &template, at));
        self.grid(sequence, "2026-03-02", Grid::file);
    }

    fn take(&mut self, sequence: u32, day: &str, slot: &str, holder: &Holder, source: PostHolder) {
        self.take_building(sequence, day, slot, holder, source, None);
    }

    fn take_building(
        &mut self,
        sequence: u32,
        day: &str,
        slot: &str,
        holder: &Holder,
        source: PostHolder,
        estate: Option<&str>,
    ) {
        let wanted = Appointment {
            slot: term(slot),
            holder: holder.clone(),
            sources: vec![source],
            on_behalf_of: None,
            estate: estate.map(|estate| EstateId::new(estate).unwrap()),
        };
        self.grid(sequence, day, |grid, code, at| grid.fill_post(code, &wanted, at));
    }

    fn leave(&mut self, sequence: u32, day: &str, slot: &str, holder: &Holder, from: &str) {
        self.grid(sequence, day, |grid, code, _| grid.vacate_post(code, &term(slot), holder, date(from)));
    }

    /// Splits a grid of 300 households into 11 and 12.
    fn split(&mut self, sequence: u32, day: &str, effective: &str) {
        let new = [drawn(11, 180, &["b-1"]), drawn(12, 120, &[])];
        let old = self.grids[&code(sequence)].clone();
        let plan = Redraw::plan(&[(code(sequence), &old)], &new, date(effective)).unwrap();
        self.grid(sequence, day, |grid, code, at| grid.give_way(code, &plan, at));
        for (n, new) in [(11, &new[0]), (12, &new[1])] {
            self.grid(n, day, |grid, _, at| grid.succeed(new, &plan, at));
        }
    }

    fn row<P: Projection>(&self, key: &str) -> Option<P::Row> {
        let mut row = None;
        for event in &self.events {
            for touched in P::keys(event).into_iter().filter(|touched| touched == key) {
                P::fold(&touched, row.get_or_insert_with(P::Row::default), event);
            }
        }
        row.filter(|row| !P::is_gone(row))
    }

    fn grid_row(&self, sequence: u32) -> GridRow {
        self.row::<Grids>(code(sequence).as_str()).unwrap()
    }

    /// The column of a row by its name.
    fn column<P: Projection>(&self, key: &str, name: &str) -> String {
        let place = P::COLUMNS.iter().position(|column| *column == name).unwrap();
        P::columns(key, &self.row::<P>(key).unwrap())[place].clone().unwrap()
    }
}

fn drawn(sequence: u32, households: u32, estates: &[&str]) -> NewGrid {
    NewGrid {
        grid: code(sequence),
        name: None,
        households,
        estates: estates.iter().map(|estate| EstateId::new(*estate).unwrap()).collect(),
        template: None,
    }
}

fn holders(row: &GridRow) -> Vec<(&str, &str)> {
    row.slots
        .iter()
        .flat_map(|slot| slot.holders.iter().map(|holder| (slot.slot.as_str(), holder.holder.as_str())))
        .collect()
}

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

fn enrol(town: &mut Town, id: &str, building: &str) {
    let unit = UnitId::new("u-1").unwrap();
    let home = CommunityCode::new(COMMUNITY).unwrap();
    let estate = EstateId::new(building).unwrap();
    town.member(id, "2026-03-02", |member, id, at| member.enrol(id, &unit, MemberRank::Member, &[], at));
    town.member(id, "2026-03-02", |member, id, at| {
        member.record_residence(id, &home, DwellingKind::UnitDormitory, Some(&estate), at)
    });
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
