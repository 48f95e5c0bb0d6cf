//! Trouble at one ledger, and what the others notice of it: nothing; and how a process with several begins and ends.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use server::http::Settings;
use tests::cluster::Cluster;
use tests::place::Place;
use tests::program::{baodao, end, run};
use tokio::task::spawn_blocking;

use super::{Province, ROOT};

/// Issue 3 C, fair between ledgers: while one ledger can store nothing and a crowd presses on it, its own share of the room fills up
/// and who comes there is told to come back; nobody is turned away from the others.
#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_at_one_ledger_does_not_shut_out_the_others() {
    let settings = Settings { requests_max: 6, ..Settings::trusting() };
    let province = Arc::new(Province::open("crowd", settings).await);
    let (west, east) = (province.west.clone(), province.east.clone());
    let (west, east) = (&*west, &*east);
    let held = province.places[1].raw().await.hold_head().await;
    let crowd: Vec<_> = (0..8)
        .map(|client| {
            let province = province.clone();
            tokio::spawn(async move {
                let code = format!("52{client:0>2}");
                loop {
                    let answer = province.register(&province.west, &code).await;
                    match answer.status().as_u16() {
                        201 => return,
                        429 => assert!(answer.headers().contains_key("retry-after")),
                        other => panic!("{other}: {:?}", answer.text().await),
                    }
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            })
        })
        .collect();
    let mut is_full = false;
    for _ in 0..600 {
        let answer = province.ask(Method::GET, &format!("{west}/v1/divisions")).await;
        is_full = answer.status() == 429;
        if is_full {
            assert_eq!(answer.json::<Value>().await.unwrap()["code"], "request.too_many");
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(is_full, "the crowd never filled its ledger's share");
    for code in ["5201", "5202", "5203", "5204", "5205"] {
        for ledger in [ROOT, east] {
            let position = province.registered(ledger, code).await;
            province.get(&format!("{ledger}/v1/divisions?at_least={position}")).await;
        }
    }
    // Who watches it gets in all the same, and sees how full it is.
    let metrics = province.text("/metrics").await;
    for (ledger, used) in [("crowd-west", 2), ("crowd-east", 0)] {
        let line = format!("baodao_saturation_used{{ledger=\"{ledger}\",of=\"requests\"}} {used}\n");
        assert!(metrics.contains(&line), "{line} is not in {metrics}");
    }
    assert!(
        metrics.contains("baodao_saturation_limit{ledger=\"crowd-west\",of=\"requests\"} 2\n"),
        "{metrics}"
    );
    held.release().await;
    for client in crowd {
        client.await.unwrap();
    }
    assert_eq!(
        province.get(&format!("{west}/v1/divisions?at_least=10")).await["items"].as_array().unwrap().len(),
        8
    );
    Arc::into_inner(province).unwrap().close().await;
}

/// Asks a ledger whether it is ready until the answer is the one awaited.
async fn ready(province: &Province, ledger: &str, status: u16) {
    for _ in 0..600 {
        if province.ask(Method::GET, &format!("{ledger}/readyz")).await.status() == status {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{ledger}/readyz does not become {status}");
}

/// Sends a command again until it is stored; each answer is a typed one.
async fn stored_at_last(province: &Province, ledger: &str) {
    for _ in 0..600 {
        match province.register(ledger, "5202").await.status().as_u16() {
            200 | 201 => return,
            503 | 504 => tokio::time::sleep(Duration::from_millis(100)).await,
            other => panic!("{other} is no typed answer"),
        }
    }
    panic!("nothing is stored with {ledger} any more");
}

/// Issue 3 C: the database of one ledger dies. Its callers get typed answers, and the other ledgers go on; it comes back without a
/// restart, and dies again without holding up the closing.
#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_without_its_database_leaves_the_others() {
    let cluster = spawn_blocking(|| Cluster::start("-c max_connections=50")).await.unwrap();
    let places = [Place::sqlite(), Place::on(cluster.url()), Place::postgres()];
    let province = Province::with("outage", places, Settings::trusting()).await;
    let (west, east) = (&*province.west, &*province.east);
    province.registered(west, "5201").await;
    cluster.kill_all();
    let answer = province.register(west, "5202").await;
    assert!(matches!(answer.status().as_u16(), 503 | 504), "{answer:?}");
    assert!(answer.headers().contains_key("retry-after"), "{answer:?}");
    for code in ["5201", "5202"] {
        for ledger in [ROOT, east] {
            let position = province.registered(ledger, code).await;
            province.get(&format!("{ledger}/v1/divisions?at_least={position}")).await;
        }
    }
    ready(&province, west, 503).await;
    for ledger in [ROOT, east] {
        ready(&province, ledger, 200).await;
    }
    let metrics = province.text("/metrics").await;
    for (ledger, is_ready) in [("outage-west", 0), ("outage-east", 1)] {
        assert!(metrics.contains(&format!("baodao_ready{{ledger=\"{ledger}\"}} {is_ready}\n")), "{metrics}");
    }
    cluster.start_again();
    ready(&province, west, 200).await;
    // Sent again under its key until it is stored, if it was not; connections that broke off may be in the way at first.
    stored_at_last(&province, west).await;
    cluster.kill_all();
    province.close().await;
}

/// Issue 3 C: a list that cannot be served whole is not served at all, and the ledger at fault is named.
#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_cannot_be_served_is_named_at_the_start() {
    let (root, west) = (Place::sqlite(), Place::sqlite());
    for (list, why) in [
        (
            format!("west={} north=postgres://nobody@127.0.0.1:1/none", west.url()),
            "ledger north: the database at 127.0.0.1:1/none",
        ),
        (format!("north=sqlite:///nowhere/{}/ledger.db", uuid::Uuid::new_v4()), "ledger north: /nowhere/"),
        (format!("North={}", west.url()), "\"North\" cannot name a ledger"),
        (format!("west={0} west={0}", west.url()), "two ledgers are called west"),
        (format!("west={0} east={0}", west.url()), "west and east are the same ledger"),
        (format!("west={}", root.url()), "default and west are the same ledger"),
        (west.url(), "is not NAME=URL"),
    ] {
        let said = run(&root.url(), &["serve", "--listen", "127.0.0.1:0", "--ledger", &list]);
        assert!(said.code == 1 && said.err.contains(why) && said.out.is_empty(), "{list}: {said:?}");
    }
}

/// Issue 3 C: the environment names ledgers as the option does; the program tells where each is, and ends all of them when it is
/// asked to.
#[tokio::test(flavor = "multi_thread")]
async fn the_environment_names_ledgers_too() {
    let (root, west, east) = (Place::sqlite(), Place::sqlite(), Place::postgres());
    let mut serve =
        baodao(&root.url(), &["serve", "--listen", "127.0.0.1:0", "--json", "--connections", "2"]);
    serve.env("BAODAO_LEDGERS", format!("west={}\n  east={}\n", west.url(), east.url()));
    let mut process = serve.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let told: Value = serde_json::from_str(&line).unwrap();
    let base = told["listening"].as_str().unwrap();
    let ledgers: Vec<Value> = ["west", "east"]
        .map(|name| json!({"name": name, "listening": format!("{base}ledgers/{name}/"), "fresh": true}))
        .into();
    assert_eq!((&told["fresh"], &told["ledgers"]), (&json!(true), &Value::Array(ledgers)));
    let client = Client::builder().no_proxy().build().unwrap();
    let metrics = client.get(format!("{base}metrics")).send().await.unwrap().text().await.unwrap();
    for ledger in ["default", "west", "east"] {
        let line = format!("baodao_saturation_limit{{ledger=\"{ledger}\",of=\"connections\"}} 2\n");
        assert!(metrics.contains(&line), "{metrics}");
    }
    // However many come: one connection for writing, and so many for reading.
    let Place::Postgres(schema) = &east else { unreachable!() };
    let open =
        format!("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'baodao {}'", schema.name());
    let reading = (0..50).map(|_| client.get(format!("{base}ledgers/east/v1/members")).send());
    for answer in join_all(reading).await {
        assert_eq!(answer.unwrap().status(), 200);
    }
    let open = east.raw().await.numbers(&open).await;
    assert!((1..=3).contains(&open[0]), "{open:?} connections are open");
    end(&mut process);
}
