//! `/healthz`, `/readyz`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use projections::ports::{Feed, Shelf};
use projections::sheets;
use schemars::JsonSchema;
use serde::Serialize;

use super::House;
use super::edge::Told;

/// Whether the house can serve.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Readiness {
    /// Whether all is well.
    pub ready: bool,
    /// Of the journal.
    pub journal: JournalState,
    /// Of each projection.
    pub projections: Vec<ProjectionState>,
    /// What the projector of this process is struggling with.
    pub trouble: Option<String>,
}

/// The journal's state.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct JournalState {
    /// Whether it can be read.
    pub reachable: bool,
    /// Its last position.
    pub head: Option<u64>,
}

/// A projection's state.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ProjectionState {
    /// Which.
    pub name: String,
    /// Counts the rebuilds.
    pub generation: u32,
    /// Of the code that folds it.
    pub version: u32,
    /// The position that its rows reflect.
    pub checkpoint: u64,
    /// Events that its rows do not reflect yet.
    pub lag: u64,
    /// The event that stopped it, and why.
    pub poison: Option<String>,
}

/// The process is alive.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// Whether the journal can be reached and every projection keeps up.
pub(super) async fn ready(State(house): State<Arc<House>>) -> Response {
    let readiness = readiness(&house).await;
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mut response = (status, Json(readiness)).into_response();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    }
    response.extensions_mut().insert(Told);
    response
}

pub(super) async fn readiness(house: &House) -> Readiness {
    let head = house.app.store().head().await.ok();
    let slots = house.app.store().checkpoints().await;
    let trouble = house.app.progress().trouble;
    let projections: Vec<ProjectionState> = slots
        .iter()
        .flatten()
        .filter(|slot| sheets::sheets().iter().any(|sheet| sheet.name == slot.name))
        .map(|slot| ProjectionState {
            name: slot.name.clone(),
            generation: slot.generation,
            version: slot.version,
            checkpoint: slot.checkpoint,
            lag: head.unwrap_or(slot.checkpoint).saturating_sub(slot.checkpoint),
            poison: slot.poison.clone(),
        })
        .collect();
    Readiness {
        ready: head.is_some()
            && slots.is_ok()
            && trouble.is_none()
            && projections.iter().all(|projection| projection.poison.is_none()),
        journal: JournalState { reachable: head.is_some(), head },
        projections,
        trouble,
    }
}
