use serde_json::json;
use tests::town::{Town, both};

use super::{PHOENIX, served, total};

/// D1, C5: bonuses, penalties and rated services make lines; a line taken back restores the card, and takes the unit's
/// share with it; every figure is the sum of its lines.
#[tokio::test]
async fn a_line_taken_back_restores_the_card_and_the_units_share() {
    both(async |town: Town| {
        town.set_time("2026-03-02T09:00:00+08:00");
        town.ok("report-unit", json!({"unit": "u-tax", "community": PHOENIX})).await;
        served(&town, "d-1", "m-1", 5).await;
        assert_eq!((total(&town, "members/m-1").await, total(&town, "units/u-tax").await), (85, 81));
        let line =
            |clause: &str| json!({"member": "m-1", "clause": clause, "work": "duty", "community": PHOENIX});
        town.ok("award-bonus", line("skill_lesson")).await;
        town.ok("record-penalty", line("duty_missed")).await;
        let card = town.get("/v1/members/m-1/point-card?year=2026").await;
        assert_eq!((card["awarded"].as_i64(), card["deducted"].as_i64()), (Some(7), Some(3)));
        assert_eq!((card["duty_points"].as_i64(), card["voluntary_points"].as_i64()), (Some(-1), Some(5)));
        let lines = card["lines"].as_array().unwrap();
        let sum: i64 = lines.iter().map(|line| line["points"].as_i64().unwrap()).sum();
        assert_eq!(card["total"].as_i64(), Some(80 + sum));
        assert_eq!(lines[0]["shared_with"], "u-tax");
        let share = json!({"unit": "u-tax", "year": 2026, "line": "2026-1"});
        town.refused("reverse-points", share, 409, "points.share_follows").await;
        let service = json!({"member": "m-1", "year": 2026, "line": "2026-1"});
        town.ok("reverse-points", service.clone()).await;
        assert_eq!((total(&town, "members/m-1").await, total(&town, "units/u-tax").await), (79, 80));
        town.refused("reverse-points", service, 409, "points.reversed_already").await;
        town.refused("award-bonus", line("no_such_clause"), 404, "points.unknown_clause").await;
        let own = town.acting("community-worker", "m-1");
        own.refused("award-bonus", line("skill_lesson"), 403, "points.own_card").await;
        town.rebuild_equals_live().await;
    })
    .await;
}

/// D1: what a clause gives in a year ends at its yearly most; the last entry gives what is left.
#[tokio::test]
async fn a_clause_gives_no_more_than_its_yearly_most() {
    both(async |town: Town| {
        town.set_time("2026-03-02T09:00:00+08:00");
        let bonus =
            json!({"member": "m-2", "clause": "emergency_duty", "work": "duty", "community": PHOENIX});
        for expected in [83, 86, 89] {
            town.ok("award-bonus", bonus.clone()).await;
            assert_eq!(total(&town, "members/m-2").await, expected);
        }
        town.refused("award-bonus", bonus, 409, "points.clause_used_up").await;
    })
    .await;
}

/// C5: a demand opened again takes back what its own rating took, and no other's, even when the member has moved to
/// another unit since.
#[tokio::test]
async fn a_reopened_demand_takes_back_what_its_rating_did() {
    both(async |town: Town| {
        town.set_time("2026-03-02T09:00:00+08:00");
        town.ok("report-unit", json!({"unit": "u-tax", "community": PHOENIX})).await;
        for demand in ["d-1", "d-2"] {
            served(&town, demand, "m-1", 1).await;
        }
        assert_eq!((total(&town, "members/m-1").await, total(&town, "units/u-tax").await), (74, 80));
        town.ok("transfer-member", json!({"member": "m-1", "from": "u-tax", "to": "u-hospital"})).await;
        town.ok("reopen-demand", json!({"demand": "d-1"})).await;
        assert_eq!(total(&town, "members/m-1").await, 77);
        let card = town.get("/v1/members/m-1/point-card?year=2026").await;
        assert!(card["lines"][0]["reversed_at_position"].is_u64());
        assert!(card["lines"][1]["reversed_at_position"].is_null());
        town.rebuild_equals_live().await;
    })
    .await;
}
