//! The thin slice: 报到 → 发布微心愿 → 受理 → 公开 → 认领 → 办结 → 评单 → 积分卡, with what may go wrong on the way.

use reqwest::Method;
use serde_json::{Value, json};
use tests::town::{Town, both};

const KEY: &str = "018f3a2e-7c4b-7d1e-8f00-0123456789ab";

async fn wish(town: &Town) {
    let wish = json!({"demand": "d-1", "wish": "micro_wish", "channel": "window", "category": "appliance_repair",
        "community": "520201016001", "urgency": "routine"});
    town.ok("post-wish", wish).await;
    town.ok("screen-demand", json!({"demand": "d-1"})).await;
    town.ok("publish-wish", json!({"demand": "d-1"})).await;
}

/// A2, C1, C2, C5, D1: a member reports, claims a wish, serves and is rated, and the point card tells every point with its
/// event and clause; a rebuild comes out the same.
#[tokio::test]
async fn a_wish_is_claimed_served_and_rated_and_the_card_tells_why() {
    both(async |town: Town| {
        town.set_time("2026-03-02T09:00:00+08:00");
        town.ok("report-unit", json!({"unit": "u-tax", "community": "520201016001"})).await;
        wish(&town).await;
        town.ok("claim-wish", json!({"demand": "d-1", "member": "m-1"})).await;
        town.refused("claim-wish", json!({"demand": "d-1", "member": "m-2"}), 409, "demand.taken_already")
            .await;
        town.refused("rate-service", json!({"demand": "d-1", "stars": 5}), 409, "demand.not_completed").await;
        town.ok("complete-service", json!({"demand": "d-1", "member": "m-1", "minutes": 90})).await;
        let resident = town.acting("resident", "r-1");
        let receipt = resident.ok("rate-service", json!({"demand": "d-1", "stars": 5})).await;
        let card = town.get("/v1/members/m-1/point-card?year=2026").await;
        assert_eq!((card["base"].as_i64(), card["total"].as_i64()), (Some(80), Some(82)));
        let line = &card["lines"][0];
        assert_eq!((line["points"].as_i64(), line["demand"].as_str()), (Some(2), Some("d-1")));
        let behind = line["position"].as_u64().unwrap();
        let events = receipt["events"].as_array().unwrap();
        let event = events.iter().find(|event| event["position"] == behind).unwrap();
        assert_eq!(
            (event["stream"].as_str(), event["type"].as_str()),
            (Some("member/m-1"), Some("PointsAwarded"))
        );
        let unit = town.get("/v1/units/u-tax/point-card").await;
        assert_eq!(unit["year"], 2026);
        let before = town.get(&format!("/v1/members/m-1/point-card?year=2026&as_of={}", behind - 1)).await;
        assert_eq!(before["total"], 80);
        let row = town.get("/v1/point-cards/member/m-1/2026").await;
        assert_eq!(row, card);
        town.rebuild_equals_live().await;
    })
    .await;
}

