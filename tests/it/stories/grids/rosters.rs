//! Who may stand where, and what that leaves open.

use serde_json::{Value, json};
use tests::town::{Town, both};

use super::*;

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
        take(json!({"grid": code(1), "slot": "volunteers", "person": "x-1"}), 422, "grid.source_needed")
            .await;
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
        town.ok("enrol-member", json!({"member": "m-county", "unit": "u-tax", "rank": "county_leader"}))
            .await;
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
