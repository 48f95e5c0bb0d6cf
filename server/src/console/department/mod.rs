//! Pages of the organisation department: cards to sign and file, exclusions, disqualifications, policies and what-if.

mod cards;
mod discipline;
mod policies;
mod what_if;

use std::sync::Arc;

use aggregates::when;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use futures::future::try_join_all;
use serde_json::{Map, Value, json};

use super::Console;
use super::emergency;
use super::visit::Visit;
use crate::http::problem::Problem;

/// Rows that a first page counts; more are told as "so many and more".
const COUNTED: &str = "50";
/// Rows of them that it shows.
const SHOWN: usize = 5;

/// Their addresses.
pub(super) fn pages() -> Router<Arc<Console>> {
    Router::new()
        .route("/card-desk", get(cards::desk))
        .route("/card-desk/{kind}/{holder}/{year}", get(cards::card))
        .route("/exclusions", get(discipline::exclusions))
        .route("/disqualifications", get(discipline::disqualifications))
        .route("/policies", get(policies::all))
        .route("/policies/{label}", get(policies::one))
        .route("/policies/what-if", get(what_if::form).post(what_if::begin))
        .route("/policies/what-if/{id}", get(what_if::shown))
        .route("/policies/what-if/{id}/stop", post(what_if::stop))
}

/// The heaps of work on the first page: name, resource, what they are narrowed by, where all of them are.
type Heap = (&'static str, &'static str, &'static [(&'static str, &'static str)], &'static str);

const HEAPS: [Heap; 7] = [
    (
        "sign",
        "feedback-cards",
        &[("status", "draft"), ("order", "objection_until")],
        "/card-desk?status=draft",
    ),
    ("file", "feedback-cards", &[("status", "signed")], "/card-desk?status=signed"),
    ("answer", "feedback-cards", &[("status", "objected")], "/card-desk?status=objected"),
    ("redraft", "feedback-cards", &[("status", "outdated")], "/card-desk?status=outdated"),
    ("excluded", "members", &[("status", "excluded"), ("order", "turns_on")], "/exclusions"),
    ("appeals", "disqualifications", &[], "/disqualifications"),
    ("opinions", "opinions", &[("given_on", ""), ("order", "due")], "/opinions"),
];

/// The first page: what waits for the department.
pub(super) async fn home(visit: Visit) -> Result<Response, Problem> {
    let queries =
        HEAPS.map(|(_, resource, narrowed, _)| (resource, [narrowed, &[("limit", COUNTED)]].concat()));
    let listings =
        try_join_all(queries.iter().map(|(resource, query)| visit.list_seen(resource, query))).await?;
    let emergencies = emergency::of_body(&visit).await?;
    let mut heaps = vec![];
    for ((name, _, _, href), listing) in HEAPS.into_iter().zip(listings) {
        let more = listing.after.is_some();
        let mut rows = listing.items;
        match name {
            "appeals" => rows.retain(has_open_appeal),
            "opinions" => rows.retain(|row| row["withdrawn"] != true),
            _ => {}
        }
        let count = rows.len();
        rows.truncate(SHOWN);
        heaps.push(
            json!({ "name": name, "count": count, "more": more, "rows": rows, "href": visit.link(href) }),
        );
    }
    let idle = heaps.iter().all(|heap| heap["count"] == 0);
    visit.show(
        "department/home.html",
        json!({ "heaps": heaps, "idle": idle, "today": today(&visit), "emergencies": emergencies }),
    )
}

/// Whether an appeal of the row waits for its decision.
fn has_open_appeal(row: &Value) -> bool {
    let cases = row["cases"].as_array().map(Vec::as_slice).unwrap_or_default();
    row["appeal"] == "pending" || cases.iter().any(|case| case["appeal"] == "pending")
}

/// Today's business date.
fn today(visit: &Visit) -> String {
    when::local(visit.console.house.app.clock().now()).date_naive().to_string()
}

/// Which of the commands the visitor's role may submit: only these have a form on the page.
fn may(visit: &Visit, commands: &[&str]) -> Map<String, Value> {
    let may = |name: &&str| commands::authority::may(visit.actor.role, name);
    commands.iter().map(|name| (name.replace('-', "_"), Value::Bool(may(name)))).collect()
}
