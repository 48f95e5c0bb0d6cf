//! Under load: what is full refuses with a type and says when to come again, and what is measured is what the dashboard shows.

use std::collections::BTreeSet;
use std::sync::Arc;

use projections::ports::Feed;
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use server::App;
use server::app::Options;
use server::clock::SystemClock;
use server::http::{self, Settings};
use tests::place::Place;
use tests::town::{Town, both};
use tokio::net::TcpListener;

/// A house with so much room, and what it answers at these addresses.
async fn answers(settings: Settings, paths: &[&str]) -> Vec<Response> {
    let place = Place::sqlite();
    let app = App::open(&place.url(), Arc::new(SystemClock), Options::default()).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(http::serve(listener, Arc::new(app), settings, async {
        let _ = stopped.await;
    }));
    let client = Client::builder().no_proxy().build().unwrap();
    let mut told = vec![];
    for path in paths {
        told.push(client.get(format!("{base}{path}")).send().await.unwrap());
    }
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
    told
}

async fn refused_for_now(answer: Response, code: &str) {
    assert_eq!(answer.status(), 429);
    let seconds: u64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(seconds > 0);
    assert_eq!(answer.json::<Value>().await.unwrap()["code"], code);
}

/// Design §5: a house that is full says so at once, with `Retry-After`; who watches it gets in all the same.
#[tokio::test]
async fn a_full_house_refuses_and_can_still_be_watched() {
    let settings = Settings { requests_max: 0, ..Settings::trusting() };
    let told = answers(settings, &["/v1/members", "/healthz", "/readyz", "/metrics"]).await;
    let mut told = told.into_iter();
    refused_for_now(told.next().unwrap(), "request.too_many").await;
    for answer in told {
        assert_eq!(answer.status(), 200, "{answer:?}");
    }
}

/// Design §5: event streams are held open, so there is room for a number of them only.
#[tokio::test]
async fn there_is_room_for_so_many_event_streams() {
    let settings = Settings { streams_max: 0, ..Settings::trusting() };
    let told = answers(settings, &["/v1/events/stream"]).await;
    refused_for_now(told.into_iter().next().unwrap(), "events.too_many_streams").await;
}

/// The names of metrics in a text, without what a histogram adds to them.
fn names(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_lowercase() || c == '_';
    let words = text.split(|c: char| !is_part(c)).filter(|word| word.starts_with("baodao_"));
    words
        .map(|word| {
            let base = ["_bucket", "_sum", "_count"].iter().find_map(|end| word.strip_suffix(end));
            base.unwrap_or(word).to_owned()
        })
        .collect()
}

/// Every metric of the dashboard is exported, and every exported one is on it.
#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_shows_what_is_measured() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/grafana/baodao.json");
    let dashboard: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let variables = dashboard["templating"]["list"].as_array().unwrap();
    assert!(variables.iter().any(|variable| variable["name"] == "ledger"));
    let mut shown = BTreeSet::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().into_iter().flatten() {
            let asked = target["expr"].as_str().unwrap();
            shown.extend(names(asked));
            // Each series of it is that of the ledgers chosen.
            let series = asked.matches("baodao_").count();
            assert_eq!(asked.matches("{ledger=~\"$ledger\"").count(), series, "{asked}");
        }
    }
    both(async |town: Town| {
        let nobody = json!({"member": "nobody", "kind": "unit_linked", "community": "520201016001"});
        town.request(Method::POST, "/v1/commands/report").json(&nobody).send().await.unwrap();
        town.request(Method::POST, "/v1/commands")
            .header("content-type", "application/jsonl")
            .body(json!({"command": "report", "data": {}}).to_string())
            .send()
            .await
            .unwrap();
        let metrics = town.request(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
        let lines = metrics.lines().filter(|line| !line.starts_with('#'));
        let told = lines.filter_map(|line| names(line).into_iter().next()).collect::<BTreeSet<_>>();
        assert_eq!(shown, told);
        let of_none = metrics
            .lines()
            .find(|line| !line.is_empty() && !line.starts_with('#') && !line.contains("ledger=\""));
        assert_eq!(of_none, None, "every series names its ledger");
        let position = town.app().store().head().await.unwrap();
        assert!(
            metrics.contains(&format!("baodao_journal_position{{ledger=\"default\"}} {position}\n")),
            "{metrics}"
        );
    })
    .await;
}
