//! The server is killed in the middle of a load, again and again: nothing that was acknowledged is lost, nothing happens
//! twice, and every projection equals a rebuild (design §3, §4).

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};
use tests::place::Place;
use tests::program::{baodao, run};
use tests::town::founding;
use uuid::Uuid;

/// How often the server is killed.
const KILLS: u32 = 6;
/// Clients that submit at the same time.
const CLIENTS: u32 = 8;

on_both!(killing_the_server_loses_nothing_and_repeats_nothing);

/// A server in a process of its own.
struct Server {
    process: Child,
    base: String,
}

impl Server {
    fn start(url: &str) -> Self {
        let mut process = baodao(url, &["serve", "--listen", "127.0.0.1:0", "--json"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("serve said {line:?}"));
        let base = told["listening"].as_str().unwrap().trim_end_matches('/').to_owned();
        Self { process, base }
    }

    /// As `kill -9`: no destructor, no flush, no goodbye.
    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A command that a client sent, and the receipt that came back, if one did.
type Sent = Arc<Mutex<BTreeMap<Uuid, (Value, Option<Value>)>>>;

async fn post(client: &Client, base: &str, id: Uuid, data: &Value) -> Option<(u16, Value)> {
    let request = client
        .post(format!("{base}/v1/commands/place-order"))
        .header("Idempotency-Key", id.to_string())
        .json(data);
    let response = request.send().await.ok()?;
    let status = response.status().as_u16();
    Some((status, response.json().await.ok()?))
}

async fn load(base: String, client_no: u32, round: u32, sent: Sent) {
    let client = Client::builder().no_proxy().build().unwrap();
    for n in 0.. {
        let id = Uuid::new_v4();
        let data = json!({
            "demand": format!("d-{round}-{client_no}-{n}"), "channel": "online", "category": "appliance_repair",
            "community": "520201016001", "urgency": "routine",
        });
        sent.lock().unwrap().insert(id, (data.clone(), None));
        match post(&client, &base, id, &data).await {
            Some((201, receipt)) => {
                sent.lock().unwrap().insert(id, (data, Some(receipt)));
            }
            Some((status, answer)) => assert!(status >= 500, "{status} {answer}"),
            None => return,
        }
    }
}

async fn killing_the_server_loses_nothing_and_repeats_nothing(place: Place) {
    let url = place.url();
    let founded = founding().iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), founded).unwrap();
    let said = run(&url, &["submit", file.path().to_str().unwrap()]);
    assert_eq!(said.code, 0, "{said:?}");

    let sent: Sent = Arc::default();
    for round in 0..KILLS {
        let server = Server::start(&url);
        let clients: Vec<_> =
            (0..CLIENTS).map(|no| tokio::spawn(load(server.base.clone(), no, round, sent.clone()))).collect();
        // Not the same moment twice: each round is cut off elsewhere in the work of writer and projector.
        let cut = Duration::from_millis(150 + u64::from(round * 137 % 400));
        let before = sent.lock().unwrap().values().filter(|(_, receipt)| receipt.is_some()).count();
        let started = Instant::now();
        loop {
            tokio::time::sleep(Duration::from_millis(5)).await;
            let now = sent.lock().unwrap().values().filter(|(_, receipt)| receipt.is_some()).count();
            if started.elapsed() >= cut && now > before {
                break;
            }
            assert!(started.elapsed() < Duration::from_secs(60), "the server acknowledges nothing");
        }
        server.kill();
        for client in clients {
            client.await.unwrap();
        }
    }
    hold(&url, &sent).await;
}

/// Every acknowledged command is there with its receipt; every other one can be sent again and is there once.
async fn hold(url: &str, sent: &Sent) {
    let server = Server::start(url);
    let client = Client::builder().no_proxy().build().unwrap();
    let all = std::mem::take(&mut *sent.lock().unwrap());
    let (mut acknowledged, mut open) = (0, 0);
    for (id, (data, receipt)) in &all {
        let (status, again) = post(&client, &server.base, *id, data).await.unwrap();
        if let Some(receipt) = receipt {
            acknowledged += 1;
            assert_eq!((status, &again), (200, receipt), "an acknowledged command is gone or changed");
        } else {
            open += 1;
            assert!([200, 201].contains(&status), "{status} {again}");
        }
    }
    assert!(
        acknowledged > 0 && open > 0,
        "{acknowledged} acknowledged, {open} open: the kills missed the load"
    );
    drop(server);
    let said = run(url, &["verify", "--json"]);
    assert_eq!(said.code, 0, "{said:?}");
    let said = run(url, &["export", "demands", "--format", "json"]);
    let placed = said.json().as_array().map_or(0, Vec::len);
    assert_eq!(placed, all.len(), "each command has its effect once");
}
