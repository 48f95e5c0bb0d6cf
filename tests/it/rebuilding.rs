//! Rebuilding in little memory and beside others who work (design §4, issue C).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aggregates::StoredEvent;
use aggregates::circumstance::{Actor, Role};
use aggregates::ids::ActorId;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use commands::{Desk, Envelope, registry};
use projections::ports::{Feed, Find, RowWrite, Sheet, Slot, SlotWrite, StoreError};
use projections::projector::Projector;
use projections::rebuild::{Builder, rebuild};
use projections::{Shelf, sheets};
use serde_json::json;
use server::clock::SystemClock;
use server::demo::{LIUPANSHUI, Options, Stage};
use server::store::Store;
use tests::memory::Memory;
use tests::place::Place;
use tests::town::founding;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use crate::switching::Whole;

on_both!(rows_that_had_to_leave_come_back, what_is_added_is_found);

/// Events of a slow page.
const PAGE: usize = 4;
const UNITS: Sheet = Sheet { name: "units", version: 1, columns: &["class"] };

/// All rows of a slot, as key and body.
async fn rows(store: &Store, sheet: &Sheet, slot: &Slot) -> Vec<(String, String)> {
    let mut rows: Vec<(String, String)> = vec![];
    loop {
        let after = rows.last().map(|(key, _)| key.clone());
        let page = store.scan(sheet, slot, after.as_deref(), 500).await.unwrap();
        if page.is_empty() {
            return rows;
        }
        rows.extend(page);
    }
}

/// Design §4: with next to no memory rows leave and come back all the time, and come out as if they had stayed.
async fn rows_that_had_to_leave_come_back(place: Place) {
    let stage = Stage::at(&place.url()).await.unwrap();
    stage.play(&Options { city: LIUPANSHUI, members: 60, months: 2, seed: 3 }, false).await.unwrap();
    let store = stage.store;
    let head = store.head().await.unwrap();
    let builder = Builder::begin(store.clone(), store.clone(), sheets::folds()).await.unwrap();
    let mut builder = builder.holding(1);
    // In two halves, so that what the first has stored is met again.
    builder.advance(head / 2, &|_| {}).await.unwrap();
    builder.advance(head, &|_| {}).await.unwrap();
    let mut compared = 0;
    for sheet in sheets::sheets() {
        let live = store.live(&sheet).await.unwrap();
        assert_eq!(live.checkpoint, head, "{} is behind", sheet.name);
        let anew = builder.slots().find(|slot| slot.name == sheet.name).unwrap();
        assert_eq!(anew.checkpoint, head);
        let (live, anew) = (rows(&store, &sheet, &live).await, rows(&store, &sheet, anew).await);
        for (old, new) in live.iter().zip(&anew) {
            assert_eq!(old, new, "a row of {} came out differently", sheet.name);
        }
        assert_eq!(live.len(), anew.len(), "{} has another number of rows", sheet.name);
        compared += live.len();
    }
    assert!(compared > 1_000, "only {compared} rows");
    store.close().await;
}

fn row(key: &str, class: &str) -> RowWrite {
    RowWrite {
        key: key.into(),
        body: Some(format!("\"{key}:{class}\"")),
        columns: vec![Some(class.to_owned())],
    }
}

/// Design §4: rows added to a generation under construction are found, changed and taken away like all others; and nothing is
/// added to one that was thrown away, or that moved on.
async fn what_is_added_is_found(place: Place) {
    let store = place.open().await;
    store.live(&UNITS).await.unwrap();
    let abandoned = store.begin_rebuild(&UNITS).await.unwrap();
    let slot = store.begin_rebuild(&UNITS).await.unwrap();
    store.add(&UNITS, &slot, vec![row("b", "学校"), row("a", "")]).await.unwrap();
    store.key(&UNITS, &slot).await.unwrap();
    store.key(&UNITS, &slot).await.unwrap();
    store.add(&UNITS, &slot, vec![row("c", "医院\t\\.\n")]).await.unwrap();
    assert!(store.add(&UNITS, &slot, vec![row("c", "again")]).await.is_err(), "a key is there once");
    let late = store.add(&UNITS, &abandoned, vec![row("x", "")]).await;
    assert!(matches!(late, Err(StoreError::Fenced(_))), "{late:?}");
    let gone = RowWrite { key: "a".into(), body: None, columns: vec![Some(String::new())] };
    let write = SlotWrite { slot: slot.clone(), checkpoint: 4, rows: vec![gone, row("b", "企业")] };
    store.store(&[(UNITS, write)]).await.unwrap();
    let moved = store.add(&UNITS, &slot, vec![row("x", "")]).await;
    assert!(matches!(moved, Err(StoreError::Fenced(_))), "{moved:?}");
    let slot = Slot { checkpoint: 4, ..slot };
    store.index(&UNITS, &slot, "class").await.unwrap();
    assert_eq!(store.switch(&UNITS, &slot, &mut Whole).await.unwrap(), slot);
    let find = Find { order: Some("class"), limit: 9, ..Find::default() };
    let (found, checkpoint) = store.find(&UNITS, &find).await.unwrap();
    let found: Vec<_> = found.iter().map(|row| (row.key.as_str(), row.order.as_str())).collect();
    assert_eq!((found, checkpoint), (vec![("b", "企业"), ("c", "医院\t\\.\n")], 4));
    store.close().await;
}

