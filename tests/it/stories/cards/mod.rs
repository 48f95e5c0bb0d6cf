//! Points, feedback cards, discipline, praise, statistics, reactions.

mod appraisal;
mod discipline;
mod points;
mod reactions;
mod statistics;

use reqwest::Method;
use serde_json::{Value, json};
use tests::town::Town;

/// The community of all stories but one.
pub const PHOENIX: &str = "520201016001";

/// A wish that a member has claimed.
pub async fn claimed(town: &Town, demand: &str, member: &str) {
    let wish = json!({"demand": demand, "wish": "micro_wish", "channel": "window", "category": "appliance_repair",
        "community": PHOENIX, "urgency": "routine"});
    town.ok("post-wish", wish).await;
    town.ok("screen-demand", json!({"demand": demand, "difficulty": "expert"})).await;
    town.ok("publish-wish", json!({"demand": demand})).await;
    town.ok("claim-wish", json!({"demand": demand, "member": member})).await;
}

/// A wish served by a member and rated by a resident: five points at five stars, three taken at one.
pub async fn served(town: &Town, demand: &str, member: &str, stars: u8) {
    claimed(town, demand, member).await;
    town.ok("complete-service", json!({"demand": demand, "member": member, "minutes": 60})).await;
    town.acting("resident", "r-1").ok("rate-service", json!({"demand": demand, "stars": stars})).await;
}

/// The total of a card.
pub async fn total(town: &Town, holder: &str) -> i64 {
    town.get(&format!("/v1/{holder}/point-card?year=2026")).await["total"].as_i64().unwrap()
}

/// Submits with a business time, a reason and a second person.
pub async fn backed(town: &Town, command: &str, data: Value, at: &str) -> (u16, Value) {
    let request = town
        .request(Method::POST, &format!("/v1/commands/{command}"))
        .header("Baodao-Occurred-At", at)
        .header("Baodao-Reason", "document-2027-3")
        .header("Baodao-Approved-By", "w-2");
    let response = request.json(&data).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}
