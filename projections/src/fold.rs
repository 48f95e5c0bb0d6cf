//! Folding batches of events into rows kept in memory, for projections of any row type.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::marker::PhantomData;

use aggregates::Recorded;
use lru::LruCache;
use smol_str::SmolStr;

use crate::ports::{RowWrite, Sheet, StoreError};
use crate::projection::Projection;

/// Rows of a projection that stay in memory once they are on the shelf.
const ROWS_KEPT: usize = 20_000;

/// Rows behind the last one that are looked at to tell what one of them weighs.
const ROWS_WEIGHED: usize = 4;
/// What a row takes in memory beside itself and its texts.
const OVERHEAD: usize = 128;

/// Rows that left the memory, each part by key.
#[derive(Debug, Default)]
pub struct Spilled {
    /// Those that are not on the shelf yet.
    pub new: Vec<RowWrite>,
    /// Those that are, in another state.
    pub changed: Vec<RowWrite>,
}

/// A projection of any row type at work.
pub trait AnyFold: Send + Sync {
    /// Which.
    fn sheet(&self) -> Sheet;
    /// Keys, of those that are looked for, that the events touch and that are not in memory.
    fn missing(&self, events: &[Recorded], looked_for: &dyn Fn(&str) -> bool) -> Vec<SmolStr>;
    /// Takes rows from the shelf; keys not among `bodies` have no row yet.
    fn load(&mut self, keys: Vec<SmolStr>, bodies: &HashMap<String, String>) -> Result<(), StoreError>;
    /// Folds events. A row that is not in memory begins as it does before any event.
    fn fold(&mut self, events: &[Recorded]);
    /// About how many bytes the rows in memory take.
    fn weight(&self) -> usize;
    /// The rows changed since the last call, by key. Rows not touched for long then leave the memory.
    fn drain(&mut self) -> Result<Vec<RowWrite>, StoreError>;
    /// Takes so many of the rows that were not touched for longest out of memory. None when no row was there any more.
    fn spill(&mut self, rows: usize) -> Result<Option<Spilled>, StoreError>;
    /// Forgets everything, after a step that was not stored.
    fn forget(&mut self);
}

struct Kept<R> {
    row: R,
    is_changed: bool,
    /// Whether the shelf has a row of this key, in whatever state.
    is_stored: bool,
}

impl<R: Default> Default for Kept<R> {
    fn default() -> Self {
        Self { row: R::default(), is_changed: false, is_stored: false }
    }
}

/// A projection at work.
pub struct Fold<P: Projection> {
    /// Without a bound of its own: a changed row must not fall out before it is drained.
    rows: LruCache<SmolStr, Kept<P::Row>>,
    changed: Vec<SmolStr>,
    projection: PhantomData<fn() -> P>,
}

impl<P: Projection> Default for Fold<P> {
    fn default() -> Self {
        Self { rows: LruCache::unbounded(), changed: Vec::new(), projection: PhantomData }
    }
}

impl<P: Projection> AnyFold for Fold<P> {
    fn sheet(&self) -> Sheet {
        P::sheet()
    }

    fn missing(&self, events: &[Recorded], looked_for: &dyn Fn(&str) -> bool) -> Vec<SmolStr> {
        let keys = events.iter().flat_map(P::keys);
        let missing = keys.filter(|key| looked_for(key) && !self.rows.contains(key));
        missing.collect::<BTreeSet<SmolStr>>().into_iter().collect()
    }

    fn load(&mut self, keys: Vec<SmolStr>, bodies: &HashMap<String, String>) -> Result<(), StoreError> {
        for key in keys {
            if let Some(body) = bodies.get(key.as_str()) {
                let row = serde_json::from_str(body)
                    .map_err(|error| StoreError::Damaged(format!("{} row {key}: {error}", P::NAME)))?;
                self.rows.put(key, Kept { row, is_changed: false, is_stored: true });
            }
        }
        Ok(())
    }

    fn fold(&mut self, events: &[Recorded]) {
        let (rows, changed) = (&mut self.rows, &mut self.changed);
        for event in events {
            P::fold_all(event, |key, fold| {
                let kept = rows.get_or_insert_mut(key.clone(), Kept::default);
                fold(&key, &mut kept.row);
                if !std::mem::replace(&mut kept.is_changed, true) {
                    changed.push(key);
                }
            });
        }
    }

    fn weight(&self) -> usize {
        let (mut seen, mut texts) = (0, Count(0));
        for (key, kept) in self.rows.iter().take(ROWS_WEIGHED) {
            seen += 1;
            texts.0 += 2 * key.len();
            // A row that cannot be written says so when it is to be.
            let _ = serde_json::to_writer(&mut texts, &kept.row);
        }
        self.rows.len() * (size_of::<Kept<P::Row>>() + OVERHEAD + texts.0 / seen.max(1))
    }

    fn drain(&mut self) -> Result<Vec<RowWrite>, StoreError> {
        let mut changed = std::mem::take(&mut self.changed);
        changed.sort_unstable();
        let mut writes = Vec::with_capacity(changed.len());
        for key in changed {
            let Some(kept) = self.rows.peek_mut(&key) else { continue };
            // A row that left and came back meanwhile is named twice.
            if !std::mem::take(&mut kept.is_changed) {
                continue;
            }
            kept.is_stored = true;
            let write = write::<P>(key, &kept.row)?;
            if write.body.is_none() {
                self.rows.pop(&write.key);
            }
            writes.push(write);
        }
        while self.rows.len() > ROWS_KEPT {
            self.rows.pop_lru();
        }
        Ok(writes)
    }

    fn spill(&mut self, rows: usize) -> Result<Option<Spilled>, StoreError> {
        if self.rows.is_empty() {
            return Ok(None);
        }
        let mut spilled = Spilled::default();
        for _ in 0..rows {
            let Some((key, kept)) = self.rows.pop_lru() else { break };
            if !kept.is_changed {
                continue;
            }
            let write = write::<P>(key, &kept.row)?;
            match (kept.is_stored, &write.body) {
                (true, _) => spilled.changed.push(write),
                (false, Some(_)) => spilled.new.push(write),
                // Came and went: the shelf need not know.
                (false, None) => {}
            }
        }
        // Names of rows that left or are named twice, before they are more than the rows that are here.
        if self.changed.len() > 2 * self.rows.len() {
            let rows = &self.rows;
            self.changed.retain(|key| rows.contains(key));
            self.changed.sort_unstable();
            self.changed.dedup();
        }
        spilled.new.sort_unstable_by(|one, other| one.key.cmp(&other.key));
        spilled.changed.sort_unstable_by(|one, other| one.key.cmp(&other.key));
        Ok(Some(spilled))
    }

    fn forget(&mut self) {
        self.rows.clear();
        self.changed.clear();
    }
}

/// What the shelf is to keep of a row.
fn write<P: Projection>(key: SmolStr, row: &P::Row) -> Result<RowWrite, StoreError> {
    let columns = P::columns(&key, row);
    let body = if P::is_gone(row) {
        None
    } else {
        Some(serde_json::to_string(row).map_err(|error| StoreError::Damaged(error.to_string()))?)
    };
    Ok(RowWrite { key, body, columns })
}

/// Counts what is written, and keeps nothing of it.
struct Count(usize);

impl io::Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
