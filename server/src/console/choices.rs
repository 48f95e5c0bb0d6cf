//! What can be chosen in a field that names something: what the visitor sees of it, with what people call it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::field::Field;
use super::form::Typed;
use super::visit::Visit;
use crate::http::problem::Problem;

/// As many as people look through; who wants another types it.
const MOST: &str = "200";

/// Fields, the resource that they name, the fields of its rows that tell key and name, and the column that a community narrows.
const NAMED: [(&str, &str, &str, &str, Option<&str>); 8] = [
    ("grid", "grids", "grid", "name", Some("community")),
    ("estate", "estates", "estate", "name", Some("community")),
    ("group", "groups", "group", "name", Some("community")),
    ("unit", "units", "unit", "name", None),
    ("household", "households", "household", "household", Some("community")),
    ("member", "members", "member", "member", None),
    ("batch", "batches", "batch", "batch", None),
    ("plan", "emergencies", "plan", "title", None),
];

/// By the name of the field.
pub(super) async fn of(
    visit: &Visit,
    fields: &[Field],
    typed: &Typed,
) -> Result<BTreeMap<String, Vec<(String, String)>>, Problem> {
    let mut all = BTreeMap::new();
    let community = typed.one("community").or_else(|| visit.body().filter(|body| body.len() == 12));
    for (name, resource, key, called, place) in NAMED {
        if !fields.iter().any(|field| field.name == name) {
            continue;
        }
        let mut query = vec![("limit", MOST)];
        if let (Some(place), Some(community)) = (place, community) {
            query.push((place, community));
        }
        let rows = visit.list_seen(resource, &query).await?.items;
        let text = |row: &Value, field: &str| row.get(field).and_then(Value::as_str).map(str::to_owned);
        let choices: Vec<_> = rows
            .iter()
            .filter_map(|row| {
                let id = text(row, key)?;
                let called = text(row, called).unwrap_or_else(|| id.clone());
                Some((id, called))
            })
            .collect();
        if !choices.is_empty() {
            all.insert(name.to_owned(), choices);
        }
    }
    Ok(all)
}