/// A journal of which a small page takes its time to read, beside somebody who appends or does not.
struct Slow {
    memory: Arc<Memory>,
    /// How long a page takes.
    takes: Duration,
    /// How far the head moves whenever it is asked for.
    moves: u64,
    asked: AtomicU64,
}

#[async_trait]
impl Feed for Slow {
    async fn after(&self, position: u64, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        sleep(self.takes).await;
        self.memory.after(position, limit.min(PAGE)).await
    }

    async fn stream(&self, kind: &str, id: &str, until: u64) -> Result<Vec<StoredEvent>, StoreError> {
        self.memory.stream(kind, id, until).await
    }

    async fn head(&self) -> Result<u64, StoreError> {
        let asked = self.asked.fetch_add(1, Ordering::SeqCst);
        Ok(self.memory.head().await? + asked * self.moves)
    }

    async fn position_at(&self, instant: DateTime<Utc>) -> Result<u64, StoreError> {
        self.memory.position_at(instant).await
    }

    fn wakeups(&self) -> watch::Receiver<u64> {
        self.memory.wakeups()
    }
}

/// How long a rebuild of a small ledger takes, in a time that only waiting moves.
async fn rebuilding(memory: &Arc<Memory>, moves: u64) -> Duration {
    let (until, started) = (memory.head().await.unwrap(), Instant::now());
    assert!(until > 4 * PAGE as u64, "{until} events are too few");
    let takes = Duration::from_millis(100);
    let feed = Arc::new(Slow { memory: Arc::clone(memory), takes, moves, asked: AtomicU64::new(0) });
    let mut builder = Builder::begin(feed, memory.clone(), sheets::folds()).await.unwrap();
    builder.advance(until, &|_| {}).await.unwrap();
    assert!(builder.slots().all(|slot| slot.checkpoint == until));
    started.elapsed()
}

fn envelope() -> Envelope {
    Envelope::new(Actor { id: ActorId::new("o-1").unwrap(), role: Role::Operator, organisation: None })
}

/// A ledger in memory with a town in it.
async fn town() -> (Arc<Memory>, Desk) {
    let memory = Arc::new(Memory::new(Arc::new(Utc::now)));
    let desk = Desk::new(memory.clone(), Arc::new(SystemClock));
    for line in founding() {
        let command = registry::parse(line["command"].as_str().unwrap(), &line["data"].to_string()).unwrap();
        desk.submit(&envelope(), command.as_ref()).await.unwrap();
    }
    (memory, desk)
}

/// Issue 3 C: while somebody appends, wherever, a rebuild rests after each page; alone it does not rest at all.
#[tokio::test(start_paused = true)]
async fn a_rebuild_stands_back_while_others_append() {
    let (memory, _) = town().await;
    let (alone, beside) = (rebuilding(&memory, 0).await, rebuilding(&memory, 1).await);
    assert!(beside > alone, "{beside:?} beside others, {alone:?} alone");
}

/// Issue 3 C: a rebuild beside somebody who never stops appending, and whose rows follow at once, comes to its end.
/// An hour of a time that only waiting moves is for ever.
#[tokio::test(start_paused = true)]
async fn a_rebuild_catches_up_with_those_who_never_stop() {
    let (memory, desk) = town().await;
    let mut live = Projector::live(memory.clone(), memory.clone(), sheets::folds()).await.unwrap();
    live.catch_up().await.unwrap();
    let busy = tokio::spawn(async move {
        for number in 0.. {
            let order = json!({"demand": format!("d-{number}"), "channel": "online", "category": "errands",
                "community": "520201016001", "urgency": "routine"});
            let order = registry::parse("place-order", &order.to_string()).unwrap();
            desk.submit(&envelope(), order.as_ref()).await.unwrap();
            live.catch_up().await.unwrap();
            sleep(Duration::from_millis(5)).await;
        }
    });
    let takes = Duration::from_millis(1);
    let feed = Slow { memory: memory.clone(), takes, moves: 0, asked: AtomicU64::new(0) };
    let rebuilt = rebuild(Arc::new(feed), memory.clone(), sheets::folds(), &|_| {});
    let rebuilt = timeout(Duration::from_secs(3600), rebuilt).await.expect("it never caught up").unwrap();
    assert_eq!(rebuilt.len(), sheets::folds().len());
    assert!(!busy.is_finished(), "somebody was at work all the time");
    busy.abort();
}
