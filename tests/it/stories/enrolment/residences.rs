//! 《家庭居住地台账》 and service in an estate (A4, A8).

use serde_json::json;
use tests::town::{Town, both};

use super::{C1, C2, estate, ids, lives, of, reports};

const COUNTS: [&str; 4] = ["members", "due", "reported", "missing"];

/// A4: members stand in the ledger by estate, by building or in the community's own, by kind of dwelling, and every
/// residence names a registered estate of that community and kind.
#[tokio::test]
async fn the_three_ledgers_are_kept_by_kind_of_dwelling() {
    both(async |town: Town| {
        estate(&town, "e-1", C1, "large_estate").await;
        estate(&town, "b-1", C1, "unit_dormitory").await;
        lives(&town, "m-1", C1, "large_estate", Some("e-1")).await;
        lives(&town, "m-2", C1, "unit_dormitory", Some("b-1")).await;
        lives(&town, "m-3", C1, "relocation_street", None).await;
        reports(&town, "m-1", "residence", C1).await;
        for (key, counts) in [
            (C1.to_owned(), json!([3, 3, 1, 2])),
            (format!("{C1}/estate"), json!([1, 1, 1, 0])),
            (format!("{C1}/estate/e-1"), json!([1, 1, 1, 0])),
            (format!("{C1}/building/b-1"), json!([1, 1, 0, 1])),
            (format!("{C1}/community"), json!([1, 1, 0, 1])),
        ] {
            let row = town.get(&format!("/v1/residence-ledgers/{key}")).await;
            assert_eq!(of(&row, &COUNTS), counts, "{key}");
        }
        let home = |dwelling: &str, estate: Option<&str>, community: &str| {
            json!({"member": "m-3", "community": community, "dwelling": dwelling, "estate": estate})
        };
        let refused = async |data, status, code: &str| {
            town.refused("record-residence", data, status, code).await;
        };
        refused(home("large_estate", Some("e-9"), C1), 404, "estate.unknown").await;
        refused(home("large_estate", Some("e-1"), C2), 409, "estate.elsewhere").await;
        refused(home("large_estate", Some("b-1"), C1), 409, "estate.other_kind").await;
        refused(home("large_estate", None, C1), 422, "member.estate_needed").await;
        refused(home("self_built", Some("e-1"), C1), 422, "member.estate_not_wanted").await;
        let link = json!({"unit": "u-tax", "community": C2, "estate": "e-1"});
        town.refused("link-unit", link, 409, "estate.elsewhere").await;
        town.ok("link-unit", json!({"unit": "u-tax", "community": C1, "estate": "e-1"})).await;
        town.rebuild_equals_live().await;
    })
    .await;
}

/// A2, A4: a move to another community keeps the history, lets the old residence report lapse, and moves the counts.
#[tokio::test]
async fn a_move_takes_the_counts_along_and_owes_the_report_anew() {
    both(async |town: Town| {
        town.set_time("2026-03-02T09:00:00+08:00");
        lives(&town, "m-1", C1, "self_built", None).await;
        reports(&town, "m-1", "residence", C1).await;
        town.set_time("2026-04-02T09:00:00+08:00");
        lives(&town, "m-1", C2, "self_built", None).await;
        let old = town.get(&format!("/v1/residence-ledgers/{C1}")).await;
        let new = town.get(&format!("/v1/residence-ledgers/{C2}")).await;
        assert_eq!(of(&old, &COUNTS), json!([0, 0, 0, 0]));
        assert_eq!(of(&new, &COUNTS), json!([1, 1, 0, 1]));
        let row = town.get("/v1/members/m-1").await;
        assert_eq!(of(&row, &["missing", "first_report_due"]), json!([["residence"], "2026-05-02"]));
        let spells: Vec<_> = row["residences"].as_array().unwrap().iter().collect();
        assert_eq!(of(&spells[0]["residence"], &["community", "ledger"]), json!([C1, "community"]));
        assert_eq!((&spells[0]["left_on"], &spells[1]["left_on"]), (&json!("2026-04-02"), &json!(null)));
        let lived_here = town.get(&format!("/v1/members?community={C2}")).await;
        assert_eq!(ids(&lived_here, "member"), ["m-1"]);
        town.rebuild_equals_live().await;
    })
    .await;
}

/// A4: communities are re-cut: the estate lies in another one, its residents follow as they are recorded, their
/// reports stand, and the old row goes when it is empty.
#[tokio::test]
async fn a_re_cut_community_hands_its_estate_over() {
    both(async |town: Town| {
        estate(&town, "e-1", C1, "large_estate").await;
        lives(&town, "m-1", C1, "large_estate", Some("e-1")).await;
        reports(&town, "m-1", "residence", C1).await;
        let before = town.position();
        town.ok("move-estate", json!({"estate": "e-1", "community": C2})).await;
        let old = town.get(&format!("/v1/residence-ledgers/{C1}/estate/e-1")).await;
        assert_eq!(of(&old, &["members", "estates", "name"]), json!([1, 0, null]));
        lives(&town, "m-1", C2, "large_estate", Some("e-1")).await;
        let (status, _) = town.get_status(&format!("/v1/residence-ledgers/{C1}/estate/e-1")).await;
        assert_eq!(status, 404);
        let new = town.get(&format!("/v1/residence-ledgers/{C2}/estate/e-1")).await;
        assert_eq!(of(&new, &["members", "reported", "estates", "name"]), json!([1, 1, 1, "e-1 小区"]));
        let row = town.get("/v1/estates/e-1").await;
        assert_eq!(of(&row, &["community", "earlier_communities"]), json!([C2, [C1]]));
        let then = town.get(&format!("/v1/estates/e-1?as_of={before}")).await;
        assert_eq!(of(&then, &["community", "earlier_communities"]), json!([C1, []]));
        town.rebuild_equals_live().await;
    })
    .await;
}

/// A8: 报到在社区、服务在小区: who has reported to the community serves in one of its estates, as the estate's roster
/// and the member's row tell, also as they stood.
#[tokio::test]
async fn members_report_to_the_community_and_serve_in_an_estate() {
    both(async |town: Town| {
        estate(&town, "e-1", C1, "large_estate").await;
        estate(&town, "e-2", C2, "large_estate").await;
        lives(&town, "m-1", C2, "self_built", None).await;
        town.ok("assign-to-estate", json!({"member": "m-1", "estate": "e-1"})).await;
        let before = town.position();
        let elsewhere = json!({"member": "m-1", "estate": "e-2"});
        town.refused("assign-to-estate", elsewhere, 409, "member.not_reported").await;
        let nowhere = json!({"member": "m-1", "estate": "e-9"});
        town.refused("assign-to-estate", nowhere, 404, "estate.unknown").await;
        let roster = town.get("/v1/estates/e-1").await;
        assert_eq!(of(&roster, &["serving_count"]), json!([1]));
        assert_eq!(roster["serving"][0]["member"], "m-1");
        let row = town.get("/v1/members/m-1").await;
        assert_eq!(row["service_estates"][0]["estate"], "e-1");
        assert_eq!(row["residence"]["community"], C2, "to serve here is not to live here");
        town.ok("leave-estate", json!({"member": "m-1", "estate": "e-1"})).await;
        assert_eq!(town.get("/v1/estates/e-1").await["serving"], json!([]));
        let then = town.get(&format!("/v1/estates/e-1?as_of={before}")).await;
        assert_eq!(then["serving"][0]["member"], "m-1");
        town.rebuild_equals_live().await;
    })
    .await;
}
