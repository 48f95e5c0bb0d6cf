//! An audit of the log: every event is read and hashed anew, and everything that was said about it is held against that.

mod checkpoints;
mod second;

use std::collections::HashMap;
use std::sync::Arc;

use aggregates::StoredEvent;
use checkpoints::Checkpoints;
use projections::ports::{Feed, StoreError};
use proofs::hash::{Hashing, Sm3};
use proofs::heads::{self, Head};
use proofs::policy::Policy;
use proofs::tile::{self, Edge, Tile};
use proofs::tree::Frontier;
use proofs::{Checkpoint, Hash};
use second::Second;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::grow::WITH_RECORDS;
use super::leaf;
use crate::store::Store;

/// Events read at once.
const PAGE: usize = 2_000;
/// Pages read ahead.
const AHEAD: usize = 4;

/// What was looked at, and the first thing that is not as it was said to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub check: &'static str,
    /// How many of it.
    pub checked: u64,
    /// The first difference.
    pub difference: Option<String>,
}

/// A page of events with the hashes of their leaves, and those for the second tree where there is one.
type Page = (Vec<StoredEvent>, Vec<Hash>, Vec<Hash>);

/// What the auditor brings along, not believing what the ledger says of itself.
#[derive(Debug, Clone, Default)]
pub struct Brought {
    /// Keys of the log and its witnesses, and how many of those are asked for.
    pub policy: Option<Policy>,
    /// A checkpoint that was kept from before.
    pub known: Option<Checkpoint>,
}

/// Audits the log of a ledger; `progress` is told the position reached.
///
/// # Errors
/// When the store fails. What is wrong with the log is no error: it is found.
pub async fn audit(
    store: &Arc<Store>,
    brought: &Brought,
    progress: &(dyn Fn(u64) + Send + Sync),
) -> Result<Vec<Finding>, StoreError> {
    let (edge, edge_trouble) = match store.log().edge().await {
        Ok(edge) => (edge, None),
        Err(StoreError::Damaged(what)) => (Edge::default(), Some(what)),
        Err(error) => return Err(error),
    };
    let mut checkpoints = Checkpoints::read(store, brought).await?;
    let second = Second::read(store, &checkpoints).await?;
    checkpoints.meet(0, Hash::of_nothing);
    let has_second = second.is_some();
    let mut pass = Pass { second, ..Pass::default() };
    let head = store.head().await?;
    let mut pages = pages(Arc::clone(store), head, has_second);
    while let Some(page) = pages.recv().await {
        let (events, hashes, of_second) =
            page.await.unwrap_or_else(|error| Err(StoreError::Damaged(error.to_string())))?;
        pass.take(store, edge.size(), (&events, &hashes, &of_second), &mut checkpoints).await?;
        progress(pass.frontier.size());
        if pass.hole.is_some() {
            break;
        }
    }
    pass.finish(store, &edge, edge_trouble, head, checkpoints).await
}

/// Pages of events up to a position, read and hashed side by side.
fn pages(
    store: Arc<Store>,
    until: u64,
    has_second: bool,
) -> mpsc::Receiver<JoinHandle<Result<Page, StoreError>>> {
    let (way, pages) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        for from in (0..until).step_by(PAGE) {
            let Ok(place) = way.reserve().await else { break };
            let store = Arc::clone(&store);
            place.send(tokio::spawn(async move {
                let events = store.after(from, PAGE.min((until - from) as usize)).await?;
                let (mut buffer, mut hashes, mut of_second) = (vec![], vec![], vec![]);
                for event in &events {
                    hashes.push(leaf::hash(event, &mut buffer));
                    if has_second {
                        of_second.push(Sm3::of_leaf(&buffer));
                    }
                }
                Ok((events, hashes, of_second))
            }));
        }
    });
    pages
}

#[derive(Default)]
struct Pass {
    frontier: Frontier,
    second: Option<Second>,
    edge: Edge,
    heads: HashMap<(String, String), Head>,
    hole: Option<String>,
    leaves: Option<String>,
    tiles: Option<String>,
    tiles_checked: u64,
    recorded_at: Option<chrono::DateTime<chrono::Utc>>,
    times: Option<String>,
    streams: Option<String>,
}

impl Pass {
    async fn take(
        &mut self,
        store: &Store,
        grown: u64,
        (events, hashes, of_second): (&[StoredEvent], &[Hash], &[Hash]),
        checkpoints: &mut Checkpoints,
    ) -> Result<(), StoreError> {
        let mut full = vec![];
        let mut of_second = of_second.iter();
        for (event, hash) in events.iter().zip(hashes) {
            let expected = self.frontier.size() + 1;
            if event.position != expected {
                self.hole = Some(format!("no event is at position {expected}"));
                break;
            }
            self.frontier.push(*hash);
            if let (Some(second), Some(leaf)) = (&mut self.second, of_second.next()) {
                second.push(*leaf);
            }
            let frontier = &self.frontier;
            checkpoints.meet(frontier.size(), || frontier.root());
            if frontier.size() <= grown {
                self.edge.push(*hash, |tile, hashes| full.push((tile, hashes.to_vec())));
            }
            if self.recorded_at.is_some_and(|before| before > event.recorded_at) {
                self.times.get_or_insert_with(|| {
                    format!("position {expected} was recorded before the one ahead of it")
                });
            }
            self.recorded_at = Some(event.recorded_at);
            self.lead_on(event, *hash);
        }
        let kept = store.log().tiles(&full.iter().map(|(tile, _)| *tile).collect::<Vec<_>>()).await;
        let kept = match kept {
            Err(StoreError::Damaged(what)) => {
                self.tiles.get_or_insert(what);
                return Ok(());
            }
            kept => kept?,
        };
        for (tile, hashes) in full {
            self.compare(tile, &hashes, kept.get(&tile));
        }
        Ok(())
    }

