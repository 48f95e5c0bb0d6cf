//! Traces: a command is followed from the caller over its events to every projection, and sent to a collector.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as AttributeValue;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use reqwest::Client;
use serde_json::{Value, json};
use tests::place::Place;
use tests::program::{baodao, run};
use tests::town::founding;
use tokio::net::TcpListener;

const TRACE: u128 = 0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c;
const CALLER: u64 = 0xb7ad_6b71_6920_3331;

type Spans = Arc<Mutex<Vec<Span>>>;

/// A collector on loopback, and what it was sent.
async fn collector() -> (String, Spans) {
    let spans = Spans::default();
    let kept = Arc::clone(&spans);
    let take = move |body: Bytes| {
        let told = ExportTraceServiceRequest::decode(body).unwrap();
        let of_all = told.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
        kept.lock().unwrap().extend(of_all.flat_map(|scope| scope.spans));
        async { "" }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/v1/traces", post(take))).await });
    (url, spans)
}

/// Waits until a span of this name has come.
async fn arrived(spans: &Spans, name: &str) {
    for _ in 0..1200 {
        if spans.lock().unwrap().iter().any(|span| span.name == name) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no span {name} in {:?}", spans.lock().unwrap());
}

/// Serves with the collector, sends one order with the caller's trace, waits until it was followed to its end, and stops.
async fn order(url: &str, collector: &str, spans: &Spans) -> Value {
    let mut serve = baodao(url, &["serve", "--listen", "127.0.0.1:0", "--json"]);
    serve.env("OTEL_EXPORTER_OTLP_ENDPOINT", collector).env("OTEL_BSP_SCHEDULE_DELAY", "100");
    let mut process = serve.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let told: Value = serde_json::from_str(&line).unwrap();
    let base = told["listening"].as_str().unwrap().trim_end_matches('/').to_owned();
    let client = Client::builder().no_proxy().build().unwrap();
    let answer = client
        .post(format!("{base}/v1/commands/place-order"))
        .header("traceparent", format!("00-{TRACE:032x}-{CALLER:016x}-01"))
        .json(&json!({"demand": "d-1", "channel": "online", "category": "appliance_repair",
            "community": "520201016001", "urgency": "routine"}))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 201);
    let receipt: Value = answer.json().await.unwrap();
    arrived(spans, "project").await;
    tests::program::end(&mut process);
    receipt
}

/// A command's trace goes on from the caller's, names the events that it stored, and ends when every projection shows them.
#[tokio::test(flavor = "multi_thread")]
async fn a_command_is_traced_over_its_events_to_the_projections() {
    let place = Place::sqlite();
    let url = place.url();
    let lines = founding().iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), lines).unwrap();
    assert_eq!(run(&url, &["submit", file.path().to_str().unwrap()]).code, 0);
    let (collector, spans) = collector().await;
    let receipt = order(&url, &collector, &spans).await;

    let spans = std::mem::take(&mut *spans.lock().unwrap());
    let told: Vec<&Span> = spans.iter().filter(|span| span.trace_id == TRACE.to_be_bytes()).collect();
    let named = |name: &str| {
        *told.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("{name}: {told:?}"))
    };
    let request = named("POST /v1/commands/{name}");
    assert_eq!(request.parent_span_id, CALLER.to_be_bytes());
    assert_eq!(named("command").parent_span_id, request.span_id);
    let append = named("append");
    assert_eq!(append.parent_span_id, named("command").span_id);
    assert_eq!(append.events.len(), receipt["events"].as_array().unwrap().len());
    let project = named("project");
    assert_eq!(project.parent_span_id, request.span_id);
    for span in [request, append, project] {
        let of = span.attributes.iter().find(|attribute| attribute.key == "ledger").unwrap();
        assert_eq!(of.value.as_ref().unwrap().value, Some(AttributeValue::StringValue("default".to_owned())));
    }
    assert_eq!(project.events.len(), projections::sheets::sheets().len(), "{project:?}");
}
