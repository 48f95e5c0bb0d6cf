//! `/sheets`: every projection as a table, with filters, drill-down and files; one row; and the history of a stream.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use projections::resource::Resource;
use projections::sheets;
use serde_json::{Value, json};

use super::act::TOLD;
use super::interface::{escaped, written};
use super::keys;
use super::visit::Visit;
use crate::http::problem::Problem;

/// Rows on a page.
const ROWS: &str = "50";
/// Columns on a page: the others are on the row's own.
const COLUMNS: usize = 8;
/// What the address asks that is no filter.
const NOT_FILTERS: [&str; 2] = ["after", "order"];

/// Columns that tell most, where those that a row begins with do not: the key first, then how it stands.
const TELLING: [(&str, &[&str]); 5] = [
    ("demands", &["demand", "phase", "category", "kind", "community", "grid", "next_due", "taker"]),
    (
        "feedback-cards",
        &["holder", "year", "status", "proposed", "grade", "community", "objection_until", "holder_kind"],
    ),
    ("grids", &["grid", "name", "status", "vacancies", "households", "duties_late", "kind", "community"]),
    ("members", &["member", "unit", "status", "rank", "first_report_due", "posts_count", "enrolled_on"]),
    ("point-cards", &["holder", "year", "total", "base", "awarded", "deducted", "holder_kind"]),
];

/// The fields of a resource, the most telling first.
fn ordered(resource: &Resource) -> Vec<&str> {
    let telling =
        TELLING.iter().find(|(name, _)| *name == resource.name).map_or(&[][..], |(_, fields)| fields);
    let others = resource.fields.iter().map(String::as_str).filter(|field| !telling.contains(field));
    telling.iter().copied().chain(others).collect()
}

/// All that there are, for whom there are any.
pub(super) async fn all(visit: Visit) -> Result<Response, Problem> {
    use commands::authority::{Reach, reach};
    let seen = |resource: &&Resource| reach(&visit.actor, resource.name) != Reach::Nothing;
    let names: Vec<&str> = sheets::resources().iter().filter(seen).map(|resource| resource.name).collect();
    visit.show("sheets.html", json!({ "resources": names }))
}

fn resource(name: &str) -> Result<&'static Resource, Problem> {
    let found = sheets::resources().iter().find(|resource| resource.name == name);
    found.ok_or_else(|| Problem::of_status(StatusCode::NOT_FOUND))
}

/// One, a page at a time.
pub(super) async fn sheet(visit: Visit, Path(name): Path<String>) -> Result<Response, Problem> {
    let resource = resource(&name)?;
    let filters: Vec<(&str, &str)> = visit
        .asked
        .iter()
        .map(|(name, value)| (name.as_str(), value.trim()))
        .filter(|(name, value)| !value.is_empty() && !NOT_FILTERS.contains(name) && !TOLD.contains(name))
        .collect();
    let mut query = filters.clone();
    query.push(("limit", ROWS));
    for name in ["after", "order"] {
        if let Some(value) = visit.asked(name) {
            query.push((name, value));
        }
    }
    let listing = visit.list(&name, &query).await?;
    let is_flat = |field: &&str| {
        listing.items.iter().all(|row| !matches!(row.get(*field), Some(Value::Object(_) | Value::Array(_))))
    };
    let columns: Vec<&str> = ordered(resource).into_iter().filter(is_flat).take(COLUMNS).collect();
    let rows: Vec<Value> =
        listing.items.iter().map(|row| serde_json::json!({ "key": key(&name, row), "cells": row })).collect();
    let narrowed = written(&filters);
    let order = visit.asked("order").map(|order| ("order", order));
    let listed: Vec<_> = filters.iter().copied().chain(order).collect();
    let next = listing.after.map(|after| {
        let query = [listed.as_slice(), &[("after", after.as_str())]].concat();
        visit.link(&format!("/sheets/{name}?{}", written(&query)))
    });
    visit.show(
        "sheet.html",
        json!({
            "resource": name,
            "columns": columns,
            "filterable": resource.sheet.columns,
            "filters": filters.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect::<serde_json::Map<_, _>>(),
            "is_narrowed": !narrowed.is_empty(),
            "rows": rows,
            "next": next,
            "files": visit.files(&name, &listed),
            "position": listing.position,
        }),
    )
}

/// The key of a row, as its address has it.
fn key(resource: &str, row: &Value) -> Option<String> {
    keys::of(resource, row).map(|key| key.split('/').map(escaped).collect::<Vec<_>>().join("/"))
}

/// One row.
pub(super) async fn row(
    visit: Visit,
    Path((name, key)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let resource = resource(&name)?;
    let as_of: Vec<(&str, &str)> = visit.asked("as_of").map(|at| ("as_of", at)).into_iter().collect();
    let path = key.split('/').map(escaped).collect::<Vec<_>>().join("/");
    let answer = visit.get(&format!("/v1/{name}/{path}"), &as_of).await?;
    visit.show(
        "row.html",
        json!({
            "resource": name,
            "key": key,
            "fields": resource.fields,
            "row": answer.body,
            "position": answer.position,
            "as_of": visit.asked("as_of"),
        }),
    )
}

/// Every event of a stream, the newest last.
pub(super) async fn history(
    visit: Visit,
    Path((kind, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let mut query = vec![("limit", "100")];
    for name in ["after", "as_of"] {
        if let Some(value) = visit.asked(name) {
            query.push((name, value));
        }
    }
    let path = format!("/v1/streams/{}/{}", escaped(&kind), escaped(&id));
    let answer = visit.get(&path, &query).await?;
    visit.show(
        "history.html",
        json!({ "kind": kind, "id": id, "history": answer.body, "position": answer.position }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_most_is_there() {
        for (name, fields) in TELLING {
            let resource = resource(name).unwrap_or_else(|_| panic!("{name}"));
            assert!(fields.iter().all(|field| resource.fields.iter().any(|known| known == field)), "{name}");
            assert_eq!(ordered(resource).len(), resource.fields.len(), "{name}");
        }
    }
}
