//! Who is there, where they live and serve, and who has reported (A1–A8, C6).

mod batches;
mod exclusions;
mod groups;
mod reports;
mod residences;

use serde_json::{Value, json};
use tests::town::Town;

/// 凤凰社区, to which both units of the town are linked.
const C1: &str = "520201016001";
/// 明湖社区.
const C2: &str = "520201016002";

/// A row's values at these fields, in their order.
fn of(row: &Value, fields: &[&str]) -> Value {
    fields.iter().map(|field| row[*field].clone()).collect()
}

/// The ids of a page's rows.
fn ids(page: &Value, id: &str) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|row| row[id].as_str().unwrap().to_owned()).collect()
}

async fn estate(town: &Town, id: &str, community: &str, kind: &str) {
    town.ok(
        "register-estate",
        json!({"estate": id, "community": community, "kind": kind, "name": format!("{id} 小区"), "households": 120}),
    )
    .await;
}

async fn lives(town: &Town, member: &str, community: &str, dwelling: &str, estate: Option<&str>) {
    town.ok(
        "record-residence",
        json!({"member": member, "community": community, "dwelling": dwelling, "estate": estate}),
    )
    .await;
}

async fn reports(town: &Town, member: &str, kind: &str, community: &str) {
    town.ok("report", json!({"member": member, "kind": kind, "community": community})).await;
}
