//! 划网格 → 州级备案 → 编组入网 → 设岗定责 → 重划: grids and their rosters, with what may go wrong on the way.

use serde_json::{Value, json};
use tests::town::{Town, both};

const COMMUNITY: &str = "520201016001";
const NOW: &str = "2026-03-02T09:00:00+08:00";

fn code(sequence: u32) -> String {
    format!("{COMMUNITY}{sequence:03}")
}

fn drawn(sequence: u32, households: u32, estates: &[&str]) -> Value {
    json!({"grid": code(sequence), "name": format!("第{sequence}网格"), "households": households, "estates": estates})
}

async fn define(town: &Town, sequence: u32, kind: &str, households: u32, template: &str) {
    let mut grid = drawn(sequence, households, &["e-1"]);
    grid["kind"] = json!(kind);
    grid["template"] = json!(template);
    town.ok("define-grid", grid).await;
}

async fn filed(town: &Town, sequence: u32, kind: &str, households: u32, template: &str) {
    define(town, sequence, kind, households, template).await;
    town.acting("organisation-department", "o-1@5202").ok("file-grid", json!({"grid": code(sequence)})).await;
}

fn of_member(sequence: u32, slot: &str, member: &str) -> Value {
    json!({"grid": code(sequence), "slot": slot, "member": member})
}

fn of_person(sequence: u32, slot: &str, person: &str, source: &str) -> Value {
    json!({"grid": code(sequence), "slot": slot, "person": person, "source": source})
}

/// A member of another rank, and perhaps of a street's own unit, who has reported.
async fn member(town: &Town, id: &str, rank: &str, unit: &str) {
    town.ok("enrol-member", json!({"member": id, "unit": unit, "rank": rank})).await;
    town.ok("report", json!({"member": id, "kind": "unit_linked", "community": COMMUNITY})).await;
}

async fn street_unit(town: &Town) {
    let street = json!({"unit": "u-street", "name": "凤凰街道办事处", "class": "organ", "division": "520201016"});
    town.ok("enrol-unit", street).await;
    town.ok("link-unit", json!({"unit": "u-street", "community": COMMUNITY})).await;
}

async fn roster(town: &Town, sequence: u32, asking: &str) -> Value {
    town.get(&format!("/v1/grids/{}/roster{asking}", code(sequence))).await
}

fn holders(roster: &Value) -> Vec<String> {
    let slots = roster["slots"].as_array().unwrap();
    let of = |slot: &Value| {
        let holders = slot["holders"].as_array().unwrap();
        holders
            .iter()
            .map(|holder| format!("{}:{}", slot["slot"].as_str().unwrap(), holder["holder"].as_str().unwrap()))
            .collect::<Vec<_>>()
    };
    slots.iter().flat_map(of).collect()
}

async fn listed(town: &Town, path: &str, field: &str) -> Vec<String> {
    let page = town.get(path).await;
    let rows = page["items"].as_array().unwrap_or_else(|| panic!("{page}"));
    rows.iter().map(|row| row[field].as_str().unwrap().to_owned()).collect()
}

/// B1, B2: a grid has one code for ever and no roster before the prefecture has filed it.
#[tokio::test]
async fn a_grid_is_drawn_filed_and_only_then_staffed() {
    both(async |town: Town| {
        town.set_time(NOW);
        define(&town, 1, "base", 300, "ab_posts").await;
        let post = of_person(1, "post_a", "w-1", "community_worker");
        town.refused("take-post", post.clone(), 409, "grid.not_filed").await;
        let county = town.acting("organisation-department", "o-2@520201");
        county.refused("file-grid", json!({"grid": code(1)}), 403, "grid.not_prefecture").await;
        town.acting("organisation-department", "o-1@5202").ok("file-grid", json!({"grid": code(1)})).await;
        town.ok("take-post", post).await;
        assert_eq!(holders(&roster(&town, 1, "").await), ["post_a:w-1"]);
        let mut other = drawn(1, 301, &[]);
        other["kind"] = json!("base");
        town.refused("define-grid", other, 409, "grid.code_taken").await;
        let abroad = json!({"grid": "520201016999001", "kind": "base", "households": 300});
        town.refused("define-grid", abroad, 404, "division.unknown_community").await;
        assert_eq!(listed(&town, "/v1/grids?status=filed", "grid").await, [code(1)]);
        town.rebuild_equals_live().await;
    })
    .await;
}

