//! The tree grows behind the journal, and beside it, where that is asked for, a second one of the same leaves with SM3.

use std::collections::HashMap;

use aggregates::StoredEvent;
use projections::ports::{Feed, StoreError};
use proofs::Hash;
use proofs::hash::{Hashing, Sm3};
use proofs::heads::{self, Head};
use proofs::tile::Edge;
use proofs::tree::Frontier;
use tokio::task::spawn_blocking;

use super::leaf;
use crate::store::Store;
use crate::store::log::{Growth, LogStore};

/// Events read at once.
const PAGE: usize = 2_000;
/// A step is stored when it has so many events. SQLite forgets what it has of the file in memory whenever another connection writes: the journal's
/// must not meet that more often than has to be.
const STEP: u64 = 20_000;
/// And when it leads so many streams on: storing them takes longest, and nobody else writes into SQLite meanwhile.
const HEADS: usize = 2_000;
/// Kinds of streams whose ends are kept: those of whom there are records.
pub const WITH_RECORDS: [&str; 2] = ["member", "unit"];

/// Takes all events into the tree that there are when it is called; tells its right edge.
///
/// # Errors
/// When the store fails, or positions have a hole.
pub async fn grow(store: &Store) -> Result<Edge, StoreError> {
    along(store, store.log()).await
}

/// The same, of what a feed of the journal tells.
///
/// # Errors
/// When the store fails, or positions have a hole.
pub async fn along(feed: &dyn Feed, log: LogStore<'_>) -> Result<Edge, StoreError> {
    Ok(trees(feed, log, false).await?.0)
}

/// The same with the second tree, where that is asked for: then both are of the same leaves.
///
/// # Errors
/// When the store fails, or positions have a hole.
pub async fn trees(
    feed: &dyn Feed,
    log: LogStore<'_>,
    with_sm3: bool,
) -> Result<(Edge, Option<Frontier<Sm3>>), StoreError> {
    // Whoever waits for an empty page follows a busy journal event by event, and is never done.
    let mut until = feed.head().await?;
    let (mut edge, mut sm3) = standing(feed, log, with_sm3).await?;
    let mut is_alone = true;
    while edge.size() < until {
        let mut step = Step::at(edge.clone(), sm3.clone());
        while step.edge.size() < until && !step.is_full() {
            let from = step.edge.size();
            let mut page =
                if is_alone { feed.news(from, PAGE).await? } else { feed.after(from, PAGE).await? };
            page.truncate(usize::try_from(until - from).unwrap_or(PAGE));
            if page.is_empty() {
                return Err(StoreError::Damaged(format!("no event is at position {}", from + 1)));
            }
            let heads = log.heads(&step.unknown(&page)).await?;
            step.known.extend(heads);
            // Milliseconds of work: others are not to wait behind it.
            let taken = spawn_blocking(move || step.take_in(&page)).await;
            step = taken.map_err(|error| StoreError::Unavailable(error.to_string()))??;
        }
        let (from, next, growth) = step.into_growth();
        match log.grow(from, &next, &growth).await {
            Ok(()) => (edge, sm3) = (next, growth.sm3),
            // Another process was faster, or the journal went back: on from where the tree is, by what the journal says now.
            Err(StoreError::Fenced(_)) => {
                until = until.min(feed.head().await?);
                (edge, sm3) = standing(feed, log, with_sm3).await?;
                is_alone = false;
            }
            Err(error) => return Err(error),
        }
    }
    Ok((edge, sm3))
}

/// What is stored at once.
struct Step {
    from: u64,
    edge: Edge,
    growth: Growth,
    /// Where the streams of members and units end that it leads on, each once.
    known: HashMap<(String, String), Head>,
}

impl Step {
    fn at(edge: Edge, sm3: Option<Frontier<Sm3>>) -> Self {
        let growth = Growth { sm3, ..Growth::default() };
        Self { from: edge.size(), edge, growth, known: HashMap::new() }
    }

