//! The tree grows behind the journal.

use std::collections::HashMap;

use projections::ports::{Feed, StoreError};
use proofs::Hash;
use proofs::heads::{self, Head};
use proofs::tile::Edge;

use super::leaf;
use crate::store::Store;
use crate::store::log::{Growth, LogStore};

/// Events of one step.
const STEP: usize = 2_000;
/// Kinds of streams whose ends are kept: those of whom there are records.
pub const WITH_RECORDS: [&str; 2] = ["member", "unit"];

/// Takes all events into the tree that there are when it is called, and perhaps some of those that come meanwhile; tells its right edge.
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
    let mut edge = log.edge().await?;
    loop {
        let events = feed.after(edge.size(), STEP).await?;
        if events.is_empty() {
            return Ok(edge);
        }
        // Whoever waits for an empty page follows a busy journal event by event, and is never done.
        let is_last = events.len() < STEP;
        let mut streams: Vec<(&str, &str)> = events
            .iter()
            .filter(|event| WITH_RECORDS.contains(&event.aggregate_type.as_str()))
            .map(|event| (event.aggregate_type.as_str(), event.aggregate_id.as_str()))
            .collect();
        streams.sort_unstable();
        streams.dedup();
        let mut known = log.heads(&streams).await?;
        let (from, mut growth, mut buffer) = (edge.size(), Growth::default(), vec![]);
        let mut next = edge.clone();
        for event in &events {
            if event.position != next.size() + 1 {
                return Err(StoreError::Damaged(format!("no event is at position {}", next.size() + 1)));
            }
            let hash = leaf::hash(event, &mut buffer);
            next.push(hash, |tile, hashes| growth.full.push((tile, hashes.to_vec())));
            if WITH_RECORDS.contains(&event.aggregate_type.as_str()) {
                lead_on(&mut known, &event.aggregate_type, &event.aggregate_id, event.sequence, hash);
            }
        }
        growth.heads = known.into_values().collect();
        match log.grow(from, &next, &growth).await {
            Ok(()) if is_last => return Ok(next),
            Ok(()) => edge = next,
            // Another process was faster: on from where it left the tree.
            Err(StoreError::Fenced(_)) => edge = log.edge().await?,
            Err(error) => return Err(error),
        }
    }
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
