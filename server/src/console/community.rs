//! Pages of a community's workers: the day's board, rosters, visits.

use std::sync::Arc;

use axum::Router;
use axum::response::Response;
use serde_json::json;

use super::Console;
use super::visit::Visit;
use crate::http::problem::Problem;

/// Their addresses.
pub(super) fn pages() -> Router<Arc<Console>> {
    Router::new()
}

/// The first page.
pub(super) async fn home(visit: Visit) -> Result<Response, Problem> {
    visit.show("home.html", json!({}))
}
