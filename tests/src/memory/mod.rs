//! A ledger in memory that says the same as the stores: the model they are compared with, and the ground of the simulation.
//!
//! Written as plainly as the ports promise, without queue, batch or transaction, so that a slip of the stores is none here.

mod shelf;
mod vault;

pub use vault::DigestsOnly;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aggregates::StoredEvent;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use commands::journal::{Answer, Append, Appended, Journal, JournalError, PlacedEvent, Receipt};
use cqrs_es::persist::SerializedEvent;
use projections::ports::{Feed, StoreError};
use server::store::Clock;
use tokio::sync::watch;
use uuid::Uuid;

use shelf::Generation;

/// A ledger in memory.
pub struct Memory {
    clock: Clock,
    kept: Mutex<Kept>,
    /// Held by whoever moves checkpoints, longest by a switch.
    moving: tokio::sync::Mutex<()>,
    news: watch::Sender<u64>,
}

#[derive(Clone, Default)]
struct Kept {
    events: Vec<StoredEvent>,
    answers: BTreeMap<Uuid, Answer>,
    generations: BTreeMap<String, Vec<Generation>>,
}

impl Memory {
    /// An empty ledger that records with the clock.
    pub fn new(clock: Clock) -> Self {
        Self::holding(clock, Kept::default())
    }

    /// A ledger that begins with what this one holds.
    pub fn copy(&self, clock: Clock) -> Self {
        Self::holding(clock, self.kept().clone())
    }

    fn holding(clock: Clock, kept: Kept) -> Self {
        let (kept, moving) = (Mutex::new(kept), tokio::sync::Mutex::default());
        Self { clock, kept, moving, news: watch::Sender::new(0) }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes an append as [`Journal::append`] does, at once.
    pub fn take(&self, append: &Append) -> Result<Appended, JournalError> {
        well_formed(append)?;
        let mut kept = self.kept();
        if let Some(answer) = kept.answers.get(&append.command_id) {
            return if answer.input_hash == append.input_hash {
                Ok(Appended::Repeat(answer.receipt.clone()))
            } else {
                Err(JournalError::KeyReused(append.command_id))
            };
        }
        for expected in &append.expected {
            if kept.sequence(expected.aggregate_type, &expected.aggregate_id) != expected.sequence {
                let (kind, id) = (expected.aggregate_type, &expected.aggregate_id);
                return Err(JournalError::Conflict(format!("{kind}/{id}")));
            }
        }
        let receipt = kept.place(append, (self.clock)());
        let head = kept.events.len() as u64;
        drop(kept);
        self.news.send_if_modified(|known| std::mem::replace(known, head) != head);
        Ok(Appended::Fresh(receipt))
    }
}

impl Kept {
    fn sequence(&self, kind: &str, id: &str) -> u64 {
        let of_stream = |event: &&StoredEvent| event.aggregate_type == kind && event.aggregate_id == id;
        self.events.iter().rev().find(of_stream).map_or(0, |event| event.sequence)
    }

    fn place(&mut self, append: &Append, now: DateTime<Utc>) -> Receipt {
        let last = self.events.last().map_or(DateTime::UNIX_EPOCH, |event| event.recorded_at);
        let recorded_at = DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap().max(last);
        let mut placed = vec![];
        for (ordinal, event) in append.events.iter().enumerate() {
            let stored = StoredEvent {
                position: self.events.len() as u64 + 1,
                event_id: Uuid::new_v5(&append.command_id, &ordinal.to_be_bytes()),
                command_id: append.command_id,
                recorded_at,
                aggregate_type: event.aggregate_type.to_owned(),
                aggregate_id: event.aggregate_id.clone(),
                sequence: self.sequence(event.aggregate_type, &event.aggregate_id) + 1,
                event_type: event.event_type.clone(),
                event_version: event.event_version.clone(),
                payload: event.payload.clone(),
                metadata: append.metadata.clone(),
            };
            placed.push(PlacedEvent {
                position: stored.position,
                stream: format!("{}/{}", stored.aggregate_type, stored.aggregate_id),
                sequence: stored.sequence,
                event_type: stored.event_type.clone(),
            });
            self.events.push(stored);
        }
        let position = self.events.len() as u64;
        let receipt = Receipt { command_id: append.command_id, position, events: placed };
        let answer = Answer { input_hash: append.input_hash.clone(), receipt: receipt.clone() };
        self.answers.insert(append.command_id, answer);
        receipt
    }
}

fn well_formed(append: &Append) -> Result<(), JournalError> {
    let is_json = |text: &str| serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok();
    let was_read = |event: &commands::journal::NewEvent| {
        append.expected.iter().any(|expected| {
            (expected.aggregate_type, &expected.aggregate_id) == (event.aggregate_type, &event.aggregate_id)
        })
    };
    let fine = append.events.iter().all(|event| is_json(&event.payload) && was_read(event));
    if fine && is_json(&append.metadata) { Ok(()) } else { Err(JournalError::Malformed(String::new())) }
}

#[async_trait]
impl Journal for Memory {
    async fn append(&self, append: Append) -> Result<Appended, JournalError> {
        self.take(&append)
    }

    async fn answers(&self, command_ids: &[Uuid]) -> Result<HashMap<Uuid, Answer>, JournalError> {
        let kept = self.kept();
        let stored = command_ids.iter().filter_map(|id| kept.answers.get_key_value(id));
        Ok(stored.map(|(id, answer)| (*id, answer.clone())).collect())
    }

    async fn load_all(
        &self,
        streams: &[(&'static str, String)],
    ) -> Result<Vec<Vec<SerializedEvent>>, JournalError> {
        let mut all = vec![];
        for (kind, id) in streams {
            all.push(self.load(kind, id, 0).await?);
        }
        Ok(all)
    }

    async fn load(
        &self,
        aggregate_type: &'static str,
        aggregate_id: &str,
        after: u64,
    ) -> Result<Vec<SerializedEvent>, JournalError> {
        let kept = self.kept();
        let events = kept.events.iter().filter(|event| {
            event.aggregate_type == aggregate_type
                && event.aggregate_id == aggregate_id
                && event.sequence > after
        });
        let loaded: Result<Vec<_>, _> = events.map(StoredEvent::serialized).collect();
        loaded.map_err(|error| JournalError::Damaged(error.to_string()))
    }
}

#[async_trait]
impl Feed for Memory {
    async fn after(&self, position: u64, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        let kept = self.kept();
        let from = usize::try_from(position).unwrap_or(usize::MAX).min(kept.events.len());
        Ok(kept.events[from..].iter().take(limit).cloned().collect())
    }

    async fn stream(
        &self,
        aggregate_type: &str,
        aggregate_id: &str,
        until: u64,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let kept = self.kept();
        let of_stream = |event: &&StoredEvent| {
            event.aggregate_type == aggregate_type && event.aggregate_id == aggregate_id
        };
        Ok(kept.events.iter().filter(of_stream).filter(|event| event.position <= until).cloned().collect())
    }

    async fn head(&self) -> Result<u64, StoreError> {
        Ok(self.kept().events.len() as u64)
    }

    async fn position_at(&self, instant: DateTime<Utc>) -> Result<u64, StoreError> {
        Ok(self.kept().events.partition_point(|event| event.recorded_at <= instant) as u64)
    }

    fn wakeups(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }
}