/// B5: emergency grids have 30 to 50 households; one that has grown is listed.
#[tokio::test]
async fn an_emergency_grid_keeps_its_bounds() {
    both(async |town: Town| {
        town.set_time(NOW);
        for households in [29, 51] {
            let grid = json!({"grid": code(9), "kind": "emergency", "households": households});
            town.refused("define-grid", grid, 409, "grid.out_of_bounds").await;
        }
        define(&town, 9, "emergency", 50, "ab_posts").await;
        define(&town, 1, "base", 5000, "four_plus_n").await;
        let out = "/v1/grids?out_of_bounds=yes";
        assert_eq!(listed(&town, out, "grid").await, [code(1)]);
        town.ok("recount-grid", json!({"grid": code(9), "households": 61, "estates": []})).await;
        assert_eq!(listed(&town, out, "grid").await, [code(1), code(9)]);
    })
    .await;
}

/// B6: A is a worker or volunteer, B a member; never one person; what hangs on one is listed.
#[tokio::test]
async fn a_and_b_stand_on_two_legs() {
    both(async |town: Town| {
        town.set_time(NOW);
        filed(&town, 1, "emergency", 40, "ab_posts").await;
        filed(&town, 2, "emergency", 40, "ab_posts").await;
        town.refused("take-post", of_member(1, "post_a", "m-1"), 409, "grid.wrong_source").await;
        let worker = |slot| of_person(1, slot, "w-1", "community_worker");
        town.refused("take-post", worker("post_b"), 409, "grid.wrong_source").await;
        town.ok("take-post", of_member(1, "post_b", "m-1")).await;
        let hanging = "/v1/grids?single_point=yes";
        assert_eq!(listed(&town, hanging, "grid").await, [code(1)]);
        let uncovered = roster(&town, 1, "").await;
        assert_eq!((&uncovered["vacancies"], &uncovered["slots"][0]["missing"]), (&json!(1), &json!(1)));
        town.ok("take-post", worker("post_a")).await;
        assert!(listed(&town, hanging, "grid").await.is_empty());
        town.refused("take-post", of_member(1, "post_b", "m-2"), 409, "grid.slot_full").await;
        town.ok("take-post", of_member(2, "post_b", "m-1")).await;
        assert_eq!(listed(&town, "/v1/post-holders?single_point=yes", "holder").await, ["m-1"]);
        town.ok("leave-post", of_member(2, "post_b", "m-1")).await;
        assert!(listed(&town, "/v1/post-holders?single_point=yes", "holder").await.is_empty());
        town.rebuild_equals_live().await;
    })
    .await;
}

/// B6: a person outside the ledger says what he is, is no member, and is nothing that only members are.
#[tokio::test]
async fn nobody_slips_onto_a_roster_under_another_name() {
    both(async |town: Town| {
        town.set_time(NOW);
        filed(&town, 1, "base", 300, "four_plus_n").await;
        let take = async |data: Value, status, code| town.refused("take-post", data, status, code).await;
        take(of_person(1, "volunteers", "m-1", "volunteer"), 409, "grid.person_is_member").await;
        take(of_person(1, "section_cadre", "x-1", "section_cadre"), 409, "grid.source_of_the_ledger").await;
        take(json!({"grid": code(1), "slot": "volunteers", "person": "x-1"}), 422, "grid.source_needed").await;
        take(json!({"grid": code(1), "slot": "volunteers"}), 422, "grid.one_of_two").await;
        let mut claims = of_member(1, "section_cadre", "m-1");
        claims["source"] = json!("section_cadre");
        take(claims, 409, "grid.not_that_source").await;
        take(of_member(1, "unit_cadre", "m-99"), 404, "member.unknown").await;
        take(of_member(1, "fifth", "m-1"), 404, "grid.unknown_slot").await;
    })
    .await;
}

