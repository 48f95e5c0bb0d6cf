//! `/healthz`, `/readyz`, `/metrics`.

use std::sync::{Arc, OnceLock};

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use projections::ports::{Feed, Shelf};
use projections::sheets;
use schemars::JsonSchema;
use serde::Serialize;

use super::House;
use super::edge::Told;
use super::problem::Problem;

const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
const COUNTS: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 512.0];

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
    response.extensions_mut().insert(Told);
    response
}

async fn readiness(house: &House) -> Readiness {
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

/// The one recorder of the process; none when somebody else installed another.
pub(super) fn recorder() -> Option<&'static PrometheusHandle> {
    static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    RECORDER
        .get_or_init(|| {
            let seconds = Matcher::Suffix("_seconds".to_owned());
            let batches = Matcher::Prefix("baodao_journal_batch_appends".to_owned());
            let lines = Matcher::Prefix("baodao_batch_lines".to_owned());
            PrometheusBuilder::new()
                .set_buckets_for_metric(seconds, &SECONDS)
                .and_then(|builder| builder.set_buckets_for_metric(batches, &COUNTS))
                .and_then(|builder| builder.set_buckets_for_metric(lines, &COUNTS))
                .and_then(PrometheusBuilder::install_recorder)
                .map_err(|error| tracing::error!(%error, "there will be no metrics"))
                .ok()
        })
        .as_ref()
}

/// Prometheus' text.
pub(super) async fn metrics(State(house): State<Arc<House>>) -> Result<Response, Problem> {
    let readiness = readiness(&house).await;
    metrics::gauge!("baodao_ready").set(f64::from(u8::from(readiness.ready)));
    if let Some(head) = readiness.journal.head {
        metrics::gauge!("baodao_journal_position").set(head as f64);
    }
    for projection in readiness.projections {
        let name = projection.name;
        metrics::gauge!("baodao_projection_lag_events", "projection" => name.clone())
            .set(projection.lag as f64);
        metrics::gauge!("baodao_projection_poisoned", "projection" => name)
            .set(f64::from(u8::from(projection.poison.is_some())));
    }
    let recorder = recorder().ok_or_else(Problem::internal)?;
    recorder.run_upkeep();
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], recorder.render())
        .into_response())
}
