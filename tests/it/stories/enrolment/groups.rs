//! 自选编组 (C6).

use serde_json::json;
use tests::town::{Town, both};

use super::{C1, C2, ids, of};

/// C6: a group is joined freely by who has reported there; its roster notes the skills that fit and can be told as it
/// stood; the member's own history tells it too.
#[tokio::test]
async fn groups_are_joined_freely_and_matched_by_skill() {
    both(async |town: Town| {
        let skilled = json!({"member": "m-4", "unit": "u-tax", "rank": "member", "skills": ["law", "tutoring"]});
        town.ok("enrol-member", skilled).await;
        town.ok("report", json!({"member": "m-4", "kind": "unit_linked", "community": C1})).await;
        let group =
            json!({"group": "g-1", "community": C1, "name": "法律援助队", "categories": ["law", "mediation"]});
        town.ok("form-group", group).await;
        town.ok("join-group", json!({"member": "m-1", "group": "g-1"})).await;
        let before = town.position();
        town.ok("join-group", json!({"member": "m-4", "group": "g-1"})).await;
        let row = town.get("/v1/groups/g-1").await;
        assert_eq!(of(&row, &["members_count", "uncovered"]), json!([2, ["mediation"]]));
        assert_eq!(of(&row["members"][1], &["member", "skilled_in"]), json!(["m-4", ["law"]]));
        let then = town.get(&format!("/v1/groups/g-1?as_of={before}")).await;
        assert_eq!(of(&then, &["members_count", "uncovered"]), json!([1, ["law", "mediation"]]));
        let history = town.get("/v1/members/m-4/history").await;
        assert!(ids(&history, "type").contains(&"GroupJoined".to_owned()));

        let far = json!({"group": "g-2", "community": C2, "name": "四点半课堂", "categories": ["tutoring"]});
        town.ok("form-group", far).await;
        let stranger = json!({"member": "m-1", "group": "g-2"});
        town.refused("join-group", stranger, 409, "member.not_reported").await;
        let nowhere = json!({"member": "m-1", "group": "g-9"});
        town.refused("join-group", nowhere, 404, "group.unknown").await;
        town.ok("leave-group", json!({"member": "m-4", "group": "g-1"})).await;
        assert_eq!(town.get("/v1/groups/g-1").await["members_count"], 1);
        town.rebuild_equals_live().await;
    })
    .await;
}

/// C6: a group that is dissolved lets all its members go in the same step.
#[tokio::test]
async fn a_dissolved_group_lets_all_its_members_go() {
    both(async |town: Town| {
        let group =
            json!({"group": "g-1", "community": C1, "name": "四点半课堂", "categories": ["tutoring"]});
        town.ok("form-group", group).await;
        for member in ["m-1", "m-2", "m-3"] {
            town.ok("join-group", json!({"member": member, "group": "g-1"})).await;
        }
        town.ok("dissolve-group", json!({"group": "g-1"})).await;
        let row = town.get("/v1/groups?status=dissolved").await;
        assert_eq!(ids(&row, "group"), ["g-1"]);
        assert_eq!(row["items"][0]["members"], json!([]));
        assert_eq!(town.get("/v1/members/m-2").await["groups"], json!([]));
        let late = json!({"member": "m-1", "group": "g-1"});
        town.refused("join-group", late, 409, "group.dissolved").await;
        town.rebuild_equals_live().await;
    })
    .await;
}