/// B7: 4+N by rank and unit on record, with a vacancy list.
#[tokio::test]
async fn four_plus_n_is_filled_by_rank_and_unit() {
    both(async |town: Town| {
        town.set_time(NOW);
        street_unit(&town).await;
        member(&town, "m-head", "section_cadre", "u-tax").await;
        member(&town, "m-street", "regular_cadre", "u-street").await;
        filed(&town, 1, "base", 300, "four_plus_n").await;
        filed(&town, 2, "base", 300, "four_plus_n").await;
        town.refused("take-post", of_member(1, "section_cadre", "m-1"), 409, "grid.wrong_source").await;
        town.refused("take-post", of_member(1, "street_cadre", "m-1"), 409, "grid.wrong_source").await;
        town.ok("take-post", of_member(1, "section_cadre", "m-head")).await;
        town.ok("take-post", of_member(1, "unit_cadre", "m-1")).await;
        town.ok("take-post", of_member(1, "street_cadre", "m-street")).await;
        town.ok("take-post", of_person(1, "community_cadre", "w-1", "community_worker")).await;
        for n in 0..5 {
            town.ok("take-post", of_person(1, "volunteers", &format!("v-{n}"), "volunteer")).await;
        }
        let full = roster(&town, 1, "").await;
        assert_eq!((&full["vacancies"], holders(&full).len()), (&json!(0), 9));
        assert_eq!(full["slots"][0]["holders"][0]["on_behalf_of"], "u-tax");
        assert_eq!(listed(&town, "/v1/grids?vacant=yes&community=5202", "grid").await, [code(2)]);
        let row = town.get("/v1/members/m-1").await;
        assert_eq!(row["posts"][0]["slot"], "unit_cadre");
    })
    .await;
}

/// B8, B9: two heads of two sides; a leader, a deputy, members with duty roles.
#[tokio::test]
async fn heads_and_deputies_and_their_duty_roles() {
    both(async |town: Town| {
        town.set_time(NOW);
        member(&town, "m-section", "section_cadre", "u-tax").await;
        town.ok("enrol-member", json!({"member": "m-county", "unit": "u-tax", "rank": "county_leader"})).await;
        filed(&town, 1, "base", 300, "double_heads").await;
        town.ok("take-post", of_member(1, "first_head", "m-section")).await;
        let head = of_person(1, "community_head", "w-1", "community_worker");
        town.ok("take-post", head).await;
        assert_eq!(listed(&town, "/v1/posts?slot=first_head&ended=no", "holder").await, ["m-section"]);
        filed(&town, 2, "base", 300, "head_deputy_members").await;
        town.ok("take-post", of_member(2, "head", "m-county")).await;
        town.refused("take-post", of_member(2, "deputy", "m-county"), 409, "grid.wrong_source").await;
        town.ok("take-post", of_member(2, "members", "m-2")).await;
        let role = |role: &str| json!({"grid": code(2), "slot": "members", "member": "m-2", "role": role});
        town.ok("assign-duty", role("mediator")).await;
        town.refused("assign-duty", role("eighth"), 409, "grid.role_not_listed").await;
        let matrix = roster(&town, 2, "").await;
        assert_eq!(matrix["slots"][2]["holders"][0]["duty_roles"], json!(["mediator"]));
        town.ok("relieve-duty", role("mediator")).await;
        assert_eq!(roster(&town, 2, "").await["slots"][2]["holders"][0]["duty_roles"], json!([]));
        let history = town.get("/v1/members/m-2/history").await.to_string();
        assert!(history.contains("DutyAssigned") && history.contains("DutyRelieved"));
    })
    .await;
}

