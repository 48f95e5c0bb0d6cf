//! `/`: the first page, by person.

use axum::response::Response;
use serde_json::json;

use super::visit::Visit;
use crate::http::problem::Problem;

/// The first page of whoever looks.
pub(super) async fn page(visit: Visit) -> Result<Response, Problem> {
    visit.show("home.html", json!({}))
}