    fn is_full(&self) -> bool {
        self.edge.size() - self.from >= STEP || self.known.len() >= HEADS
    }

    /// Streams of which there are records and that it does not know yet, each once.
    fn unknown<'e>(&self, events: &'e [StoredEvent]) -> Vec<(&'e str, &'e str)> {
        let mut streams: Vec<(&str, &str)> = events
            .iter()
            .filter(|event| WITH_RECORDS.contains(&event.aggregate_type.as_str()))
            .filter(|event| {
                !self.known.contains_key(&(event.aggregate_type.clone(), event.aggregate_id.clone()))
            })
            .map(|event| (event.aggregate_type.as_str(), event.aggregate_id.as_str()))
            .collect();
        streams.sort_unstable();
        streams.dedup();
        streams
    }

    fn take_in(mut self, events: &[StoredEvent]) -> Result<Self, StoreError> {
        let mut buffer = vec![];
        for event in events {
            follows(event, self.edge.size())?;
            let hash = leaf::hash(event, &mut buffer);
            if let Some(sm3) = &mut self.growth.sm3 {
                sm3.push(Sm3::of_leaf(&buffer));
            }
            self.edge.push(hash, |tile, hashes| self.growth.full.push((tile, hashes.to_vec())));
            if WITH_RECORDS.contains(&event.aggregate_type.as_str()) {
                lead_on(&mut self.known, &event.aggregate_type, &event.aggregate_id, event.sequence, hash);
            }
        }
        Ok(self)
    }

    /// The size that it begins at, the edge after it, and what is between.
    fn into_growth(self) -> (u64, Edge, Growth) {
        let heads = self.known.into_values().collect();
        (self.from, self.edge, Growth { heads, ..self.growth })
    }
}

/// Where the trees stand. The second one is led on first where it lies behind: it was asked for later, or others do not grow it.
async fn standing(
    feed: &dyn Feed,
    log: LogStore<'_>,
    with_sm3: bool,
) -> Result<(Edge, Option<Frontier<Sm3>>), StoreError> {
    if !with_sm3 {
        return Ok((log.edge().await?, None));
    }
    loop {
        // Read before the edge: it is never ahead of that, though others grow both meanwhile.
        let mut sm3 = log.sm3().await?.unwrap_or_default();
        let (edge, from) = (log.edge().await?, sm3.size());
        if from == edge.size() {
            return Ok((edge, Some(sm3)));
        }
        let behind = edge.size().checked_sub(from);
        let behind = behind.ok_or_else(|| StoreError::Damaged("log_sm3 is ahead of log_tree".to_owned()))?;
        let mut buffer = vec![];
        let events = feed.after(from, PAGE.min(usize::try_from(behind).unwrap_or(PAGE))).await?;
        if events.is_empty() {
            return Err(StoreError::Damaged(format!("no event is at position {}", from + 1)));
        }
        for event in &events {
            follows(event, sm3.size())?;
            buffer.clear();
            leaf::write(event, &mut buffer);
            sm3.push(Sm3::of_leaf(&buffer));
        }
        match log.lead_sm3_on(from, &sm3).await {
            Ok(()) | Err(StoreError::Fenced(_)) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Whether the event is the next of a tree of this size.
fn follows(event: &StoredEvent, size: u64) -> Result<(), StoreError> {
    if event.position == size + 1 {
        return Ok(());
    }
    Err(StoreError::Damaged(format!("no event is at position {}", size + 1)))
}

fn lead_on(known: &mut HashMap<(String, String), Head>, kind: &str, id: &str, sequence: u64, leaf: Hash) {
    let head = known.entry((kind.to_owned(), id.to_owned())).or_insert_with(|| Head {
        kind: kind.to_owned(),
        id: id.to_owned(),
        sequence: 0,
        chain: Hash::default(),
    });
    head.sequence = sequence;
    head.chain = heads::chain(head.chain, leaf);
}
