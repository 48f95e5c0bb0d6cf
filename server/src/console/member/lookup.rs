//! What pages of members and units look up beside their rows: names, days, parts of rows.

use std::collections::BTreeSet;

use aggregates::when;
use chrono::{Datelike, TimeDelta};
use serde_json::{Map, Value};

use crate::console::act::TOLD;
use crate::console::interface::escaped;
use crate::console::visit::Visit;
use crate::http::problem::Problem;

/// A text of a row; empty when there is none.
pub(in crate::console) fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// The texts of a field in rows.
pub(in crate::console) fn texts(rows: &[Value], field: &str) -> BTreeSet<String> {
    rows.iter().map(|row| text(row, field).to_owned()).filter(|text| !text.is_empty()).collect()
}

/// The rows that a row holds under a name.
pub(super) fn rows<'a>(row: &'a Value, field: &str) -> &'a [Value] {
    row.get(field).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The public names behind ids: `names(visit, "divisions", …)`. What has none is left out.
pub(in crate::console) async fn names(
    visit: &Visit,
    resource: &str,
    ids: &BTreeSet<String>,
) -> Result<Map<String, Value>, Problem> {
    let mut all = Map::new();
    for id in ids {
        let row = visit.find(&format!("/v1/{resource}/{}", escaped(id)), &[]).await?;
        if let Some(name) = row.as_ref().map(|row| text(row, "name")).filter(|name| !name.is_empty()) {
            all.insert(id.clone(), Value::from(name));
        }
    }
    Ok(all)
}

/// The business day, as the house's clock has it.
pub(in crate::console) fn today(visit: &Visit) -> String {
    when::date_of(&when::local(visit.console.house.app.clock().now())).to_string()
}

/// So many days from it.
pub(super) fn day(visit: &Visit, days: i64) -> String {
    let now = when::local(visit.console.house.app.clock().now());
    (when::date_of(&now) + TimeDelta::days(days)).to_string()
}

/// The year that the address names, or else the present one.
pub(in crate::console) fn year(visit: &Visit) -> i32 {
    let now = when::local(visit.console.house.app.clock().now());
    visit.asked("year").and_then(|year| year.parse().ok()).unwrap_or_else(|| now.year())
}

/// The address of what follows on a page, with what it asked before.
pub(in crate::console) fn after(visit: &Visit, path: &str, next: Option<&str>) -> Option<String> {
    let next = next?;
    let kept = visit
        .asked
        .iter()
        .filter(|(name, value)| name != "after" && !TOLD.contains(&name.as_str()) && !value.is_empty());
    let query: Vec<String> = kept
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .chain([("after", next)])
        .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)))
        .collect();
    Some(visit.link(&format!("{path}?{}", query.join("&"))))
}
