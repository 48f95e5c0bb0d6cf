//! `/metrics`: what the house does, how long it takes, what goes wrong, and how full it is.
//!
//! Counters and histograms are told where things happen; what can be looked up is looked up here. docs/grafana/baodao.json shows them.

use std::sync::{Arc, OnceLock};

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use metrics::{counter, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use projections::sheets;

use super::House;
use super::health::{self, Readiness};
use super::problem::Problem;
use crate::store::Saturation;

const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
const COUNTS: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 512.0];
/// Counters of what should not happen: told as 0 from the start, so that an alarm sees the first one.
const TROUBLES: [&str; 6] = [
    "baodao_journal_conflicts_total",
    "baodao_journal_outcomes_unknown_total",
    "baodao_journal_overloaded_total",
    "baodao_journal_went_back_total",
    "baodao_projector_troubles_total",
    "baodao_reaction_troubles_total",
];

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
                .inspect(|_| TROUBLES.iter().for_each(|name| counter!(*name).absolute(0)))
                .map_err(|error| tracing::error!(%error, "there will be no metrics"))
                .ok()
        })
        .as_ref()
}

/// Prometheus' text.
pub(super) async fn metrics(State(house): State<Arc<House>>) -> Result<Response, Problem> {
    let readiness = health::readiness(&house).await;
    rebuilds(&house).await;
    ledger(readiness);
    saturation(&house);
    let recorder = recorder().ok_or_else(Problem::internal)?;
    recorder.run_upkeep();
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], recorder.render())
        .into_response())
}

fn ledger(readiness: Readiness) {
    gauge!("baodao_ready").set(f64::from(u8::from(readiness.ready)));
    if let Some(head) = readiness.journal.head {
        gauge!("baodao_journal_position").set(head as f64);
    }
    for projection in readiness.projections {
        let name = projection.name;
        gauge!("baodao_projection_position", "projection" => name.clone()).set(projection.checkpoint as f64);
        gauge!("baodao_projection_lag_events", "projection" => name.clone()).set(projection.lag as f64);
        gauge!("baodao_projection_poisoned", "projection" => name)
            .set(f64::from(u8::from(projection.poison.is_some())));
    }
}

/// Which projections are being rebuilt, whichever process does it.
async fn rebuilds(house: &House) {
    let Ok(building) = house.app.store().building().await else { return };
    for sheet in sheets::sheets() {
        let is_building = building.iter().any(|slot| slot.name == sheet.name);
        gauge!("baodao_projection_rebuilding", "projection" => sheet.name)
            .set(f64::from(u8::from(is_building)));
    }
}

/// How full each thing is that can be full, and how much it holds at most.
fn saturation(house: &House) {
    let Saturation { queued, queue, connections, idle, connections_max } = house.app.store().saturation();
    let settings = &house.settings;
    let full = |what: &'static str, used: usize, most: usize| {
        gauge!("baodao_saturation_used", "of" => what).set(used as f64);
        gauge!("baodao_saturation_limit", "of" => what).set(most as f64);
    };
    full("journal queue", queued, queue);
    full("connections", connections.saturating_sub(idle), connections_max);
    full("requests", settings.requests_max - house.requests.available_permits(), settings.requests_max);
    full("batches", settings.batches_max - house.batches.available_permits(), settings.batches_max);
    full("event streams", settings.streams_max - house.streams.available_permits(), settings.streams_max);
}