    /// Chains the streams of those of whom there are records.
    fn lead_on(&mut self, event: &StoredEvent, hash: Hash) {
        if !WITH_RECORDS.contains(&event.aggregate_type.as_str()) {
            return;
        }
        let (kind, id) = (event.aggregate_type.clone(), event.aggregate_id.clone());
        let head = self.heads.entry((kind, id)).or_insert_with_key(|(kind, id)| Head {
            kind: kind.clone(),
            id: id.clone(),
            sequence: 0,
            chain: Hash::default(),
        });
        if event.sequence != head.sequence + 1 {
            let before = head.sequence;
            self.streams.get_or_insert_with(|| {
                format!(
                    "{}/{}: {} follows {before} at position {}",
                    event.aggregate_type, event.aggregate_id, event.sequence, event.position
                )
            });
        }
        head.sequence = event.sequence;
        head.chain = heads::chain(head.chain, hash);
    }

    /// Holds a tile against what the events make. In the lowest one the first difference is an event.
    fn compare(&mut self, tile: Tile, made: &[Hash], kept: Option<&Vec<Hash>>) {
        self.tiles_checked += 1;
        let place =
            made.iter().enumerate().position(|(n, hash)| kept.and_then(|kept| kept.get(n)) != Some(hash));
        let Some(place) = place else { return };
        if tile.level == 0 && kept.is_some() {
            let position = tile.index * tile::WIDTH + place as u64 + 1;
            self.leaves.get_or_insert_with(|| {
                format!("the event at position {position} is not the one that was logged")
            });
        } else {
            let what = if kept.is_some() { "is not what the events make" } else { "is missing" };
            self.tiles.get_or_insert_with(|| format!("tile {} {what}", tile.path()));
        }
    }

    async fn finish(
        mut self,
        store: &Store,
        edge: &Edge,
        edge_trouble: Option<String>,
        head: u64,
        checkpoints: Checkpoints,
    ) -> Result<Vec<Finding>, StoreError> {
        if self.hole.is_none() && self.frontier.size() < head {
            self.hole = Some(format!("no event is at position {}", self.frontier.size() + 1));
        }
        let grown = edge.size().min(self.frontier.size());
        if edge.size() > self.frontier.size() {
            self.leaves.get_or_insert_with(|| {
                format!("{} events were logged, the ledger ends at {}", edge.size(), self.frontier.size())
            });
        } else if edge_trouble.is_none() {
            let kept: HashMap<Tile, Vec<Hash>> =
                edge.tiles().map(|(tile, hashes)| (tile, hashes.to_vec())).collect();
            let made: Vec<(Tile, Vec<Hash>)> =
                self.edge.tiles().map(|(tile, hashes)| (tile, hashes.to_vec())).collect();
            for (tile, hashes) in made {
                self.compare(tile, &hashes, kept.get(&tile));
            }
        }
        self.tiles = self.tiles.take().or(edge_trouble);
        let (heads_checked, heads) = self.compare_heads(store, edge).await?;
        let kept = checkpoints.continues();
        let beyond = checkpoints.newest.filter(|newest| *newest > self.frontier.size());
        let beyond = beyond.map(|newest| {
            format!("a checkpoint covers {newest} events, the ledger ends at {}", self.frontier.size())
        });
        let finding = |check, checked, difference| Finding { check, checked, difference };
        let mut findings = vec![
            finding("every position has its event", self.frontier.size(), self.hole),
            finding("times never go back", self.frontier.size(), self.times),
            finding("streams of members and units are dense", self.heads.len() as u64, self.streams),
            finding("every event is the one that was logged", grown, self.leaves),
            finding("every tile is what the events make", self.tiles_checked, self.tiles),
            finding("streams end where the log says", heads_checked, heads),
            finding(
                "every checkpoint is signed, and of these events",
                checkpoints.checked,
                checkpoints.difference.or(beyond),
            ),
        ];
        findings.extend(self.second.map(Second::finding));
        findings.extend(kept);
        Ok(findings)
    }

    /// Holds the kept heads against the chains of the events, if the log has grown as far as the ledger.
    async fn compare_heads(&self, store: &Store, edge: &Edge) -> Result<(u64, Option<String>), StoreError> {
        let (size, kept) = match store.log().all_heads().await {
            Err(StoreError::Damaged(what)) => return Ok((0, Some(what))),
            kept => kept?,
        };
        // It grows while we look: then it is ahead of the events read, or was behind.
        if size != self.frontier.size() || size != edge.size() {
            return Ok((0, None));
        }
        let mut found = None;
        for head in &kept {
            let made = self.heads.get(&(head.kind.clone(), head.id.clone()));
            if made != Some(head) {
                found
                    .get_or_insert_with(|| format!("{}/{} does not end as the log says", head.kind, head.id));
            }
        }
        if kept.len() < self.heads.len() {
            let missing = self.heads.values().find(|head| !kept.contains(head));
            found =
                found.or(missing.map(|head| format!("the log lacks the end of {}/{}", head.kind, head.id)));
        }
        Ok((kept.len() as u64, found))
    }
}