/// B10, B15: 1+1+N, property staff as officers and couriers as mobile assistants.
#[tokio::test]
async fn other_sources_have_their_slots() {
    both(async |town: Town| {
        town.set_time(NOW);
        filed(&town, 1, "base", 300, "one_one_n").await;
        town.ok("take-post", of_member(1, "organ", "m-1")).await;
        town.ok("take-post", of_person(1, "community", "w-1", "community_worker")).await;
        let mut again = of_person(1, "organ", "w-1", "volunteer");
        town.refused("take-post", again.clone(), 409, "grid.wrong_source").await;
        again["slot"] = json!("volunteers");
        town.ok("take-post", again).await;
        filed(&town, 2, "base", 300, "double_heads").await;
        town.ok("take-post", of_person(2, "officers", "p-1", "property_staff")).await;
        let courier = |slot| of_person(2, slot, "c-1", "new_employment");
        town.refused("take-post", courier("officers"), 409, "grid.wrong_source").await;
        town.ok("take-post", courier("mobile_assistants")).await;
        assert_eq!(listed(&town, "/v1/posts?source=new_employment", "holder").await, ["c-1"]);
    })
    .await;
}

/// B11, B12: grid to building, building to head and members, member to households.
#[tokio::test]
async fn the_chain_goes_from_grid_to_household() {
    both(async |town: Town| {
        town.set_time(NOW);
        let estate = json!({"estate": "e-1", "community": COMMUNITY, "kind": "unit_dormitory", "name": "税务宿舍",
            "households": 40, "buildings": 1});
        town.ok("register-estate", estate).await;
        filed(&town, 1, "base", 300, "three_tier").await;
        let mut head = of_person(1, "building_heads", "p-1", "property_staff");
        head["estate"] = json!("e-9");
        town.refused("take-post", head.clone(), 409, "grid.estate_elsewhere").await;
        head["estate"] = json!("e-1");
        town.ok("take-post", head).await;
        let home =
            json!({"member": "m-1", "community": COMMUNITY, "dwelling": "unit_dormitory", "estate": "e-1"});
        town.ok("record-residence", home).await;
        town.ok("take-post", of_member(1, "building_heads", "m-1")).await;
        let chain = town.get(&format!("/v1/grid-chains/{COMMUNITY}")).await;
        assert_eq!(chain["grids"][code(1)]["estates"], json!(["e-1"]));
        assert_eq!(chain["buildings"]["e-1"]["members"], json!(["m-1"]));
        let head = format!("{}/building_heads/person/p-1", code(1));
        assert!(chain["buildings"]["e-1"]["heads"].as_object().unwrap().contains_key(&head));
        town.rebuild_equals_live().await;
    })
    .await;
}

/// B4, B13: grids and officers by division, and the ratio of full-time officers.
#[tokio::test]
async fn grids_and_officers_are_counted() {
    both(async |town: Town| {
        town.set_time(NOW);
        for n in 1..=4 {
            filed(&town, n, "base", 300, "grid_officers").await;
        }
        for (n, person) in [(1, "f-1"), (2, "f-2")] {
            town.ok("take-post", of_person(n, "full_time_officer", person, "full_time_officer")).await;
        }
        town.ok("take-post", of_member(3, "part_time_officer", "m-1")).await;
        let county = town.get("/v1/grid-counts/520201").await;
        assert_eq!((&county["base_grids"], &county["full_time_per_mille"]), (&json!(4), &json!(500)));
        assert_eq!(county["figures"]["holders_by_slot"]["part_time_officer"], 1);
        assert_eq!(listed(&town, "/v1/grid-counts?level=county", "division").await, ["520201"]);
        assert_eq!(listed(&town, "/v1/grids?full_time=no", "grid").await, [code(3), code(4)]);
        assert_eq!(listed(&town, "/v1/posts?slot=part_time_officer", "holder").await, ["m-1"]);
    })
    .await;
}

