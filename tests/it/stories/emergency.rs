//! 平急转换: a scope is turned to emergency, members come to their grids, and it is turned back (F3, F4).

use aggregates::Role;
use reqwest::Method;
use serde_json::{Value, json};
use tests::door::Door;
use tests::town::{Town, both};

const NOW: &str = "2026-03-02T09:00:00+08:00";
const COMMUNITY: &str = "520201016001";
const OTHER: &str = "520201016002";
const STREET: &str = "520201016";
const GRID: &str = "520201016001001";

/// A grid with A and B posts, filed; m-1 is B, a worker A.
async fn posted(town: &Town) {
    town.set_time(NOW);
    let grid = json!({"grid": GRID, "name": "临河网格", "kind": "emergency", "households": 40, "template": "ab_posts"});
    town.ok("define-grid", grid).await;
    town.acting("organisation-department", "o-1@5202").ok("file-grid", json!({"grid": GRID})).await;
    town.ok("take-post", json!({"grid": GRID, "slot": "post_b", "member": "m-1"})).await;
    let worker = json!({"grid": GRID, "slot": "post_a", "person": "w-1", "source": "community_worker"});
    town.ok("take-post", worker).await;
}

fn emergency(id: &str, scope: &str, grids: &[&str]) -> Value {
    json!({"emergency": id, "scope": scope, "grids": grids, "plan": "flood-2026", "title": "防汛应急预案"})
}

async fn mode(town: &Town, place: &str) -> Value {
    town.get(&format!("/v1/modes/{place}")).await
}

/// F3, F4: one act turns a grid to emergency with its plan; who holds its posts is due, comes once, and is on the roster; one act turns it
/// back, and from then on nobody comes. The member's own history tells it, and no minute and no point comes of it.
#[tokio::test]
async fn a_grid_is_turned_to_emergency_and_back() {
    both(async |town: Town| {
        posted(&town).await;
        assert_eq!(mode(&town, GRID).await["mode"], "routine");
        town.refused("muster", json!({"emergency": "e-1", "member": "m-1"}), 404, "emergency.unknown").await;
        let worker = town.acting("community-worker", "w-1@520201016001");
        worker.ok("declare-emergency", emergency("e-1", COMMUNITY, &[GRID])).await;
        let row = town.get("/v1/emergencies/e-1").await;
        assert_eq!(
            (&row["state"], &row["plan"], &row["declared_at"]),
            (&json!("in_force"), &json!("flood-2026"), &json!(NOW))
        );
        let public = town.acting("public", "x-1");
        let now = mode(&public, GRID).await;
        assert_eq!(
            (&now["mode"], &now["emergencies"][0]["title"]),
            (&json!("emergency"), &json!("防汛应急预案"))
        );
        assert_eq!(mode(&town, "520201016001002").await["mode"], "routine");
        let street = mode(&town, STREET).await;
        assert_eq!((&street["mode"], &street["parts"][0]["emergency"]), (&json!("routine"), &json!("e-1")));

        let before = town.get("/v1/members/m-1/point-card?year=2026").await;
        let member = town.acting("member", "m-1");
        member.ok("muster", json!({"emergency": "e-1", "member": "m-1"})).await;
        let again = town.position();
        member.ok("muster", json!({"emergency": "e-1", "member": "m-1"})).await;
        assert_eq!(town.position(), again, "who has come has come");
        town.ok("muster", json!({"emergency": "e-1", "member": "m-3"})).await;
        let roster = worker.get("/v1/emergencies/e-1/roster").await;
        assert_eq!((&roster["due"], &roster["there"]), (&json!(1), &json!(1)));
        let holders = roster["items"][0]["holders"].as_array().unwrap();
        assert_eq!((&holders[0]["slot"], &holders[0]["due"]), (&json!("post_a"), &json!(false)));
        assert_eq!((&holders[1]["holder"], &holders[1]["mustered_at"]), (&json!("m-1"), &json!(NOW)));
        assert_eq!(roster["others"][0]["member"], "m-3");
        let history = town.get("/v1/members/m-1/history").await;
        assert!(history["items"].as_array().unwrap().iter().any(|line| line["type"] == "Mustered"));
        assert_eq!(town.get("/v1/members/m-1/point-card?year=2026").await["total"], before["total"]);

        worker.ok("stand-down", json!({"emergency": "e-1"})).await;
        assert_eq!(mode(&public, GRID).await["mode"], "routine");
        let row = town.get("/v1/emergencies?state=over").await["items"][0].clone();
        assert_eq!(
            (&row["outcome"], &row["mustered"], &row["mustered_posted"]),
            (&json!("resolved"), &json!(2), &json!(1))
        );
        town.acting("member", "m-2")
            .refused("muster", json!({"emergency": "e-1", "member": "m-2"}), 409, "emergency.over")
            .await;
        let otherwise = json!({"emergency": "e-1", "outcome": "mistaken"});
        town.refused("stand-down", otherwise, 409, "emergency.over").await;
        let file = worker.request(Method::GET, "/v1/musters?emergency=e-1&format=csv").send().await.unwrap();
        assert_eq!(file.text().await.unwrap().lines().count(), 3, "a head and who came");
        worker.ok("declare-emergency", emergency("e-2", COMMUNITY, &[GRID])).await;
        town.rebuild_equals_live().await;
    })
    .await;
}

