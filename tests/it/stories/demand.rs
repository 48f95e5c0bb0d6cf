//! The demand loop through HTTP: dispatched, declined, disputed, reopened, withdrawn, closed.

use aggregates::policy::PRESETS;
use serde_json::json;
use tests::town::{Town, both};

use super::residents::{
    GRID, MONDAY, by_m1, claimed_wish, figure, issue, keys, order, screened_order, total, types,
};

/// C1, C2, C14: an order is dispatched to a unit, which accepts and names its members who served; rated, the ledger has
/// the whole row, now and as it stood.
#[tokio::test]
async fn a_unit_accepts_a_dispatch_and_names_who_served() {
    both(async |town: Town| {
        town.set_time(MONDAY);
        screened_order(&town, "d-1", "errands").await;
        let placed = town.position();
        let to_tax = json!({"demand": "d-1", "unit": "u-tax"});
        town.ok("dispatch-order", to_tax.clone()).await;
        let row = town.get("/v1/demands/d-1").await;
        assert_eq!(
            (row["phase"].as_str(), row["claim_until"].as_str()),
            (Some("dispatched"), Some("2026-03-03T09:00:00+08:00"))
        );
        town.refused("accept-order", by_m1("d-1"), 409, "demand.not_dispatched_to_you").await;
        town.ok("accept-order", to_tax).await;
        assert_eq!(keys(&town, "/v1/demands?taker=u-tax&open=true").await, ["d-1"]);
        let stranger =
            json!({"demand": "d-1", "unit": "u-tax", "served": [{"member": "m-3", "minutes": 60}]});
        town.refused("complete-service", stranger, 409, "demand.served_by_others").await;
        let served = json!({"demand": "d-1", "unit": "u-tax", "form": "team",
            "served": [{"member": "m-1", "minutes": 60}, {"member": "m-2", "minutes": 30}]});
        town.acting("unit", "u-tax").ok("complete-service", served).await;
        assert_eq!(keys(&town, "/v1/demands?taker=u-tax&open=true").await, [""; 0]);
        town.acting("unit", "s-1@u-tax")
            .refused("rate-service", json!({"demand": "d-1", "stars": 5}), 403, "authority.not_yours")
            .await;
        town.acting("resident", "r-1").ok("rate-service", json!({"demand": "d-1", "stars": 5})).await;
        assert_eq!((total(&town, "members/m-1").await, total(&town, "members/m-2").await), (81, 81));
        let row = town.get("/v1/demands/d-1").await;
        assert_eq!(row["minutes"], 90);
        assert_eq!(row["form"], "team");
        assert_eq!((row["stars"].as_u64(), row["on_time"].as_bool()), (Some(5), Some(true)));
        let then = town.get(&format!("/v1/demands/d-1?as_of={placed}")).await;
        assert_eq!((then["phase"].as_str(), then["minutes"].as_u64()), (Some("screened"), Some(0)));
        assert!(types(&town, "units/u-tax").await.ends_with(&["TaskTaken".into(), "ServiceRendered".into()]));
        town.rebuild_equals_live().await;
    })
    .await;
}

