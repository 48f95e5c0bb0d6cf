//! Pages of auditors: replay, journal, audits.

mod audits;
mod journal;
mod moment;
mod replay;
mod resolve;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::Console;
use super::visit::Visit;
use crate::http::problem::Problem;

/// Readings beyond authority on the first page.
const ALARMS: &str = "5";

/// Their addresses.
pub(super) fn pages() -> Router<Arc<Console>> {
    Router::new()
        .route("/replay", get(replay::choose))
        .route("/replay/{kind}/{*id}", get(replay::page))
        .route("/journal", get(journal::list))
        .route("/journal/{position}", get(journal::entry))
        .route("/audits", get(audits::list).post(audits::begin))
        .route("/audits/{audit}", get(audits::one))
        .route("/audits/{audit}/cancel", post(audits::cancel))
}

/// The first page.
pub(super) async fn home(visit: Visit) -> Result<Response, Problem> {
    let broken = [("broken_glass", "true"), ("order", "-read_at"), ("limit", ALARMS)];
    let newest = [("order", "newest"), ("limit", "6")];
    let (log, audits, alarms, newest) = tokio::try_join!(
        visit.get_plain("/v1/log/state", &[]),
        visit.get_plain("/v1/audits", &[]),
        visit.list_seen("readings", &broken),
        visit.get_plain("/v1/events", &newest),
    )?;
    let audits: Vec<Value> = audits.body["items"].as_array().into_iter().flatten().take(3).cloned().collect();
    visit.show(
        "auditor/home.html",
        json!({
            "log": log.body,
            "audits": audits,
            "alarms": alarms.items,
            "events": view::events(&newest.body),
            "kinds": resolve::KINDS,
        }),
    )
}