/// B3: five grids become seven from a day on: nobody and nothing is lost, history stays with the old codes.
#[tokio::test]
async fn five_grids_become_seven() {
    both(async |town: Town| {
        town.set_time(NOW);
        for n in 1..=5 {
            filed(&town, n, "base", 280, "four_plus_n").await;
        }
        town.ok("take-post", of_member(1, "unit_cadre", "m-1")).await;
        let old: Vec<String> = (1..=5).map(code).collect();
        let seven = |households: u32| (11..=17).map(|n| drawn(n, households, &["e-1"])).collect::<Vec<_>>();
        let redraw =
            |into: Vec<Value>| json!({"grids": old.clone(), "into": into, "effective": "2026-05-01"});
        town.refused("redraw-grids", redraw(seven(199)), 409, "grid.households_not_conserved").await;
        let mut lost = seven(200);
        lost.iter_mut().for_each(|grid| grid["estates"] = json!([]));
        town.refused("redraw-grids", redraw(lost), 409, "grid.estates_not_conserved").await;
        let receipt = town.ok("redraw-grids", redraw(seven(200))).await;
        let again = town.ok("redraw-grids", redraw(seven(200))).await;
        assert!(again["events"].as_array().unwrap().is_empty(), "the same redraw again is nothing new");
        let names = |stream: &str| {
            let events = receipt["events"].as_array().unwrap();
            events.iter().filter(|event| event["stream"] == stream).count()
        };
        assert_eq!((names(&format!("grid/{}", code(1))), names("member/m-1")), (2, 1));

        assert_eq!(holders(&roster(&town, 1, "?on=2026-04-30").await), ["unit_cadre:m-1"]);
        assert!(holders(&roster(&town, 1, "?on=2026-05-01").await).is_empty());
        assert_eq!(roster(&town, 1, "").await["status"], "filed");
        let take = of_member(11, "unit_cadre", "m-1");
        town.refused("take-post", take.clone(), 409, "grid.not_filed").await;
        town.acting("organisation-department", "o-1@5202").ok("file-grid", json!({"grid": code(11)})).await;
        town.ok("take-post", take).await;
        town.refused("take-post", of_member(1, "unit_cadre", "m-2"), 409, "grid.ended").await;
        assert!(holders(&roster(&town, 11, "?on=2026-04-30").await).is_empty());
        assert_eq!(holders(&roster(&town, 11, "?on=2026-05-01").await), ["unit_cadre:m-1"]);

        let counts = async || town.get("/v1/grid-counts/5202").await["base_grids"].clone();
        assert_eq!(counts().await, 5);
        town.set_time("2026-05-02T09:00:00+08:00");
        town.acting("organisation-department", "o-1@5202").ok("file-grid", json!({"grid": code(12)})).await;
        assert_eq!(counts().await, 7);
        let history = town.get(&format!("/v1/grids/{}/history", code(1))).await.to_string();
        assert!(history.contains("PostFilled") && history.contains("GridRedrawn"));
        assert_eq!(roster(&town, 11, "").await["predecessors"], json!(old));
        town.rebuild_equals_live().await;
    })
    .await;
}

