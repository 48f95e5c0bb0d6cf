//! The way to the group-commit writer: one task per process in front of one durable transaction (design §3).

use std::collections::HashSet;
use std::sync::Arc;

use commands::journal::{Append, JournalError};
use serde_json::value::RawValue;
use tokio::sync::{Mutex, Semaphore, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use super::Clock;
use super::batch::BatchTx;
use super::group::{Answer, Group, Request};
use super::tail::Tail;
use crate::measures::Measures;

/// The way to the writer's task.
pub(super) struct Writer {
    sender: mpsc::UnboundedSender<Request>,
    /// Each append that waits has one, until its batch sets out.
    places: Arc<Semaphore>,
    queue: usize,
    closing: watch::Sender<bool>,
    task: Mutex<Option<JoinHandle<()>>>,
    measures: Arc<Measures>,
}

impl Writer {
    /// Starts the task. `queue` is how many appends may wait; `head` is told each new position, `tail` what was stored.
    pub(super) fn start(
        tx: impl BatchTx + 'static,
        clock: Clock,
        queue: usize,
        head: watch::Sender<u64>,
        tail: Arc<Tail>,
        measures: Arc<Measures>,
    ) -> Self {
        let (sender, requests) = mpsc::unbounded_channel();
        let (closing, closed) = watch::channel(false);
        let task = Group::new(tx, clock, head, tail, requests, Arc::clone(&measures)).run(closed);
        let task = Mutex::new(Some(tokio::spawn(task)));
        let queue = queue.max(1);
        Self { sender, places: Arc::new(Semaphore::new(queue)), queue, closing, task, measures }
    }

    /// Queues an append and waits for its answer.
    pub(super) async fn append(&self, append: Append) -> Answer {
        well_formed(&append)?;
        let closed = || JournalError::Unavailable("the ledger is closed".to_owned());
        if *self.closing.borrow() {
            return Err(closed());
        }
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            self.measures.overloaded.count();
            return Err(JournalError::Overloaded);
        };
        let (reply, answer) = oneshot::channel();
        self.sender.send(Request { append: Arc::new(append), reply, place }).map_err(|_| closed())?;
        // A task that ended without an answer may have committed.
        answer.await.unwrap_or(Err(JournalError::OutcomeUnknown))
    }

    /// How many appends wait, and how many may.
    pub(super) fn queued(&self) -> (usize, usize) {
        (self.queue.saturating_sub(self.places.available_permits()), self.queue)
    }

    /// Stores what waits, refuses what comes after, and returns when all is answered.
    pub(super) async fn close(&self) {
        self.closing.send_replace(true);
        if let Some(task) = self.task.lock().await.take()
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the journal's writer ended badly");
        }
    }
}

/// What the database would refuse must not reach a batch, where it would be in the way of others.
fn well_formed(append: &Append) -> Result<(), JournalError> {
    let malformed = |what: String| Err(JournalError::Malformed(what));
    let is_json = |text: &str| serde_json::from_str::<&RawValue>(text).is_ok();
    if !is_json(&append.metadata) {
        return malformed(format!("metadata of {} is not JSON", append.command));
    }
    let read: HashSet<_> = (append.expected.iter())
        .map(|expected| (expected.aggregate_type, expected.aggregate_id.as_str()))
        .collect();
    for event in &append.events {
        if !read.contains(&(event.aggregate_type, event.aggregate_id.as_str())) {
            return malformed(format!(
                "{}/{} is written without having been read",
                event.aggregate_type, event.aggregate_id
            ));
        }
        if !is_json(&event.payload) {
            return malformed(format!("payload of {} is not JSON", event.event_type));
        }
        if event.event_type.contains(char::is_control) || event.event_version.contains(char::is_control) {
            return malformed("an event's name holds a control character".to_owned());
        }
    }
    if append.expected.iter().any(|expected| expected.aggregate_id.contains(char::is_control)) {
        return malformed("a stream's id holds a control character".to_owned());
    }
    Ok(())
}
