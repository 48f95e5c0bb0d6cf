//! Servers in processes of their own, and clients that note what they were told.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};
use tokio::task::block_in_place;
use uuid::Uuid;

use crate::checker::{Book, Told};
use crate::program::{baodao, run};
use crate::town::founding;

/// A server in a process of its own; it ends with this value.
pub struct Server {
    process: Child,
    /// Its address.
    pub base: String,
}

impl Server {
    /// Serves the ledger, and ends at a fault point (`before_commit@3`) if one is given. None when it ended before it served.
    pub fn start(url: &str, fault: Option<&str>) -> Option<Self> {
        // It may be served by tasks of this thread.
        let environment = fault.map(|fault| ("BAODAO_FAULT", fault));
        block_in_place(|| Self::wait_for(url, environment.as_slice()))
    }

    /// Serves the ledger with something else in its environment.
    pub fn start_with(url: &str, environment: &[(&str, &str)]) -> Self {
        block_in_place(|| Self::wait_for(url, environment)).unwrap()
    }

    /// Serves the ledger with something else in its environment; all that it says is in these files, what it answers and what it logs.
    pub fn start_noting(url: &str, environment: &[(&str, &str)], said: &Path, log: &Path) -> Self {
        let mut command = baodao(url, &["serve", "--listen", "127.0.0.1:0", "--json"]);
        command.envs(environment.iter().copied());
        command.stdout(File::create(said).unwrap()).stderr(File::create(log).unwrap());
        let mut process = command.stdin(Stdio::null()).spawn().unwrap();
        let started = Instant::now();
        loop {
            let text = std::fs::read_to_string(said).unwrap();
            if let Some((line, _)) = text.split_once('\n') {
                let told: Value = serde_json::from_str(line).unwrap();
                let base = told["listening"].as_str().unwrap().trim_end_matches('/').to_owned();
                return Self { process, base };
            }
            let ended = process.try_wait().unwrap();
            let is_late = started.elapsed() > Duration::from_secs(60);
            assert!(ended.is_none() && !is_late, "{ended:?}: {}", std::fs::read_to_string(log).unwrap());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn wait_for(url: &str, environment: &[(&str, &str)]) -> Option<Self> {
        let mut command = baodao(url, &["serve", "--listen", "127.0.0.1:0", "--json"]);
        command.envs(environment.iter().copied());
        // It complains of what is done to it.
        let mut process =
            command.stderr(Stdio::null()).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let Ok(told) = serde_json::from_str::<Value>(&line) else {
            let ended = process.wait().unwrap();
            assert!(!environment.is_empty(), "serve ended ({ended}) and said {line:?}");
            return None;
        };
        let base = told["listening"].as_str().unwrap().trim_end_matches('/').to_owned();
        Some(Self { process, base })
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.process.try_wait().unwrap().is_some()
    }
}

/// As `kill -9`: no destructor, no flush, no goodbye.
impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Founds the town in the ledger, by `baodao submit`.
pub fn found(url: &str) {
    let lines = founding().iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), lines).unwrap();
    let said = run(url, &["submit", file.path().to_str().unwrap()]);
    assert_eq!(said.code, 0, "{said:?}");
}

/// What all clients of a ledger sent, and what they were told.
#[derive(Default)]
pub struct Crowd {
    /// What they were told.
    pub book: Book,
    sent: Mutex<BTreeMap<Uuid, (&'static str, Value)>>,
    client: Client,
    enough: AtomicBool,
}

impl Crowd {
    /// Nobody yet.
    pub fn new() -> Arc<Self> {
        // The limit is above the server's own.
        let client = Client::builder().no_proxy().timeout(Duration::from_secs(90)).build().unwrap();
        Arc::new(Self { client, ..Self::default() })
    }

    /// Sends a command and notes what came back; the status, if anything did.
    pub async fn send(&self, base: &str, id: Uuid, command: &'static str, data: &Value) -> Option<u16> {
        self.sent.lock().unwrap().insert(id, (command, data.clone()));
        let request = self.client.post(format!("{base}/v1/commands/{command}"));
        let request = request.header("Idempotency-Key", id.to_string()).json(data);
        let answered = async {
            let response = request.send().await.ok()?;
            Some((response.status().as_u16(), response.text().await.ok()?))
        };
        let (status, text) = match answered.await {
            Some((status, text)) => (Some(status), text),
            None => (None, String::new()),
        };
        self.book.note(
            id,
            match status {
                Some(200 | 201) => Told::Stored(serde_json::from_str(&text).unwrap()),
                Some(404 | 409 | 422 | 429 | 503) => Told::NotStored(text),
                None | Some(504) => Told::Unknown,
                Some(other) => panic!("E: {other} is no typed answer: {text}"),
            },
        );
        status
    }

    /// Clients that order and screen, one demand after the other, until the server is gone or they are stopped.
    pub fn load(self: &Arc<Self>, bases: &[String], clients: usize) -> Vec<tokio::task::JoinHandle<()>> {
        self.enough.store(false, Ordering::SeqCst);
        let clients = (0..clients).map(|number| {
            let (crowd, base) = (self.clone(), bases[number % bases.len()].clone());
            tokio::spawn(async move { crowd.work(&base).await })
        });
        clients.collect()
    }

    async fn work(&self, base: &str) {
        let mut goes_on = true;
        while goes_on && !self.enough.load(Ordering::SeqCst) {
            goes_on = self.one(base).await;
        }
    }

    /// A client that does not stop before the server is gone.
    pub async fn go_on(&self, base: &str) {
        while self.one(base).await {}
    }

    /// Orders and screens one demand; false when the server is gone.
    async fn one(&self, base: &str) -> bool {
        let demand = Uuid::new_v4().to_string();
        let order = json!({"demand": demand, "channel": "online", "category": "errands",
            "community": "520201016001", "urgency": "routine"});
        for (command, data) in [("place-order", order), ("screen-demand", json!({"demand": demand}))] {
            match self.send(base, Uuid::new_v4(), command, &data).await {
                Some(200 | 201) => {}
                None => return false,
                Some(_) => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    return true;
                }
            }
        }
        true
    }

    /// Tells the clients to stop after what they are at.
    pub fn stop(&self) {
        self.enough.store(true, Ordering::SeqCst);
    }

    /// Waits until so many more commands have been acknowledged, or `over` says that no more will be.
    pub async fn until(&self, more: usize, mut over: impl FnMut() -> bool) {
        let (before, started) = (self.book.acknowledged(), Instant::now());
        while self.book.acknowledged() < before + more && !over() {
            assert!(started.elapsed() < Duration::from_secs(120), "nothing is acknowledged any more");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Sends again, under the same ids, whatever has no answer: each gets its final one. How many there were.
    pub async fn settle(&self, base: &str) -> usize {
        let open = self.book.open();
        for id in &open {
            let (command, data) = self.sent.lock().unwrap()[id].clone();
            let status = self.send(base, *id, command, &data).await;
            // A screening whose order never arrived is refused.
            assert!(matches!(status, Some(200 | 201 | 404 | 409)), "E: {id} has no final answer: {status:?}");
        }
        open.len()
    }
}