/// B3: a split, a merge back under a new code, a close; each ends what it must and nothing else.
#[tokio::test]
async fn grids_are_split_merged_and_closed() {
    both(async |town: Town| {
        town.set_time(NOW);
        filed(&town, 1, "base", 300, "four_plus_n").await;
        let halves = json!([drawn(2, 100, &["e-1"]), drawn(3, 200, &[])]);
        let single = json!([drawn(2, 300, &["e-1"])]);
        let nothing = json!({"grid": code(1), "into": single});
        town.refused("split-grid", nothing, 422, "grid.nothing_redrawn").await;
        let past = json!({"grid": code(1), "into": halves, "effective": "2026-03-01"});
        town.refused("split-grid", past, 422, "grid.effective_past").await;
        town.ok("split-grid", json!({"grid": code(1), "into": halves})).await;
        assert_eq!(roster(&town, 2, "").await["template"], "four_plus_n");
        assert_eq!(roster(&town, 1, "").await["successors"], json!([code(2), code(3)]));
        let merge = json!({"grids": [code(2), code(3)], "into": drawn(4, 300, &["e-1"])});
        town.ok("merge-grids", merge).await;
        assert_eq!(listed(&town, "/v1/grids?status=ended", "grid").await, [code(1), code(2), code(3)]);
        town.refused("close-grid", json!({"grid": code(4)}), 409, "grid.households_left").await;
        filed(&town, 9, "emergency", 40, "ab_posts").await;
        town.ok("take-post", of_member(9, "post_b", "m-1")).await;
        town.ok("close-grid", json!({"grid": code(9)})).await;
        assert_eq!(town.get("/v1/members/m-1").await["posts"], json!([]));
        town.rebuild_equals_live().await;
    })
    .await;
}

/// B3, B6: the roster as it stood at a position and at a time, while what is now is otherwise.
#[tokio::test]
async fn a_roster_is_told_as_it_stood() {
    both(async |town: Town| {
        town.set_time(NOW);
        filed(&town, 1, "emergency", 40, "ab_posts").await;
        town.ok("take-post", of_member(1, "post_b", "m-1")).await;
        let then = town.position();
        town.set_time("2026-04-02T09:00:00+08:00");
        town.ok("leave-post", of_member(1, "post_b", "m-1")).await;
        town.ok("take-post", of_member(1, "post_b", "m-2")).await;
        assert_eq!(holders(&roster(&town, 1, "").await), ["post_b:m-2"]);
        assert_eq!(holders(&roster(&town, 1, &format!("?as_of={then}")).await), ["post_b:m-1"]);
        let time = "?as_of=2026-03-15T00:00:00%2B08:00";
        assert_eq!(holders(&roster(&town, 1, time).await), ["post_b:m-1"]);
        let bad = town.get_status(&format!("/v1/grids/{}/roster?on=yesterday", code(1))).await;
        assert_eq!((bad.0, bad.1["code"].as_str()), (422, Some("query.invalid_parameter")));
        assert_eq!(town.get_status(&format!("/v1/grids/{}/roster", code(7))).await.0, 404);
    })
    .await;
}

/// B7, A5: whoever is excluded or retires leaves every post, on both streams; and takes none.
#[tokio::test]
async fn whoever_leaves_service_leaves_the_rosters() {
    both(async |town: Town| {
        town.set_time(NOW);
        filed(&town, 1, "emergency", 40, "ab_posts").await;
        filed(&town, 2, "base", 300, "four_plus_n").await;
        town.ok("take-post", of_member(1, "post_b", "m-1")).await;
        town.ok("take-post", of_member(2, "unit_cadre", "m-1")).await;
        let excluded = json!({"member": "m-1", "reason": "village_aid", "from": "2026-03-02"});
        town.ok("exclude-member", excluded).await;
        assert!(holders(&roster(&town, 1, "").await).is_empty());
        assert!(holders(&roster(&town, 2, "").await).is_empty());
        assert_eq!(town.get("/v1/members/m-1").await["posts_count"], 0);
        town.refused("take-post", of_member(1, "post_b", "m-1"), 409, "member.excluded").await;
        town.ok("take-post", of_member(1, "post_b", "m-2")).await;
        town.ok("retire-member", json!({"member": "m-2"})).await;
        assert!(holders(&roster(&town, 1, "").await).is_empty());
        town.refused("take-post", of_member(1, "post_b", "m-2"), 409, "member.retired").await;
    })
    .await;
}

