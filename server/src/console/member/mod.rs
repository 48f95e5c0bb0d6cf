//! Pages of members: what is theirs to take up, their cards, their data.

mod cards;
mod holder;
mod home;
mod lookup;
mod my_data;
mod points;
mod rulebook;
mod wishes;
mod work;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::Console;

pub(super) use cards::listed as cards_listed;
pub(super) use holder::refused;
pub(super) use home::page as home;
pub(super) use lookup::{after, names, text, texts, today, year};
pub(super) use rulebook::Rulebook;

/// Their addresses.
pub(super) fn pages() -> Router<Arc<Console>> {
    Router::new()
        .route("/wishes", get(wishes::page))
        .route("/taken/{demand}", get(work::page))
        .route("/points", get(points::page))
        .route("/points/{year}/{line}", get(points::line))
        .route("/cards", get(cards::page))
        .route("/my-data", get(my_data::page))
}
