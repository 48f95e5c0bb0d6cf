//! What must hold after any fault, whatever the ledger is kept in:
//!
//! - **A** no acknowledged command is lost: its stored answer is what the client was told;
//! - **B** no double effect: each command's events are there exactly once, and none without a command;
//! - **C** each projection equals rows folded anew at the same position;
//! - **D** positions and sequences are dense, and recorded times never go back;
//! - **E** nobody was told a falsehood: what was answered as not stored is not there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use aggregates::StoredEvent;
use chrono::{DateTime, Utc};
use commands::journal::{Journal, PlacedEvent, Receipt};
use commands::{JournalError, Reply, Trouble};
use projections::ports::{Feed, Sheet, Shelf};
use projections::{Projector, sheets};
use uuid::Uuid;

use crate::memory::Memory;

/// Events and rows read at once.
const PAGE: usize = 2_000;

/// A ledger, whatever it is kept in.
pub trait Ledger: Journal + Feed + Shelf + 'static {}
impl<T: Journal + Feed + Shelf + 'static> Ledger for T {}

/// What a client was told about a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// That it is stored.
    Stored(Receipt),
    /// That it is not stored, by a rule, a conflict or because the ledger could not serve (409, 422, 429, 503).
    NotStored(String),
    /// That the outcome is unknown (504), or nothing at all.
    Unknown,
}

impl From<Result<Reply, Trouble>> for Told {
    fn from(outcome: Result<Reply, Trouble>) -> Self {
        match outcome {
            Ok(reply) => Self::Stored(reply.receipt),
            Err(Trouble::Journal(JournalError::OutcomeUnknown)) => Self::Unknown,
            Err(trouble) => Self::NotStored(trouble.to_string()),
        }
    }
}

/// What all clients were told, by command id.
#[derive(Debug, Default)]
pub struct Book(Mutex<BTreeMap<Uuid, Vec<Told>>>);

impl Book {
    /// Notes what a client was told.
    pub fn note(&self, command: Uuid, told: Told) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(command).or_default().push(told);
    }

    /// All of it.
    pub fn told(&self) -> BTreeMap<Uuid, Vec<Told>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Commands that somebody was told to be stored.
    pub fn acknowledged(&self) -> usize {
        let is_stored = |told: &Vec<Told>| told.iter().any(|one| matches!(one, Told::Stored(_)));
        self.told().values().filter(|told| is_stored(told)).count()
    }

    /// Commands of which nobody knows what became.
    pub fn open(&self) -> Vec<Uuid> {
        let is_open = |told: &[Told]| {
            told.contains(&Told::Unknown) && !told.iter().any(|one| matches!(one, Told::Stored(_)))
        };
        self.told().into_iter().filter(|(_, told)| is_open(told)).map(|(id, _)| id).collect()
    }
}

/// How much was checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Checked {
    /// Commands that clients had been told to be stored.
    pub acknowledged: usize,
    /// Events in the journal.
    pub events: usize,
    /// Rows compared.
    pub rows: usize,
}

/// Checks A, B, D and E, and C when the payloads are facts of the domain. Panics with what does not hold.
pub async fn check<L: Ledger>(ledger: &Arc<L>, book: &Book, has_rows: bool) -> Checked {
    let events = all(ledger.as_ref()).await;
    dense(&events);
    assert_eq!(Feed::head(ledger.as_ref()).await.unwrap(), events.len() as u64, "D: the head is elsewhere");
    let told = book.told();
    effects(ledger.as_ref(), &events, told.keys().copied().collect()).await;
    for (id, told) in &told {
        answers(ledger.as_ref(), *id, told).await;
    }
    let rows = if has_rows { rows_equal_anew(ledger).await } else { 0 };
    Checked { acknowledged: book.acknowledged(), events: events.len(), rows }
}

/// Every event.
pub async fn all(feed: &dyn Feed) -> Vec<StoredEvent> {
    let mut events: Vec<StoredEvent> = vec![];
    loop {
        let page = feed.after(events.last().map_or(0, |event| event.position), PAGE).await.unwrap();
        if page.is_empty() {
            return events;
        }
        events.extend(page);
    }
}

