//! Pages of figures: statistics by division and period, and the map of grids.

use std::sync::Arc;

use axum::Router;

use super::Console;

/// Their addresses.
pub(super) fn pages() -> Router<Arc<Console>> {
    Router::new()
}