/// C1: voluntary service is declined without any trace on a card; it is not offered again, yet may be claimed.
#[tokio::test]
async fn declining_voluntary_service_costs_nothing() {
    both(async |town: Town| {
        town.set_time(MONDAY);
        screened_order(&town, "d-1", "errands").await;
        let card = town.get("/v1/members/m-1/point-card?year=2026").await;
        town.ok("dispatch-order", by_m1("d-1")).await;
        town.acting("member", "m-1").ok("decline-order", by_m1("d-1")).await;
        assert_eq!(town.get("/v1/members/m-1/point-card?year=2026").await, card);
        let history = town.get("/v1/members/m-1/history").await;
        let last = history["items"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(
            (last["type"].as_str(), last["fact"]["work"].as_str()),
            (Some("TaskDeclined"), Some("voluntary"))
        );
        town.refused("dispatch-order", by_m1("d-1"), 409, "demand.declined_before").await;
        town.ok("publish-wish", json!({"demand": "d-1"})).await;
        town.ok("claim-wish", by_m1("d-1")).await;
    })
    .await;
}

/// C1: a duty goes only to a member on a duty post of the demand's grid, and only for issues; declined it is told as duty.
#[tokio::test]
async fn a_duty_needs_a_post_in_the_grid() {
    both(async |town: Town| {
        town.set_time(MONDAY);
        town.ok("raise-issue", issue("d-1", "issue", "grid_officer")).await;
        town.ok("screen-demand", json!({"demand": "d-1"})).await;
        let duty = json!({"demand": "d-1", "member": "m-1", "work": "duty"});
        town.refused("dispatch-order", duty.clone(), 409, "demand.duty_needs_post").await;
        let grid = json!({"grid": GRID, "kind": "base", "households": 300, "template": "grid_officers"});
        town.ok("define-grid", grid).await;
        town.ok("file-grid", json!({"grid": GRID})).await;
        let post =
            json!({"grid": GRID, "slot": "part_time_officer", "member": "m-1", "source": "unit_cadre"});
        town.ok("take-post", post).await;
        town.ok("dispatch-order", duty).await;
        town.ok("decline-order", by_m1("d-1")).await;
        let history = town.get("/v1/members/m-1/history").await;
        let last = history["items"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(
            (last["type"].as_str(), last["fact"]["work"].as_str()),
            (Some("TaskDeclined"), Some("duty"))
        );
        screened_order(&town, "d-2", "errands").await;
        let order = json!({"demand": "d-2", "member": "m-1", "work": "duty"});
        town.refused("dispatch-order", order, 409, "demand.duty_not_for_kind").await;
    })
    .await;
}

/// C3, C4, C12: what the property company owns is never dispatched, the refusal names the catalogue's entry; it is referred
/// to its owner, who solves it.
#[tokio::test]
async fn a_companys_duty_is_refused_referred_and_solved() {
    both(async |town: Town| {
        town.set_time(MONDAY);
        town.ok("place-order", order("d-1", "lift_maintenance")).await;
        let problem = town.refused("dispatch-order", by_m1("d-1"), 409, "demand.duty_of_owner").await;
        assert!(problem.to_string().contains("lift_maintenance"), "{problem}");
        town.ok("screen-demand", json!({"demand": "d-1"})).await;
        town.refused("dispatch-order", by_m1("d-1"), 409, "demand.duty_of_owner").await;
        town.refused("publish-wish", json!({"demand": "d-1"}), 409, "demand.duty_of_owner").await;
        let row = town.get("/v1/demands/d-1").await;
        assert_eq!(
            (row["phase"].as_str(), row["owner"].as_str()),
            (Some("referred"), Some("property_company"))
        );
        assert_eq!(keys(&town, "/v1/demands?phase=referred&community=5202").await, ["d-1"]);
        town.ok("close-demand", json!({"demand": "d-1", "solved": true})).await;
        town.refused("close-demand", json!({"demand": "d-1", "solved": false}), 409, "demand.over").await;
        assert_eq!(figure(&town, "referred").await, 1);
    })
    .await;
}

/// C3: a taker who says that it is another body's duty loses nothing; the demand waits for the community, listed as disputed.
#[tokio::test]
async fn a_disputed_dispatch_goes_back_to_be_screened() {
    both(async |town: Town| {
        town.set_time(MONDAY);
        claimed_wish(&town, "d-1", "errands", json!({"member": "m-1"})).await;
        let shift = json!({"demand": "d-1", "member": "m-1", "category": "lift_maintenance"});
        let no_body = json!({"demand": "d-1", "member": "m-1", "category": "appliance_repair"});
        town.refused("report-duty-shift", no_body, 409, "demand.no_bodys_duty").await;
        town.ok("report-duty-shift", shift).await;
        assert_eq!(keys(&town, "/v1/demands?disputed=true").await, ["d-1"]);
        let row = town.get("/v1/demands/d-1").await;
        assert_eq!((row["phase"].as_str(), row["taker"].is_null()), (Some("placed"), true));
        assert_eq!(row["disputes"][0]["owner"], "property_company");
        assert_eq!(types(&town, "members/m-1").await.last().unwrap(), "TaskReleased");
        assert_eq!(total(&town, "members/m-1").await, 80);
        town.refused("claim-wish", by_m1("d-1"), 409, "demand.not_published").await;
    })
    .await;
}

/// A version of the town's policy by which a unit's card gets the whole of its members' service points, so that what a bad
/// rating takes does not round to nothing there.
async fn adopt_full_shares(town: &Town) {
    let (_, text) = PRESETS.iter().find(|(name, _)| *name == "liupanshui").unwrap();
    let shares = "unit_share_percent = { value = 10,";
    assert!(text.contains(shares) && text.contains("version = \"2025.1\""));
    let text = text
        .replace(shares, "unit_share_percent = { value = 100,")
        .replace("version = \"2025.1\"", "version = \"2025.9\"");
    town.ok("adopt-policy", json!({"text": text})).await;
}

/// C5: an unsatisfied rating reopens the demand; its points are taken back from the member's and the unit's card in the same
/// step, and a second service is rated anew. A rebuild comes out the same.
#[tokio::test]
async fn reopening_takes_the_points_back() {
    both(async |town: Town| {
        town.set_time(MONDAY);
        adopt_full_shares(&town).await;
        claimed_wish(&town, "d-1", "legal_advice", json!({"member": "m-1"})).await;
        let serve = json!({"demand": "d-1", "member": "m-1", "minutes": 60});
        town.ok("complete-service", serve.clone()).await;
        town.refused("reopen-demand", json!({"demand": "d-1"}), 409, "demand.not_rated").await;
        let resident = town.acting("resident", "r-1");
        resident.ok("rate-service", json!({"demand": "d-1", "stars": 1})).await;
        let bad = (total(&town, "members/m-1").await, total(&town, "units/u-tax").await);
        assert_eq!(bad, (77, 77));
        let receipt = resident.ok("reopen-demand", json!({"demand": "d-1"})).await;
        let streams: Vec<&str> = receipt["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| event["stream"].as_str().unwrap())
            .collect();
        assert!(
            ["demand/d-1", "member/m-1", "unit/u-tax"].iter().all(|stream| streams.contains(stream)),
            "{streams:?}"
        );
        assert_eq!((total(&town, "members/m-1").await, total(&town, "units/u-tax").await), (80, 80));
        town.ok("claim-wish", by_m1("d-1")).await;
        town.ok("complete-service", serve).await;
        resident.ok("rate-service", json!({"demand": "d-1", "stars": 5})).await;
        assert_eq!((total(&town, "members/m-1").await, total(&town, "units/u-tax").await), (85, 85));
        resident.refused("reopen-demand", json!({"demand": "d-1"}), 409, "demand.satisfied").await;
        let row = town.get("/v1/demands/d-1").await;
        assert_eq!((row["reopened"].as_u64(), row["minutes"].as_u64()), (Some(1), Some(120)));
        assert_eq!(row["rounds"][0]["stars"], 1);
        town.rebuild_equals_live().await;
    })
    .await;
}

/// C1: whoever placed a demand withdraws it, nobody else; the taker's own stream is free of it in the same step.
#[tokio::test]
async fn withdrawing_releases_the_taker() {
    both(async |town: Town| {
        town.set_time(MONDAY);
        claimed_wish(&town, "d-1", "errands", json!({"member": "m-1"})).await;
        let it = json!({"demand": "d-1"});
        town.acting("resident", "r-2").refused("withdraw-demand", it.clone(), 403, "demand.not_yours").await;
        town.acting("resident", "r-1").ok("withdraw-demand", it.clone()).await;
        assert_eq!(types(&town, "members/m-1").await.last().unwrap(), "TaskReleased");
        let serve = json!({"demand": "d-1", "member": "m-1", "minutes": 60});
        town.refused("complete-service", serve, 409, "demand.over").await;
        let row = town.get("/v1/demands/d-1").await;
        assert_eq!((row["phase"].as_str(), row["open"].as_bool()), (Some("withdrawn"), Some(false)));
    })
    .await;
}

/// C1, C2, C5: bad input of the loop is refused with its code, and nothing is stored.
#[tokio::test]
async fn bad_input_of_the_loop_is_refused() {
    both(async |town: Town| {
        town.set_time(MONDAY);
        claimed_wish(&town, "d-1", "errands", json!({"member": "m-1"})).await;
        screened_order(&town, "d-2", "errands").await;
        let serve =
            |minutes: u32, on: &str| json!({"demand": "d-1", "member": "m-1", "minutes": minutes, "on": on});
        let rate = |stars: u8| json!({"demand": "d-1", "stars": stars});
        for (command, data, status, code) in [
            ("claim-wish", json!({"demand": "d-1", "member": "m-2"}), 409, "demand.taken_already"),
            ("claim-wish", json!({"demand": "d-1"}), 422, "taker.one_of_two"),
            ("rate-service", rate(5), 409, "demand.not_completed"),
            ("rate-service", rate(0), 422, "demand.stars_range"),
            ("rate-service", rate(6), 422, "demand.stars_range"),
            ("complete-service", serve(9, "2026-03-02"), 422, "demand.minutes_least"),
            ("complete-service", serve(481, "2026-03-02"), 409, "member.too_many_minutes"),
            ("complete-service", serve(60, "2026-03-03"), 422, "demand.day_to_come"),
            ("complete-service", serve(60, "2026-03-01"), 422, "demand.before_taken"),
            ("complete-service", json!({"demand": "d-1", "member": "m-1"}), 422, "demand.nobody_served"),
            ("dispatch-order", json!({"demand": "d-2", "member": "m-9"}), 404, "member.unknown"),
            ("dispatch-order", json!({"demand": "d-2", "unit": "u-9"}), 404, "unit.unknown"),
            ("dispatch-order", by_m1("d-9"), 404, "demand.unknown"),
            ("accept-order", by_m1("d-2"), 409, "demand.not_dispatched_to_you"),
            ("decline-order", by_m1("d-2"), 409, "demand.not_dispatched_to_you"),
            ("reopen-demand", json!({"demand": "d-1"}), 409, "demand.not_completed"),
            (
                "screen-demand",
                json!({"demand": "d-2", "difficulty": "heroic"}),
                404,
                "demand.unknown_difficulty",
            ),
            ("place-order", order("d-3", "moon_landing"), 404, "demand.unknown_category"),
            ("place-order", order("d-2", "legal_advice"), 409, "demand.placed_otherwise"),
        ] {
            town.refused(command, data, status, code).await;
        }
        let mut away = order("d-3", "errands");
        away["community"] = json!("520201016002");
        town.ok("place-order", away).await;
        town.ok("screen-demand", json!({"demand": "d-3"})).await;
        town.refused("dispatch-order", by_m1("d-3"), 409, "member.not_reported").await;
        town.refused("dispatch-order", json!({"demand": "d-3", "unit": "u-tax"}), 409, "unit.not_linked")
            .await;
        let mut of_household = order("d-4", "errands");
        of_household["household"] = json!("h-9");
        town.refused("place-order", of_household, 404, "household.unknown").await;
    })
    .await;
}