/// D.
fn dense(events: &[StoredEvent]) {
    let mut sequences: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    let mut before = DateTime::<Utc>::MIN_UTC;
    for (index, event) in events.iter().enumerate() {
        assert_eq!(event.position, index as u64 + 1, "D: positions have a hole or repeat");
        let sequence = sequences.entry((&event.aggregate_type, &event.aggregate_id)).or_default();
        *sequence += 1;
        assert_eq!(event.sequence, *sequence, "D: a stream has a hole or repeats: {event:?}");
        assert!(event.recorded_at >= before, "D: time goes back at {event:?}");
        before = event.recorded_at;
    }
}

/// B.
async fn effects(journal: &dyn Journal, events: &[StoredEvent], sent: BTreeSet<Uuid>) {
    let mut written: BTreeMap<Uuid, Vec<PlacedEvent>> = sent.into_iter().map(|id| (id, vec![])).collect();
    let mut ids = BTreeSet::new();
    for event in events {
        assert!(ids.insert(event.event_id), "B: an event is there twice: {event:?}");
        written.entry(event.command_id).or_default().push(PlacedEvent {
            position: event.position,
            stream: format!("{}/{}", event.aggregate_type, event.aggregate_id),
            sequence: event.sequence,
            event_type: event.event_type.clone(),
        });
    }
    for (command, events) in written {
        match journal.answer(command).await.unwrap() {
            Some(answer) => assert_eq!(
                answer.receipt.events, events,
                "B: command {command} has other events than it was answered with"
            ),
            None => assert_eq!(events, [], "B: command {command} has events and no answer"),
        }
    }
}

/// A and E of one command.
async fn answers(journal: &dyn Journal, id: Uuid, told: &[Told]) {
    let stored = journal.answer(id).await.unwrap().map(|answer| answer.receipt);
    for one in told {
        if let Told::Stored(receipt) = one {
            assert_eq!(stored.as_ref(), Some(receipt), "A: an acknowledged command is gone or changed");
        }
    }
    if told.iter().all(|one| matches!(one, Told::NotStored(_))) {
        assert_eq!(stored, None, "E: {id} was answered {told:?} and is stored");
    }
}

/// C: brings the live rows up to the head, and folds all of them anew in memory.
async fn rows_equal_anew<L: Ledger>(ledger: &Arc<L>) -> usize {
    let mut live = Projector::live(ledger.clone(), ledger.clone(), sheets::folds()).await.unwrap();
    let reached = live.catch_up().await.unwrap();
    assert_eq!(
        reached,
        Feed::head(ledger.as_ref()).await.unwrap(),
        "C: the projections do not reach the head"
    );
    let anew = Arc::new(Memory::new(Arc::new(Utc::now)));
    let mut fresh = Projector::live(ledger.clone(), anew.clone(), sheets::folds()).await.unwrap();
    assert_eq!(fresh.catch_up().await.unwrap(), reached);
    let mut compared = 0;
    for sheet in sheets::sheets() {
        let (live, anew) = (rows(ledger.as_ref(), &sheet).await, rows(anew.as_ref(), &sheet).await);
        for (key, body) in &anew {
            assert_eq!(
                live.get(key),
                Some(body),
                "C: row {key} of {} is not what its events make",
                sheet.name
            );
        }
        assert_eq!(live.len(), anew.len(), "C: {} has rows that no event makes", sheet.name);
        compared += anew.len();
    }
    compared
}

async fn rows(shelf: &dyn Shelf, sheet: &Sheet) -> BTreeMap<String, String> {
    let slot = shelf.live(sheet).await.unwrap();
    let mut rows: BTreeMap<String, String> = BTreeMap::new();
    loop {
        let after = rows.last_key_value().map(|(key, _)| key.clone());
        let page = shelf.scan(sheet, &slot, after.as_deref(), PAGE).await.unwrap();
        if page.is_empty() {
            return rows;
        }
        rows.extend(page);
    }
}
