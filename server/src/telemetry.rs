//! Traces (OpenTelemetry): what one command went through, from the request over its events to every projection.
//!
//! Off unless `OTEL_EXPORTER_OTLP_ENDPOINT` names a collector (OTLP over HTTP); `OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER` and the
//! other variables of the standard are heeded. The caller's trace goes on (W3C `traceparent`). It is not kept with the events: what
//! a ledger keeps for ever is what happened, not how it was transported.

use std::time::Duration;

use axum::http::{HeaderMap, Method};
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use projections::sheets;
use tokio::sync::Semaphore;
use tracing::{Instrument, Span, field};
use tracing_opentelemetry::{OpenTelemetryLayer, OpenTelemetrySpanExt};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::Layer;
use tracing_subscriber::registry::LookupSpan;

use crate::App;
use crate::store::LedgerName;

/// Target of all spans: the log's filter leaves them out, the collector's takes nothing else.
pub const TARGET: &str = commands::TRACE;
/// The variable that switches traces on.
const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
/// Commands whose way to the projections is followed at the same time; others are traced without it.
static FOLLOWED: Semaphore = Semaphore::const_new(256);
/// How long a command is followed.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sends spans to the collector until it ends, and then what is left of them.
pub struct Exporting(SdkTracerProvider);

impl Drop for Exporting {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(%error, "the last spans may be missing");
        }
    }
}

impl Exporting {
    /// What sends spans; none when no collector is named.
    pub fn start() -> Result<Option<Self>, opentelemetry_otlp::ExporterBuildError> {
        if std::env::var_os(ENDPOINT).is_none_or(|endpoint| endpoint.is_empty()) {
            return Ok(None);
        }
        let exporter = opentelemetry_otlp::SpanExporter::builder().with_http().build()?;
        let name = std::env::var("OTEL_SERVICE_NAME").unwrap_or_else(|_| "baodao".to_owned());
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(Resource::builder().with_service_name(name).build())
            .build();
        Ok(Some(Self(provider)))
    }

    /// The layer that hands it spans.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: tracing::Subscriber + for<'span> LookupSpan<'span>,
    {
        let layer: OpenTelemetryLayer<S, SdkTracer> =
            tracing_opentelemetry::layer().with_tracer(self.0.tracer("baodao"));
        layer.with_filter(Targets::new().with_target(TARGET, tracing::Level::INFO))
    }
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(axum::http::HeaderName::as_str).collect()
    }
}

/// The span of a request; it goes on with the caller's trace.
pub(crate) fn request(ledger: &LedgerName, method: &Method, route: &str, headers: &HeaderMap) -> Span {
    let span = tracing::info_span!(
        target: TARGET,
        "request",
        otel.name = %format_args!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = field::Empty,
        ledger = ledger.as_str(),
        http.request.method = %method,
        http.route = route,
        http.response.status_code = field::Empty,
    );
    if !span.is_disabled() {
        let caller = TraceContextPropagator::new().extract(&Headers(headers));
        let _ = span.set_parent(caller);
    }
    span
}

/// Tells how a request was answered.
pub(crate) fn answered(span: &Span, status: u16) {
    span.record("http.response.status_code", status);
    if status >= 500 {
        span.record("otel.status_code", "ERROR");
    }
}

/// Traces a position on its way to every projection, after the answer was given: the span ends when all rows reflect it.
pub(crate) fn follow(app: &App, position: u64) {
    let span = tracing::info_span!(target: TARGET, "project", ledger = app.store().name().as_str(), position, projections = field::Empty);
    if span.is_disabled() {
        return;
    }
    let Ok(permit) = FOLLOWED.try_acquire() else { return };
    let mut progress = app.watch();
    let mut waiting: Vec<&str> = sheets::sheets().iter().map(|sheet| sheet.name).collect();
    span.record("projections", waiting.len());
    let all = async move {
        loop {
            let now = progress.borrow_and_update().clone();
            waiting.retain(|name| {
                let is_there = now.checkpoint(name).is_some_and(|reached| reached >= position);
                if is_there {
                    tracing::info!(target: TARGET, projection = name, "reached");
                }
                !is_there
            });
            if waiting.is_empty() || progress.changed().await.is_err() {
                break;
            }
        }
        drop(permit);
    };
    tokio::spawn(async move { tokio::time::timeout(PATIENCE, all).await.ok() }.instrument(span));
}
