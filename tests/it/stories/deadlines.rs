//! Deadlines, lapses, whistles, channels and late ratings through HTTP.

use serde_json::json;
use tests::town::{Town, both};

use super::residents::{MONDAY, by_m1, claimed_wish, figure, issue, keys, order, screened_order, types};

/// C11: what is overdue is found by a filter alone; a deadline moves by working days, for a reason; what is late is told late.
#[tokio::test]
async fn overdue_demands_are_listed_and_deadlines_extended_for_a_reason() {
    both(async |town: Town| {
        town.set_time(MONDAY);
        for demand in ["d-1", "d-2"] {
            screened_order(&town, demand, "errands").await;
            town.ok("dispatch-order", by_m1(demand)).await;
            town.ok("accept-order", by_m1(demand)).await;
        }
        let extend = json!({"demand": "d-2", "stage": "completed", "workdays": 2});
        town.refused("extend-deadline", extend.clone(), 422, "demand.reason_needed").await;
        let line = json!({"command": "extend-deadline", "reason": "等待配件", "data": extend});
        let receipt = town.ok_lines(&[line]).await;
        assert!(receipt[0]["position"].is_u64(), "{receipt:?}");
        let row = town.get("/v1/demands/d-2").await;
        assert_eq!(row["next_due"], "2026-03-10T23:59:59+08:00");
        let overdue = |now: &str| format!("/v1/demands?open=true&next_due_before={now}&order=next_due");
        assert_eq!(keys(&town, &overdue("2026-03-07T23:59:59%2B08:00")).await, [""; 0]);
        assert_eq!(keys(&town, &overdue("2026-03-08T09:00:00%2B08:00")).await, ["d-1"]);
        assert_eq!(keys(&town, &overdue("2026-03-11T09:00:00%2B08:00")).await, ["d-1", "d-2"]);
        town.set_time("2026-03-09T09:00:00+08:00");
        for demand in ["d-1", "d-2"] {
            let serve = json!({"demand": demand, "member": "m-1", "minutes": 30});
            town.ok("complete-service", serve).await;
        }
        assert_eq!(keys(&town, &overdue("2026-12-31T09:00:00%2B08:00")).await, [""; 0]);
        assert_eq!(town.get("/v1/demands/d-1").await["on_time"], false);
        assert_eq!(town.get("/v1/demands/d-2").await["on_time"], true);
        assert_eq!((figure(&town, "on_time").await, figure(&town, "late").await), (1, 1));
        assert_eq!(figure(&town, "deadlines_extended").await, 1);
    })
    .await;
}

/// C1, C2: claims and unanswered dispatches that have run out are found by a filter, and lapse by the same command.
#[tokio::test]
async fn what_has_run_out_is_found_and_lapses() {
    both(async |town: Town| {
        town.set_time(MONDAY);
        claimed_wish(&town, "d-1", "errands", json!({"unit": "u-tax"})).await;
        screened_order(&town, "d-2", "errands").await;
        town.ok("dispatch-order", by_m1("d-2")).await;
        town.ok("lapse-claim", json!({"demand": "d-1"})).await;
        let out = |now: &str| format!("/v1/demands?claim_until_before={now}");
        assert_eq!(keys(&town, &out("2026-03-02T09:00:00%2B08:00")).await, [""; 0]);
        assert_eq!(keys(&town, &out("2026-03-04T09:00:00%2B08:00")).await, ["d-2"]);
        town.set_time("2026-03-18T09:00:00+08:00");
        assert_eq!(keys(&town, &out("2026-03-18T09:00:00%2B08:00")).await, ["d-1", "d-2"]);
        for demand in ["d-1", "d-2"] {
            town.ok("lapse-claim", json!({"demand": demand})).await;
        }
        assert_eq!(keys(&town, &out("2026-03-18T09:00:00%2B08:00")).await, [""; 0]);
        assert_eq!(types(&town, "demands/d-2").await.last().unwrap(), "DispatchLapsed");
        assert_eq!(types(&town, "units/u-tax").await.last().unwrap(), "TaskReleased");
        town.ok("claim-wish", by_m1("d-1")).await;
        town.ok("dispatch-order", json!({"demand": "d-2", "unit": "u-hospital"})).await;
    })
    .await;
}

