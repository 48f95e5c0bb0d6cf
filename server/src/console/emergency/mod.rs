//! Emergencies on pages (F3, F4): the banner wherever one is in force, and the roster of one.

mod banner;
mod page;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use serde_json::Value;

use super::Console;
use super::visit::Visit;
use commands::authority;

pub(super) use banner::{Parts, banners, of_body};

/// Their addresses.
pub(super) fn pages() -> Router<Arc<Console>> {
    Router::new().route("/emergencies/{id}", get(page::one))
}

/// Whether the visitor could stand the emergency down: what the table of authority says of the fact that would be recorded.
fn may_stand_down(visit: &Visit, row: &Value) -> bool {
    let fact = serde_json::json!({ "scope": row["scope"] }).to_string();
    row["state"] == "in_force"
        && authority::may(visit.actor.role, "stand-down")
        && authority::must_lie_within(&visit.actor, "EmergencyStoodDown", &fact).is_ok()
}