/// F3: a place is turned once, whoever declares it; what is wider may be declared above it. Unknown places are not turned.
#[tokio::test]
async fn a_place_in_emergency_is_not_turned_again() {
    both(async |town: Town| {
        posted(&town).await;
        let refused = async |data, status, code| town.refused("declare-emergency", data, status, code).await;
        refused(emergency("e-1", "520201018", &[]), 404, "division.unknown").await;
        refused(emergency("e-1", COMMUNITY, &["520201016001009"]), 404, "grid.unknown").await;
        refused(emergency("e-1", "5202", &[]), 422, "emergency.scope_level").await;
        town.ok("declare-emergency", emergency("e-1", COMMUNITY, &[])).await;
        refused(emergency("e-2", COMMUNITY, &[]), 409, "emergency.in_force").await;
        refused(emergency("e-2", COMMUNITY, &[GRID]), 409, "emergency.in_force").await;
        refused(emergency("e-1", STREET, &[]), 409, "emergency.declared_otherwise").await;
        town.ok("declare-emergency", emergency("e-2", STREET, &[])).await;
        refused(emergency("e-3", OTHER, &[]), 409, "emergency.in_force").await;
        let both = mode(&town, GRID).await;
        let names: Vec<&str> = both["emergencies"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["emergency"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["e-2", "e-1"]);
        town.ok("close-grid", json!({"grid": GRID})).await;
        town.ok("stand-down", json!({"emergency": "e-2", "outcome": "drill_ended"})).await;
        town.ok("stand-down", json!({"emergency": "e-1"})).await;
        refused(emergency("e-4", COMMUNITY, &[GRID]), 409, "grid.ended").await;
        town.rebuild_equals_live().await;
    })
    .await;
}

/// F3, F4: an office turns what lies in its division and no more; a member comes in person and sees his own line alone; the public is told that there
/// is an emergency and not who came. What an office reads of it is recorded.
#[tokio::test]
async fn each_has_a_part_in_an_emergency() {
    both(async |town: Town| {
        posted(&town).await;
        let worker = town.acting("community-worker", "w-1@520201016001");
        let elsewhere = town.acting("community-worker", "w-2@520201016002");
        let street = town.acting("organisation-department", "o-1@520201016");
        worker.refused("declare-emergency", emergency("e-1", STREET, &[]), 403, "authority.elsewhere").await;
        for role in ["public", "resident", "member", "auditor"] {
            let actor = town.acting(role, "m-1");
            actor
                .refused("declare-emergency", emergency("e-1", COMMUNITY, &[]), 403, "authority.not_yours")
                .await;
            actor.refused("stand-down", json!({"emergency": "e-1"}), 403, "authority.not_yours").await;
        }
        street.ok("declare-emergency", emergency("e-1", STREET, &[])).await;
        worker.refused("stand-down", json!({"emergency": "e-1"}), 403, "authority.elsewhere").await;
        let member = town.acting("member", "m-1");
        member
            .refused("muster", json!({"emergency": "e-1", "member": "m-2"}), 403, "emergency.own_word")
            .await;
        member.ok("muster", json!({"emergency": "e-1", "member": "m-1"})).await;
        worker.ok("muster", json!({"emergency": "e-1", "member": "m-2"})).await;
        let absent = json!({"emergency": "e-1", "member": "m-3"});
        elsewhere.refused("muster", absent, 403, "authority.elsewhere").await;

        let own = member.get("/v1/emergencies/e-1/roster").await;
        assert_eq!((own["items"][0]["holders"].as_array().unwrap().len(), &own["others"]), (1, &json!([])));
        let here = worker.get("/v1/emergencies/e-1/roster").await;
        assert_eq!((&here["due"], here["others"].as_array().unwrap().len()), (&json!(1), 1));
        let there = elsewhere.get("/v1/emergencies/e-1/roster").await;
        assert_eq!((&there["items"], &there["others"]), (&json!([]), &json!([])));
        let public = town.acting("public", "x-1");
        assert_eq!(public.get_status("/v1/emergencies/e-1").await.0, 200);
        for path in ["/v1/emergencies/e-1/roster", "/v1/musters", "/v1/emergencies/e-1/history"] {
            assert_eq!(public.get_status(path).await.0, 403, "{path}");
        }
        assert_eq!(street.get_status("/v1/emergencies/e-1/history").await.0, 200);
        assert_eq!(town.get_status("/v1/modes/nowhere").await.0, 404);
        let door = Door::of(&town).await;
        door.login("wang", Role::CommunityWorker, "w-1", Some(COMMUNITY)).await;
        let cookie = door.cookie("wang").await;
        let ask = door.request(Method::GET, "/v1/emergencies/e-1/roster").header("cookie", cookie);
        let before = town.position_now().await;
        assert_eq!(door.send(ask).await.0, 200);
        assert_eq!(town.position_now().await, before + 1, "the reading is recorded");
    })
    .await;
}
