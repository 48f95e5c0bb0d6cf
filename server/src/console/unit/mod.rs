//! Pages of a unit's party organisation, and of those who review promotions.

mod cards;
mod home;
mod opinions;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::Console;

pub(super) use cards::page as cards;
pub(super) use home::page as home;
pub(super) use opinions::home as review_home;

/// Their addresses.
pub(super) fn pages() -> Router<Arc<Console>> {
    Router::new().route("/opinions", get(opinions::page)).route("/opinions/{opinion}", get(opinions::one))
}
