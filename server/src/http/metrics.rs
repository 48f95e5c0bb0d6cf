//! `/metrics`: what the house does, how long it takes, what goes wrong, and how full it is.
//!
//! Counters and histograms are told where things happen (`server/src/measures.rs`); what can be looked up is looked up here. docs/grafana/baodao.json shows them.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures::future::join_all;
use metrics::{Label, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use projections::sheets;

use super::House;
use super::health::{self, Readiness};
use super::problem::Problem;
use crate::store::Saturation;

const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
const COUNTS: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 512.0];
/// How long a ledger may take to be looked up: a collector waits ten seconds.
const LOOK: Duration = Duration::from_secs(4);

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

/// Prometheus' text: of all ledgers at the root, of its own at another one.
pub(super) async fn metrics(State(house): State<Arc<House>>) -> Result<Response, Problem> {
    join_all(house.all().map(|house| look_up(house))).await;
    let recorder = recorder().ok_or_else(Problem::internal)?;
    recorder.run_upkeep();
    let mut text = recorder.render();
    if !house.prefix.is_empty() {
        let own = format!("ledger=\"{}\"", house.name());
        text = text.lines().filter(|line| line.starts_with('#') || line.contains(&own)).fold(
            String::new(),
            |mut told, line| {
                told.push_str(line);
                told.push('\n');
                told
            },
        );
    }
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}

/// Looks up what can be looked up. A ledger whose database does not answer is told as not ready, and holds nobody up.
async fn look_up(house: &House) {
    saturation(house);
    let looked = async {
        rebuilds(house).await;
        health::readiness(house).await
    };
    match tokio::time::timeout(LOOK, looked).await {
        Ok(readiness) => ledger(house, readiness),
        Err(_) => is_ready(house, false),
    }
}

fn is_ready(house: &House, ready: bool) {
    gauge!("baodao_ready", "ledger" => house.name().label()).set(f64::from(u8::from(ready)));
}

fn ledger(house: &House, readiness: Readiness) {
    let ledger = house.name().label();
    is_ready(house, readiness.ready);
    if let Some(head) = readiness.journal.head {
        gauge!("baodao_journal_position", "ledger" => ledger.clone()).set(head as f64);
    }
    for projection in readiness.projections {
        let labels = [Label::new("ledger", ledger.clone()), Label::new("projection", projection.name)];
        gauge!("baodao_projection_position", labels.iter()).set(projection.checkpoint as f64);
        gauge!("baodao_projection_lag_events", labels.iter()).set(projection.lag as f64);
        gauge!("baodao_projection_poisoned", labels.iter())
            .set(f64::from(u8::from(projection.poison.is_some())));
    }
}

/// Which projections are being rebuilt, whichever process does it.
async fn rebuilds(house: &House) {
    let Ok(building) = house.app.store().building().await else { return };
    for sheet in sheets::sheets() {
        let is_building = building.iter().any(|slot| slot.name == sheet.name);
        gauge!("baodao_projection_rebuilding", "ledger" => house.name().label(), "projection" => sheet.name)
            .set(f64::from(u8::from(is_building)));
    }
}

/// How full each thing is that can be full, and how much it holds at most.
fn saturation(house: &House) {
    let Saturation { queued, queue, connections, idle, connections_max } = house.app.store().saturation();
    let settings = &house.settings;
    let full = |what: &'static str, used: usize, most: usize| {
        let ledger = house.name().label();
        gauge!("baodao_saturation_used", "ledger" => ledger.clone(), "of" => what).set(used as f64);
        gauge!("baodao_saturation_limit", "ledger" => ledger, "of" => what).set(most as f64);
    };
    full("journal queue", queued, queue);
    full("connections", connections.saturating_sub(idle), connections_max);
    full("requests", settings.requests_max - house.requests.available_permits(), settings.requests_max);
    full("batches", settings.batches_max - house.batches.available_permits(), settings.batches_max);
    full("event streams", settings.streams_max - house.streams.available_permits(), settings.streams_max);
}
