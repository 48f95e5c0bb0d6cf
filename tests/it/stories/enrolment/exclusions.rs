//! 三类不纳入 (A5).

use projections::sheets;
use serde_json::{Value, json};
use tests::town::{Town, both};

use super::{C1, estate, ids, lives, of, reports};

const GRID: &str = "520201016001001";

async fn settle(town: &Town) {
    town.set_time("2026-03-02T09:00:00+08:00");
    estate(town, "e-1", C1, "large_estate").await;
    for member in ["m-1", "m-2"] {
        lives(town, member, C1, "large_estate", Some("e-1")).await;
        reports(town, member, "residence", C1).await;
    }
}

/// m-1 takes part in everything that there is.
async fn take_part(town: &Town) {
    town.ok("assign-to-estate", json!({"member": "m-1", "estate": "e-1"})).await;
    let group = json!({"group": "g-1", "community": C1, "name": "四点半课堂", "categories": ["tutoring"]});
    town.ok("form-group", group).await;
    town.ok("join-group", json!({"member": "m-1", "group": "g-1"})).await;
    let grid = json!({"grid": GRID, "kind": "base", "households": 300, "template": "grid_officers"});
    town.ok("define-grid", grid).await;
    town.ok("file-grid", json!({"grid": GRID})).await;
    let post = json!({"grid": GRID, "slot": "part_time_officer", "member": "m-1", "source": "unit_cadre"});
    town.ok("take-post", post).await;
    let household = json!({"household": "h-1", "community": C1, "needs": ["elderly"], "consent": true});
    town.ok("register-household", household).await;
    town.ok("pair-household", json!({"household": "h-1", "member": "m-1"})).await;
    let wish = json!({"demand": "d-1", "wish": "micro_wish", "channel": "window", "category": "appliance_repair",
        "community": C1, "urgency": "routine"});
    town.ok("post-wish", wish).await;
    town.ok("screen-demand", json!({"demand": "d-1"})).await;
    town.ok("publish-wish", json!({"demand": "d-1"})).await;
    town.ok("claim-wish", json!({"demand": "d-1", "member": "m-1"})).await;
}

/// A5: whoever is excluded is out of every denominator and roster in one step, and what was claimed is free again.
#[tokio::test]
async fn the_excluded_are_out_of_every_denominator_and_roster() {
    both(async |town: Town| {
        settle(&town).await;
        take_part(&town).await;
        let excluded =
            json!({"member": "m-1", "reason": "village_aid", "from": "2026-03-02", "until": "2028-03-01"});
        town.ok("exclude-member", excluded).await;
        let row = town.get("/v1/members/m-1").await;
        assert_eq!(
            of(&row, &["status", "missing", "groups", "service_estates"]),
            json!(["excluded", [], [], []])
        );
        assert_eq!(
            of(&row, &["excluded_from", "excluded_until", "turns_on"]),
            json!(["2026-03-02", "2028-03-01", "2028-03-02"])
        );
        assert_eq!(of(&row["posts"][0], &["grid", "left_on"]), json!([GRID, "2026-03-02"]));
        assert_eq!(town.get("/v1/groups/g-1").await["members"], json!([]));
        assert_eq!(town.get("/v1/estates/e-1").await["serving"], json!([]));
        let unit = town.get("/v1/report-coverage/unit/u-tax").await;
        assert_eq!(of(&unit, &["members", "excluded"]), json!([1, null]));
        assert_eq!(of(&unit["residence"], &["due", "reported", "rate"]), json!([1, 1, 100.0]));
        let county = town.get("/v1/report-coverage/division/520201").await;
        assert_eq!(of(&county, &["members", "excluded"]), json!([1, 1]));
        let ledger = town.get(&format!("/v1/residence-ledgers/{C1}/estate/e-1")).await;
        assert_eq!(of(&ledger, &["members", "reported"]), json!([1, 1]));
        town.ok("claim-wish", json!({"demand": "d-1", "member": "m-2"})).await;
        town.ok("pair-household", json!({"household": "h-1", "member": "m-2"})).await;
        let again = json!({"demand": "d-1", "member": "m-1"});
        town.refused("claim-wish", again, 409, "demand.taken_already").await;
        let group = json!({"member": "m-1", "group": "g-1"});
        town.refused("join-group", group, 409, "member.excluded").await;
        town.rebuild_equals_live().await;
    })
    .await;
}

