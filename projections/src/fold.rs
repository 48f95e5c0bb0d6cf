//! Folding batches of events into rows kept in memory, for projections of any row type.

use std::collections::{BTreeSet, HashMap};
use std::marker::PhantomData;
use std::num::NonZeroUsize;

use aggregates::Recorded;
use lru::LruCache;

use crate::ports::{RowWrite, Sheet, StoreError};
use crate::projection::Projection;

/// Rows of a projection that stay in memory between batches.
const ROWS_KEPT: usize = 20_000;

/// A projection of any row type at work.
pub trait AnyFold: Send {
    /// Which.
    fn sheet(&self) -> Sheet;
    /// Keys that the events touch and that are not in memory.
    fn missing(&self, events: &[Recorded]) -> Vec<String>;
    /// Takes rows from the shelf; keys not among `bodies` have no row yet.
    fn load(&mut self, keys: Vec<String>, bodies: &HashMap<String, String>) -> Result<(), StoreError>;
    /// Folds events, all of whose rows are in memory.
    fn fold(&mut self, events: &[Recorded]);
    /// The rows changed since the last call.
    fn drain(&mut self) -> Result<Vec<RowWrite>, StoreError>;
    /// Forgets everything, after a step that was not stored.
    fn forget(&mut self);
}

/// A projection at work.
pub struct Fold<P: Projection> {
    rows: LruCache<String, P::Row>,
    /// Rows of the step under way: they must not fall out of memory before they are stored.
    step: HashMap<String, P::Row>,
    changed: BTreeSet<String>,
    projection: PhantomData<fn() -> P>,
}

impl<P: Projection> Default for Fold<P> {
    fn default() -> Self {
        let kept = NonZeroUsize::new(ROWS_KEPT).unwrap_or(NonZeroUsize::MIN);
        Self {
            rows: LruCache::new(kept),
            step: HashMap::new(),
            changed: BTreeSet::new(),
            projection: PhantomData,
        }
    }
}

impl<P: Projection> AnyFold for Fold<P> {
    fn sheet(&self) -> Sheet {
        P::sheet()
    }

    fn missing(&self, events: &[Recorded]) -> Vec<String> {
        let keys: BTreeSet<String> = events.iter().flat_map(P::keys).collect();
        keys.into_iter().filter(|key| !self.step.contains_key(key) && !self.rows.contains(key)).collect()
    }

    fn load(&mut self, keys: Vec<String>, bodies: &HashMap<String, String>) -> Result<(), StoreError> {
        for key in keys {
            let row = match bodies.get(&key) {
                None => P::Row::default(),
                Some(body) => serde_json::from_str(body)
                    .map_err(|error| StoreError::Damaged(format!("{} row {key}: {error}", P::NAME)))?,
            };
            self.step.insert(key, row);
        }
        Ok(())
    }

    fn fold(&mut self, events: &[Recorded]) {
        for event in events {
            for key in P::keys(event) {
                let rows = &mut self.rows;
                let row = self.step.entry(key.clone()).or_insert_with(|| rows.pop(&key).unwrap_or_default());
                P::fold(&key, row, event);
                self.changed.insert(key);
            }
        }
    }

    fn drain(&mut self) -> Result<Vec<RowWrite>, StoreError> {
        let mut writes = Vec::with_capacity(self.changed.len());
        for key in std::mem::take(&mut self.changed) {
            let Some(row) = self.step.get(&key) else { continue };
            let body = if P::is_gone(row) {
                None
            } else {
                Some(serde_json::to_string(row).map_err(|error| StoreError::Damaged(error.to_string()))?)
            };
            writes.push(RowWrite { columns: P::columns(&key, row), key, body });
        }
        for (key, row) in self.step.drain() {
            if !P::is_gone(&row) {
                self.rows.put(key, row);
            }
        }
        Ok(writes)
    }

    fn forget(&mut self) {
        self.rows.clear();
        self.step.clear();
        self.changed.clear();
    }
}