/// A2, C2: a member's own stream tells the whole history, in order, also as it stood.
#[tokio::test]
async fn a_members_history_tells_everything_that_the_member_did() {
    both(async |town: Town| {
        town.set_time("2026-03-02T09:00:00+08:00");
        let before = town.position();
        wish(&town).await;
        let claim = town.ok("claim-wish", json!({"demand": "d-1", "member": "m-1"})).await;
        let history = town.get("/v1/members/m-1/history").await;
        let types = |history: &Value| -> Vec<String> {
            let lines = history["items"].as_array().unwrap().iter();
            lines.map(|line| line["type"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(types(&history), ["MemberEnrolled", "MemberReported", "CardOpened", "TaskTaken"]);
        assert_eq!(history["items"][3]["fact"]["demand"], "d-1");
        assert_eq!(history["items"][3]["occurred_at"], "2026-03-02T09:00:00+08:00");
        assert_eq!(history["position"], claim["position"]);
        let then = town.get(&format!("/v1/members/m-1/history?as_of={before}")).await;
        assert_eq!(types(&then).last().map(String::as_str), Some("CardOpened"));
        let then = town.get("/v1/members/m-1/history?as_of=2026-01-05T09:00:00%2B08:00").await;
        assert_eq!(types(&then).last().map(String::as_str), Some("CardOpened"));
        let page = town.get("/v1/streams/member/m-1?limit=3").await;
        assert_eq!(types(&page).len(), 3);
        let rest = town.get(page["next"].as_str().unwrap()).await;
        assert_eq!((types(&rest), rest["next"].is_null()), (vec!["TaskTaken".to_owned()], true));
    })
    .await;
}

/// Issue 2, bad input: each is a clear error with its stable code, nothing is stored, the server goes on.
#[tokio::test]
async fn bad_input_is_refused_and_leaves_no_trace() {
    both(async |town: Town| {
        town.set_time("2026-03-02T09:00:00+08:00");
        wish(&town).await;
        town.refused("publish-wish", json!({"demand": "d-9"}), 404, "demand.unknown").await;
        town.refused("publish-wish", json!({"demand": "d-1", "x": 1}), 422, "request.unknown_field").await;
        town.refused("publish-wish", json!({"demand": 1}), 422, "request.wrong_type").await;
        town.refused("publish-wish", json!({"demand": "d".repeat(65)}), 422, "request.invalid_value").await;
        town.refused("publish-wish", json!({}), 422, "request.missing_field").await;
        town.refused("publish", json!({}), 404, "command.unknown").await;
        let long = "x".repeat((1 << 20) + 1);
        let problem = town.refused("publish-wish", json!({"demand": long}), 413, "request.too_large").await;
        assert!(problem.to_string().len() < 1000);
        for (body, status, code) in [
            ("{\"demand\":\"d-1\",\"demand\":\"d-2\"}", 422, "request.duplicate_field"),
            ("{\"demand\":", 400, "request.malformed_json"),
            ("", 400, "request.malformed_json"),
        ] {
            let request = town.request(Method::POST, "/v1/commands/publish-wish");
            let response =
                request.header("Content-Type", "application/json").body(body).send().await.unwrap();
            assert_eq!(response.status().as_u16(), status);
            assert_eq!(response.headers()["content-type"], "application/problem+json");
            assert_eq!(response.json::<Value>().await.unwrap()["code"], code);
        }
        let form = town.request(Method::POST, "/v1/commands/publish-wish").body("demand=d-1");
        assert_eq!(form.send().await.unwrap().status(), 415);
        town.ok("claim-wish", json!({"demand": "d-1", "member": "m-1"})).await;
    })
    .await;
}

async fn keyed(town: &Town, key: &str, data: Value) -> (u16, Value) {
    let request = town.request(Method::POST, "/v1/commands/claim-wish").header("Idempotency-Key", key);
    let response = request.json(&data).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// Design §3: the same key and input gets the first answer again; the same key with other input is refused.
#[tokio::test]
async fn a_repeated_key_gets_the_first_receipt_again() {
    both(async |town: Town| {
        town.set_time("2026-03-02T09:00:00+08:00");
        wish(&town).await;
        let claim = json!({"demand": "d-1", "member": "m-1"});
        let (status, first) = keyed(&town, KEY, claim.clone()).await;
        assert_eq!((status, first["command_id"].as_str()), (201, Some(KEY)));
        assert_eq!(keyed(&town, KEY, claim).await, (200, first));
        let (status, problem) = keyed(&town, KEY, json!({"demand": "d-1", "member": "m-2"})).await;
        assert_eq!((status, problem["code"].as_str()), (422, Some("idempotency.key_reused")));
        let (status, problem) = keyed(&town, "1", json!({"demand": "d-1", "member": "m-1"})).await;
        assert_eq!((status, problem["field"].as_str()), (400, Some("Idempotency-Key")));
    })
    .await;
}
