//! Pages of residents: whom to ask, asking, and what became of it. Most who come here have no account: a code keeps theirs what they asked (ADR 20).

mod ask;
mod code;
mod mine;
mod place;
mod poster;
mod qr;
mod who;

use std::sync::Arc;

use aggregates::Role;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::Console;
use super::visit::Visit;
use crate::http::problem::Problem;
use place::Place;

/// Their addresses.
pub(super) fn pages() -> Router<Arc<Console>> {
    Router::new()
        .route("/who", get(who::choose))
        .route("/grid/{code}", get(who::grid))
        .route("/ask", get(ask::kinds))
        .route("/ask/{kind}", get(ask::form).post(ask::send))
        .route("/mine", get(mine::all))
        .route("/mine/{demand}", get(mine::one))
        .route("/code", get(code::page).post(code::enter))
        .route("/code/forget", post(code::forget))
        .route("/poster/community/{code}", get(poster::community))
        .route("/poster/grid/{code}", get(poster::grid))
        .route("/poster/estate/{id}", get(poster::estate))
}

/// What an entry of the catalogue or a slot of a roster is called.
fn title_of<'a>(visit: &Visit, row: &'a Value) -> &'a str {
    let text = |field: &str| row[field].as_str().unwrap_or_default();
    visit.language.pick(text("title"), text("title_en"))
}

/// The first page.
pub(super) async fn home(visit: Visit) -> Result<Response, Problem> {
    let known = Place::of_visit(&visit);
    let serving = match &known {
        Some(place) => who::serving(&visit, place).await?,
        None => None,
    };
    let place = match &known {
        Some(place) => place.shown(&visit).await?,
        None => None,
    };
    let emergencies = match &known {
        Some(place) => place.emergencies(&visit).await?,
        None => vec![],
    };
    let open = if visit.actor.role == Role::Resident { mine::open(&visit).await? } else { vec![] };
    let query = known.map(|place| place.query());
    visit.show(
        "resident/home.html",
        json!({ "place": place, "serving": serving, "open": open, "emergencies": emergencies, "emergency_place": query }),
    )
}
