//! Pages of a community's workers: the day's board, one demand with whom it could be offered to, acts on many rows at once, rosters,
//! visits, the residence ledger, the duty catalogue.

mod board;
mod bulk;
mod catalogue;
mod demand;
mod grids;
mod residence;
mod visits;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use serde_json::Value;

use super::Console;
use super::visit::Visit;

pub(super) use board::home;

/// Their addresses.
pub(super) fn pages() -> Router<Arc<Console>> {
    Router::new()
        .route("/board", get(board::home))
        .route("/board/{demand}", get(demand::page))
        .route("/bulk/{command}", post(bulk::submit))
        .route("/catalogue", get(catalogue::page))
        .route("/grids", get(grids::all))
        .route("/grids/{grid}", get(grids::one))
        .route("/visits", get(visits::page))
        .route("/residence", get(residence::page))
}

/// The filter of a list to the visitor's place, or to the part of it that the address asks for.
fn place<'a>(visit: &'a Visit, column: &'static str) -> Vec<(&'static str, &'a str)> {
    visit.asked("community").or_else(|| visit.body()).map(|code| (column, code)).into_iter().collect()
}

/// A field of a row as text.
fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row.get(field).and_then(Value::as_str).unwrap_or_default()
}
