//! Drawn, filed, counted, redrawn, closed.

use serde_json::{Value, json};
use tests::town::{Town, both};

use super::*;

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
        for grid in &mut lost {
            grid["estates"] = json!([]);
        }
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
        assert_eq!(town.get("/v1/members/m-1").await["posts_count"], 0);
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