/// B7: a post needs a tie to the community: a report there, or a home.
#[tokio::test]
async fn a_stranger_to_the_community_takes_no_post() {
    both(async |town: Town| {
        town.set_time(NOW);
        filed(&town, 1, "emergency", 40, "ab_posts").await;
        town.ok("enrol-member", json!({"member": "m-4", "unit": "u-tax", "rank": "regular_cadre"})).await;
        town.refused("take-post", of_member(1, "post_b", "m-4"), 409, "member.not_reported").await;
        let home = json!({"member": "m-4", "community": COMMUNITY, "dwelling": "self_built"});
        town.ok("record-residence", home).await;
        town.ok("take-post", of_member(1, "post_b", "m-4")).await;
    })
    .await;
}

/// B17: duties are listed by slot with their last day, done by holders only, and told as duty.
#[tokio::test]
async fn a_duty_list_is_published_and_worked_off() {
    both(async |town: Town| {
        town.set_time(NOW);
        filed(&town, 1, "emergency", 40, "ab_posts").await;
        town.ok("take-post", of_member(1, "post_b", "m-1")).await;
        let items = json!([
            {"item": "patrol", "slot": "post_b"},
            {"item": "phone-tree", "slot": "post_a", "due": "2026-03-10"},
            {"item": "drill", "slot": "post_b", "due": "2026-03-10"},
        ]);
        let list = json!({"grid": code(1), "list": "2026-03", "items": items});
        town.ok("publish-duty-list", list).await;
        let done = |item: &str, member: &str| {
            json!({"grid": code(1), "list": "2026-03", "item": item, "member": member})
        };
        town.refused("complete-duty", done("patrol", "m-2"), 409, "grid.not_their_duty").await;
        town.refused("complete-duty", done("phone-tree", "m-1"), 409, "grid.not_their_duty").await;
        town.refused("complete-duty", done("sweep", "m-1"), 404, "grid.unknown_duty").await;
        town.ok("complete-duty", done("patrol", "m-1")).await;
        town.set_time("2026-03-12T09:00:00+08:00");
        town.ok("complete-duty", done("drill", "m-1")).await;
        let open = "/v1/duties?state=open&due_before=2026-03-12";
        assert_eq!(listed(&town, open, "item").await, ["phone-tree"]);
        assert_eq!(listed(&town, "/v1/duties?state=done_late", "item").await, ["drill"]);
        assert_eq!(listed(&town, "/v1/duties?list=2026-03", "item").await.len(), 3);
        let now = roster(&town, 1, "").await;
        assert_eq!((&now["duties"], &now["duties_done"], &now["duties_late"]), (&json!(3), &json!(2), &json!(1)));
        assert_eq!(now["slots"][1]["duties_done"], 2);
        let history = town.get("/v1/members/m-1/history").await.to_string();
        assert!(history.contains("DutyDone"));
        town.rebuild_equals_live().await;
    })
    .await;
}

/// B17, E6: a volunteer's post is no duty and no ground; a posted cadre's is.
#[tokio::test]
async fn only_a_duty_post_is_a_ground() {
    both(async |town: Town| {
        town.set_time(NOW);
        filed(&town, 1, "base", 300, "four_plus_n").await;
        let home = json!({"member": "m-1", "community": COMMUNITY, "dwelling": "self_built"});
        town.ok("record-residence", home).await;
        town.ok("take-post", of_member(1, "volunteers", "m-1")).await;
        town.ok("take-post", of_member(1, "unit_cadre", "m-2")).await;
        let inactive = |member: &str| json!({"member": member, "ground": "inactive", "grid": code(1)});
        town.refused("record-misconduct", inactive("m-1"), 409, "discipline.no_duty").await;
        town.ok("record-misconduct", inactive("m-2")).await;
        town.ok("leave-post", of_member(1, "unit_cadre", "m-2")).await;
        town.refused("record-misconduct", inactive("m-2"), 409, "discipline.no_duty").await;
    })
    .await;
}
