//! What stories of demands begin with: residents who ask, and how to look at what became of it.

use serde_json::{Value, json};
use tests::town::Town;

pub(super) const MONDAY: &str = "2026-03-02T09:00:00+08:00";
pub(super) const COMMUNITY: &str = "520201016001";
pub(super) const GRID: &str = "520201016001001";

pub(super) fn order(demand: &str, category: &str) -> Value {
    json!({"demand": demand, "channel": "online", "category": category, "community": COMMUNITY,
        "placed_by": "r-1", "urgency": "routine"})
}

pub(super) fn issue(demand: &str, kind: &str, channel: &str) -> Value {
    json!({"demand": demand, "issue": kind, "channel": channel, "category": "errands",
        "community": COMMUNITY, "grid": GRID, "placed_by": "r-1", "urgency": "routine"})
}

pub(super) fn by_m1(demand: &str) -> Value {
    json!({"demand": demand, "member": "m-1"})
}

pub(super) async fn screened_order(town: &Town, demand: &str, category: &str) {
    town.acting("resident", "r-1").ok("place-order", order(demand, category)).await;
    town.ok("screen-demand", json!({"demand": demand})).await;
}

pub(super) async fn claimed_wish(town: &Town, demand: &str, category: &str, taker: Value) {
    let wish = json!({"demand": demand, "wish": "micro_wish", "channel": "window", "category": category,
        "community": COMMUNITY, "placed_by": "r-1", "urgency": "routine"});
    town.acting("resident", "r-1").ok("post-wish", wish).await;
    town.ok("screen-demand", json!({"demand": demand})).await;
    town.ok("publish-wish", json!({"demand": demand})).await;
    let mut claim = taker;
    claim["demand"] = json!(demand);
    town.ok("claim-wish", claim).await;
}

pub(super) async fn keys(town: &Town, path: &str) -> Vec<String> {
    let page = town.get(path).await;
    let items = page["items"].as_array().unwrap();
    items.iter().map(|row| row["demand"].as_str().unwrap().to_owned()).collect()
}

/// A figure of the community in March.
pub(super) async fn figure(town: &Town, measure: &str) -> i64 {
    let row = town.get(&format!("/v1/monthly-figures/{COMMUNITY}/2026-03")).await;
    row["figures"][measure].as_i64().unwrap_or(0)
}

pub(super) async fn total(town: &Town, card: &str) -> i64 {
    town.get(&format!("/v1/{card}/point-card?year=2026")).await["total"].as_i64().unwrap()
}

pub(super) async fn types(town: &Town, stream: &str) -> Vec<String> {
    let history = town.get(&format!("/v1/{stream}/history")).await;
    let items = history["items"].as_array().unwrap();
    items.iter().map(|line| line["type"].as_str().unwrap().to_owned()).collect()
}
