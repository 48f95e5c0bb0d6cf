//! Clients that place demands all the while, send each again under its own id until it is answered, and remember every answer;
//! and the reckoning afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use futures::StreamExt;
use reqwest::Client;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::report::Report;

/// How long a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// Between two tries of the same command.
const PAUSE: Duration = Duration::from_millis(50);

/// A command as a client sent it.
#[derive(Debug, Clone)]
struct Act {
    id: Uuid,
    data: Value,
    /// The answer, if one came that said stored.
    receipt: Option<Value>,
}

#[derive(Default)]
struct Seen {
    acts: Vec<Act>,
    /// How often each answer other than a receipt came.
    answers: BTreeMap<String, u64>,
    /// Answers that no client can act upon.
    untyped: BTreeSet<String>,
    acknowledged_at: Option<Instant>,
    longest_gap: Duration,
}

/// The clients.
pub(super) struct Crowd {
    seen: Arc<Mutex<Seen>>,
    base: watch::Sender<String>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

/// What became of all commands.
#[derive(Debug, Default)]
pub(super) struct Settled {
    pub(super) acknowledged: u64,
    pub(super) lost: u64,
    pub(super) doubled: u64,
    pub(super) unknown: u64,
    pub(super) longest_gap: Duration,
    pub(super) faults: Vec<String>,
}

/// What the clients know when they have stopped.
pub(super) struct Known(Seen);

impl Crowd {
    /// Sends so many clients to the server.
    pub(super) fn start(base: &str, clients: usize) -> Self {
        let (base, address) = watch::channel(base.to_owned());
        let (stop, stopped) = watch::channel(false);
        let seen = Arc::new(Mutex::new(Seen { acknowledged_at: Some(Instant::now()), ..Seen::default() }));
        let tasks = (0..clients)
            .map(|_| tokio::spawn(client(address.clone(), stopped.clone(), Arc::clone(&seen))))
            .collect();
        Self { seen, base, stop, tasks }
    }

    /// Sends them elsewhere from now on.
    pub(super) fn go_to(&self, base: &str) {
        self.base.send_replace(base.to_owned());
    }

    /// How many commands were acknowledged so far.
    pub(super) fn acknowledged(&self) -> usize {
        lock(&self.seen).acts.iter().filter(|act| act.receipt.is_some()).count()
    }

    /// How often an answer with this code (or `no answer`) came so far.
    pub(super) fn answered(&self, code: &str) -> u64 {
        let seen = lock(&self.seen);
        seen.answers.iter().filter(|(answer, _)| answer.ends_with(code)).map(|(_, count)| count).sum()
    }

