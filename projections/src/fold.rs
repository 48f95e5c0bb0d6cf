//! Folding batches of events into rows kept in memory, for projections of any row type.

use std::collections::{BTreeSet, HashMap};
use std::marker::PhantomData;

use aggregates::Recorded;
use lru::LruCache;

use crate::ports::{RowWrite, Sheet, StoreError};
use crate::projection::Projection;

/// Rows of a projection that stay in memory once they are on the shelf.
const ROWS_KEPT: usize = 20_000;

/// A projection of any row type at work.
pub trait AnyFold: Send + Sync {
    /// Which.
    fn sheet(&self) -> Sheet;
    /// Keys that the events touch and that are not in memory.
    fn missing(&self, events: &[Recorded]) -> Vec<String>;
    /// Takes rows from the shelf; keys not among `bodies` have no row yet.
    fn load(&mut self, keys: Vec<String>, bodies: &HashMap<String, String>) -> Result<(), StoreError>;
    /// Folds events. A row that is not in memory begins as it does before any event.
    fn fold(&mut self, events: &[Recorded]);
    /// How many rows are in memory, changed or not.
    fn held(&self) -> usize;
    /// The rows changed since the last call, by key. Rows not touched for long then leave the memory.
    fn drain(&mut self) -> Result<Vec<RowWrite>, StoreError>;
    /// Forgets everything, after a step that was not stored.
    fn forget(&mut self);
}

struct Kept<R> {
    row: R,
    is_changed: bool,
}

impl<R: Default> Default for Kept<R> {
    fn default() -> Self {
        Self { row: R::default(), is_changed: false }
    }
}

/// A projection at work.
pub struct Fold<P: Projection> {
    /// Without a bound of its own: a changed row must not fall out before it is drained.
    rows: LruCache<String, Kept<P::Row>>,
    changed: Vec<String>,
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

    fn missing(&self, events: &[Recorded]) -> Vec<String> {
        let keys: BTreeSet<String> = events.iter().flat_map(P::keys).collect();
        keys.into_iter().filter(|key| !self.rows.contains(key)).collect()
    }

    fn load(&mut self, keys: Vec<String>, bodies: &HashMap<String, String>) -> Result<(), StoreError> {
        for key in keys {
            if let Some(body) = bodies.get(&key) {
                let row = serde_json::from_str(body)
                    .map_err(|error| StoreError::Damaged(format!("{} row {key}: {error}", P::NAME)))?;
                self.rows.put(key, Kept { row, is_changed: false });
            }
        }
        Ok(())
    }

    fn fold(&mut self, events: &[Recorded]) {
        for event in events {
            for key in P::keys(event) {
                let kept = self.rows.get_or_insert_mut_ref(key.as_str(), Kept::default);
                P::fold(&key, &mut kept.row, event);
                if !std::mem::replace(&mut kept.is_changed, true) {
                    self.changed.push(key);
                }
            }
        }
    }

    fn held(&self) -> usize {
        self.rows.len()
    }

    fn drain(&mut self) -> Result<Vec<RowWrite>, StoreError> {
        let mut changed = std::mem::take(&mut self.changed);
        changed.sort_unstable();
        let mut writes = Vec::with_capacity(changed.len());
        for key in changed {
            let Some(kept) = self.rows.peek_mut(&key) else { continue };
            kept.is_changed = false;
            let columns = P::columns(&key, &kept.row);
            let body = if P::is_gone(&kept.row) {
                self.rows.pop(&key);
                None
            } else {
                let body = serde_json::to_string(&kept.row);
                Some(body.map_err(|error| StoreError::Damaged(error.to_string()))?)
            };
            writes.push(RowWrite { key, body, columns });
        }
        while self.rows.len() > ROWS_KEPT {
            self.rows.pop_lru();
        }
        Ok(writes)
    }

    fn forget(&mut self) {
        self.rows.clear();
        self.changed.clear();
    }
}