/// F15: the community whistles, departments answer, in time or late; the rate of answers is told.
#[tokio::test]
async fn departments_answer_a_whistle() {
    both(async |town: Town| {
        town.set_time(MONDAY);
        town.ok("raise-issue", issue("d-1", "issue", "telephone")).await;
        let whistle = |units: &[&str]| json!({"demand": "d-1", "departments": units});
        town.refused("blow-whistle", whistle(&["u-9"]), 404, "unit.unknown").await;
        town.refused("blow-whistle", whistle(&[]), 422, "demand.no_department").await;
        town.ok("blow-whistle", whistle(&["u-tax", "u-hospital"])).await;
        let answer = |unit: &str| json!({"demand": "d-1", "department": unit});
        town.ok("answer-whistle", answer("u-tax")).await;
        town.set_time("2026-03-09T09:00:00+08:00");
        town.ok("answer-whistle", answer("u-hospital")).await;
        town.ok("place-order", order("d-2", "errands")).await;
        let none = json!({"demand": "d-2", "department": "u-tax"});
        town.refused("answer-whistle", none, 409, "demand.not_called").await;
        let row = town.get("/v1/demands/d-1").await;
        let kept: Vec<_> =
            row["whistles"].as_array().unwrap().iter().map(|line| line["on_time"].as_bool()).collect();
        assert_eq!(kept, [Some(false), Some(true)], "{row}");
        assert_eq!((figure(&town, "whistles_blown").await, figure(&town, "whistles_answered").await), (2, 2));
        assert_eq!(figure(&town, "whistles_answered_on_time").await, 1);
    })
    .await;
}

/// C10, C12: petitions by talk point, talk day and cloud; the talk day is a Friday; what is solved on the spot counts as
/// solved; the mix of channels is told by division.
#[tokio::test]
async fn petitions_come_by_channels_and_are_solved_on_the_spot() {
    both(async |town: Town| {
        town.set_time(MONDAY);
        let monday = issue("d-1", "petition", "talk_day");
        town.refused("raise-issue", monday.clone(), 409, "demand.not_the_talk_day").await;
        town.ok("raise-issue", issue("d-2", "petition", "talk_point")).await;
        town.ok("raise-issue", issue("d-3", "petition", "talk_cloud")).await;
        town.set_time("2026-03-06T15:00:00+08:00");
        town.ok("raise-issue", monday).await;
        town.ok("close-demand", json!({"demand": "d-1", "solved": true})).await;
        for channel in ["channel_talk_point", "channel_talk_day", "channel_talk_cloud", "issues_solved"] {
            assert_eq!(figure(&town, channel).await, 1, "{channel}");
        }
        assert_eq!(figure(&town, "placed_petition").await, 3);
        assert_eq!(keys(&town, "/v1/demands?channel=talk_day").await, ["d-1"]);
    })
    .await;
}

/// C5: the community rates in aggregate only after the resident's days, and nobody who served or recorded it rates it.
#[tokio::test]
async fn the_community_rates_after_the_resident_had_the_chance() {
    both(async |town: Town| {
        town.set_time(MONDAY);
        claimed_wish(&town, "d-1", "errands", json!({"member": "m-1"})).await;
        let worker = town.acting("community-worker", "w-1");
        worker.ok("complete-service", json!({"demand": "d-1", "member": "m-1", "minutes": 60})).await;
        let rating = json!({"demand": "d-1", "stars": 4, "rated_by": "community"});
        let other = town.acting("community-worker", "w-2");
        other.refused("rate-service", rating.clone(), 409, "demand.resident_first").await;
        assert_eq!(keys(&town, "/v1/demands?rating_until_before=2026-03-09").await, [""; 0]);
        town.set_time("2026-03-10T09:00:00+08:00");
        assert_eq!(keys(&town, "/v1/demands?rating_until_before=2026-03-10").await, ["d-1"]);
        worker.refused("rate-service", rating.clone(), 403, "demand.rates_own_work").await;
        let own = town.acting("resident", "m-1");
        own.refused("rate-service", json!({"demand": "d-1", "stars": 5}), 403, "demand.rates_own_work").await;
        other.ok("rate-service", rating).await;
        assert_eq!(town.get("/v1/demands/d-1").await["rater"], "community");
        assert_eq!(keys(&town, "/v1/demands?rating_until_before=2026-03-10").await, [""; 0]);
    })
    .await;
}