    /// Waits until so many more are acknowledged.
    pub(super) async fn progress(&self, more: usize, patience: Duration) -> anyhow::Result<()> {
        let (from, started) = (self.acknowledged(), Instant::now());
        while self.acknowledged() < from + more {
            anyhow::ensure!(
                started.elapsed() < patience,
                "nothing is acknowledged for {patience:?}; answers so far: {:?}",
                lock(&self.seen).answers
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Calls them off; a command under way stays open.
    pub(super) async fn stop(self) -> Known {
        self.stop.send_replace(true);
        for task in self.tasks {
            let _ = task.await;
        }
        Known(std::mem::take(&mut *lock(&self.seen)))
    }
}

fn lock(seen: &Mutex<Seen>) -> std::sync::MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

fn http() -> Client {
    Client::builder().no_proxy().timeout(PATIENCE).build().unwrap_or_default()
}

async fn client(base: watch::Receiver<String>, mut stopped: watch::Receiver<bool>, seen: Arc<Mutex<Seen>>) {
    let http = http();
    while !*stopped.borrow() {
        let id = Uuid::new_v4();
        let data = json!({
            "demand": format!("d-{}", id.simple()), "channel": "online", "category": "appliance_repair",
            "community": "520201016001", "urgency": "routine",
        });
        let place = {
            let mut seen = lock(&seen);
            seen.acts.push(Act { id, data: data.clone(), receipt: None });
            seen.acts.len() - 1
        };
        loop {
            let to = base.borrow().clone();
            let answer = tokio::select! {
                answer = post(&http, &to, id, &data) => answer,
                _ = stopped.wait_for(|stopped| *stopped) => return,
            };
            if lock(&seen).note(place, answer) {
                break;
            }
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                _ = stopped.wait_for(|stopped| *stopped) => return,
            }
        }
    }
}

impl Seen {
    /// Whether the command is done with.
    fn note(&mut self, place: usize, answer: Option<(u16, Value)>) -> bool {
        let Some((status, body)) = answer else {
            *self.answers.entry("no answer".to_owned()).or_default() += 1;
            return false;
        };
        if matches!(status, 200 | 201) {
            let now = Instant::now();
            let gap = self.acknowledged_at.replace(now).map_or(Duration::ZERO, |last| now - last);
            self.longest_gap = self.longest_gap.max(gap);
            self.acts[place].receipt = Some(body);
            return true;
        }
        let code = body["code"].as_str().unwrap_or("untyped");
        *self.answers.entry(format!("{status} {code}")).or_default() += 1;
        // To be tried again under the same id: a conflict, too much at once, not available, outcome unknown.
        let is_typed = code != "untyped" && matches!(status, 409 | 429 | 503 | 504);
        if !is_typed {
            self.untyped.insert(format!("{status} {body}"));
        }
        false
    }
}

async fn post(http: &Client, base: &str, id: Uuid, data: &Value) -> Option<(u16, Value)> {
    let request = http
        .post(format!("{base}/v1/commands/place-order"))
        .header("Idempotency-Key", id.to_string())
        .json(data);
    let response = request.send().await.ok()?;
    let status = response.status().as_u16();
    let body = response.bytes().await.ok()?;
    Some((status, serde_json::from_slice(&body).unwrap_or_default()))
}

impl Known {
    /// All are lost: there is no ledger any more.
    pub(super) fn gone(&self) -> Report {
        let acknowledged = self.0.acts.iter().filter(|act| act.receipt.is_some()).count() as u64;
        Report::of(Settled { acknowledged, lost: acknowledged, ..Settled::default() })
    }

    /// Sends every command once more: what was acknowledged must be answered with the same receipt, what was left open is
    /// settled now. Then the ledger must hold the events of these receipts once each, and nothing else after `before`.
    pub(super) async fn settle(self, base: &str, before: u64) -> anyhow::Result<Settled> {
        let Seen { acts, longest_gap, untyped, answers, .. } = self.0;
        let http = http();
        let mut settled = Settled { longest_gap, ..Settled::default() };
        settled.faults.extend(untyped.into_iter().map(|answer| format!("untyped answer: {answer}")));
        let mut positions = BTreeSet::new();
        let again = futures::stream::iter(acts)
            .map(|act| {
                let http = &http;
                async move { (again(http, base, &act).await, act) }
            })
            .buffer_unordered(16);
        tokio::pin!(again);
        while let Some((answer, act)) = again.next().await {
            let (status, receipt) =
                answer.with_context(|| format!("{} is not settled; answers before: {answers:?}", act.id))?;
            match act.receipt {
                Some(told) => {
                    settled.acknowledged += 1;
                    settled.lost += u64::from(status != 200 || told != receipt);
                }
                None => settled.unknown += 1,
            }
            for event in receipt["events"].as_array().into_iter().flatten() {
                if !positions.insert(event["position"].as_u64().unwrap_or_default()) {
                    settled.doubled += 1;
                }
            }
        }
        let head = head(&http, base).await?;
        let expected = head.saturating_sub(before);
        let counted = positions.len() as u64;
        settled.doubled += expected.saturating_sub(counted);
        if counted > expected {
            settled.faults.push(format!("{counted} events were told, the ledger has {expected}"));
        }
        Ok(settled)
    }
}

async fn again(http: &Client, base: &str, act: &Act) -> Option<(u16, Value)> {
    for _ in 0..100 {
        match post(http, base, act.id, &act.data).await {
            Some((status @ (200 | 201), receipt)) => return Some((status, receipt)),
            _ => tokio::time::sleep(PAUSE).await,
        }
    }
    None
}

/// The last position of the ledger.
pub(super) async fn head(http: &Client, base: &str) -> anyhow::Result<u64> {
    let readiness: Value = http.get(format!("{base}/readyz")).send().await?.json().await?;
    readiness["journal"]["head"].as_u64().context("the journal cannot be read")
}

/// The last position of the ledger, for who has no client.
pub(super) async fn head_of(base: &str) -> anyhow::Result<u64> {
    head(&http(), base).await
}
