//! What holders owe, and who leaves.

use serde_json::json;
use tests::town::{Town, both};

use super::*;

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