/// A5: an exclusion that lies ahead waits for its day, ends by itself behind its last, and counts nobody out before.
#[tokio::test]
async fn an_exclusion_begins_and_ends_on_its_days() {
    both(async |town: Town| {
        settle(&town).await;
        town.ok("assign-to-estate", json!({"member": "m-1", "estate": "e-1"})).await;
        let ahead =
            json!({"member": "m-1", "reason": "seconded_away", "from": "2026-04-01", "until": "2026-04-30"});
        town.ok("exclude-member", ahead).await;
        let members = async || town.get("/v1/report-coverage/unit/u-tax").await["members"].clone();
        assert_eq!(members().await, 2);
        let turn = json!({"member": "m-1"});
        town.ok("turn-exclusion", turn.clone()).await;
        assert_eq!(members().await, 2, "its day has not come");
        town.set_time("2026-04-01T00:10:00+08:00");
        let due = town.get("/v1/members?turns_on_before=2026-04-02&turns_on_from=2026-01-01").await;
        assert_eq!(ids(&due, "member"), ["m-1"]);
        town.react().await;
        assert_eq!(members().await, 1, "the day turned by itself");
        assert_eq!(town.get("/v1/estates/e-1").await["serving"], json!([]));
        town.set_time("2026-05-01T00:10:00+08:00");
        town.react().await;
        assert_eq!(members().await, 2);
        let row = town.get("/v1/members/m-1").await;
        assert_eq!(of(&row, &["status", "missing", "turns_on"]), json!(["active", [], null]));
        let nothing = town.ok("turn-exclusion", turn).await;
        assert!(nothing["events"].as_array().unwrap().is_empty());
        town.rebuild_equals_live().await;
    })
    .await;
}

/// A5: the list is closed, one exclusion runs at a time, and a member is reinstated from today or an earlier day.
#[tokio::test]
async fn exclusions_follow_the_closed_list_and_one_another() {
    both(async |town: Town| {
        settle(&town).await;
        let asks = |reason: &str, from: &str| json!({"member": "m-1", "reason": reason, "from": from});
        let (status, _) = town.submit("exclude-member", &asks("on_holiday", "2026-03-02")).await;
        assert_eq!(status, 422);
        town.ok("exclude-member", asks("special_post", "2026-03-02")).await;
        let other = asks("village_aid", "2026-03-02");
        town.refused("exclude-member", other, 409, "member.excluded_otherwise").await;
        let early = json!({"member": "m-1", "from": "2026-03-03"});
        town.refused("reinstate-member", early, 422, "member.day_ahead").await;
        town.ok("reinstate-member", json!({"member": "m-1"})).await;
        let second = json!({"member": "m-2"});
        town.refused("reinstate-member", second, 409, "member.not_excluded").await;
        assert_eq!(town.get("/v1/members/m-1").await["status"], "active");
    })
    .await;
}

/// A5: no row of any sheet tells the secret reason: with another reason every row comes out the same.
#[tokio::test]
async fn no_row_tells_why_somebody_is_excluded() {
    async fn rows(town: &Town, reason: &str) -> Vec<(String, Value)> {
        town.ok("exclude-member", json!({"member": "m-1", "reason": reason, "from": "2026-03-02"})).await;
        town.get("/v1/members/m-1").await;
        let mut all = vec![];
        for sheet in sheets::sheets() {
            town.app().reached(&sheet, town.position()).await.unwrap();
            for (key, body) in town.rows(&sheet).await {
                assert!(!body.contains(reason), "{} {key}: {body}", sheet.name);
                all.push((format!("{}/{key}", sheet.name), serde_json::from_str(&body).unwrap()));
            }
        }
        all
    }
    let secret = std::sync::Mutex::new(vec![]);
    both(async |town: Town| {
        settle(&town).await;
        let told = rows(&town, "special_post").await;
        secret.lock().unwrap().push(told);
    })
    .await;
    both(async |town: Town| {
        settle(&town).await;
        let told = rows(&town, "village_aid").await;
        assert!(secret.lock().unwrap().iter().all(|other| *other == told));
    })
    .await;
}
