//! Rows read lately, kept in memory for as long as this process sees what becomes of them.
//!
//! The projector of this process tells of every step that it stores and of every look at the checkpoints, several times a second. A
//! row that no step wrote since it was read is the row that the database would give at the checkpoint last seen. When another
//! process has moved the checkpoint, nothing is known of what it wrote, and all is read anew; when nobody looks, as
//! where no projector runs, nothing is taken from here.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use lru::LruCache;
use projections::ports::{Sheet, Slot, SlotWrite};

/// Rows kept of each sheet.
const ROWS: NonZeroUsize = NonZeroUsize::new(5_000).unwrap();
/// A longer row is not kept.
const BODY_BYTES_MAX: usize = 32_768;
/// What was seen longer ago than this is not relied on.
const SEEN: Duration = Duration::from_secs(1);

/// A row's body, none when there is no such row, and the checkpoint that it reflects.
pub(super) type Read = (Option<String>, u64);

/// Rows of all sheets.
#[derive(Default)]
pub(super) struct Warm(Mutex<HashMap<String, Known>>);

/// What is known of a sheet's live rows.
struct Known {
    generation: u32,
    checkpoint: u64,
    seen: Instant,
    rows: LruCache<String, Option<String>>,
}

impl Known {
    fn is_at(&self, generation: u32, checkpoint: u64) -> bool {
        (self.generation, self.checkpoint) == (generation, checkpoint)
    }
}

impl Default for Known {
    fn default() -> Self {
        Self { generation: 0, checkpoint: 0, seen: Instant::now(), rows: LruCache::new(ROWS) }
    }
}

impl Warm {
    fn with<T>(&self, act: impl FnOnce(&mut HashMap<String, Known>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The row, if it is here and can be relied on.
    pub(super) fn get(&self, sheet: &Sheet, key: &str) -> Option<Read> {
        self.with(|sheets| {
            let known = sheets.get_mut(sheet.name).filter(|known| known.seen.elapsed() < SEEN)?;
            let body = known.rows.get(key)?.clone();
            Some((body, known.checkpoint))
        })
    }

    /// Keeps a row as it was read.
    pub(super) fn keep(&self, sheet: &Sheet, generation: u32, key: &str, read: &Read) {
        let (body, checkpoint) = read;
        if body.as_ref().is_some_and(|body| body.len() > BODY_BYTES_MAX) {
            return;
        }
        self.with(|sheets| {
            // A step that was stored while the row was being read may have written it.
            let known = sheets.get_mut(sheet.name).filter(|known| known.is_at(generation, *checkpoint));
            if let Some(known) = known {
                known.rows.put(key.to_owned(), body.clone());
            }
        });
    }

    /// The live slot as it is now.
    pub(super) fn seen(&self, slot: &Slot) {
        self.with(|sheets| {
            let known = sheets.entry(slot.name.clone()).or_default();
            if !known.is_at(slot.generation, slot.checkpoint) {
                known.rows.clear();
            }
            (known.generation, known.checkpoint) = (slot.generation, slot.checkpoint);
            known.seen = Instant::now();
        });
    }

    /// A step that this process stored into a live slot.
    pub(super) fn stored(&self, write: &SlotWrite) {
        let SlotWrite { slot, checkpoint, rows } = write;
        self.with(|sheets| {
            // A generation that is being built tells nothing of the live one.
            let known = sheets.get_mut(&slot.name).filter(|known| known.generation == slot.generation);
            let Some(known) = known else { return };
            if known.is_at(slot.generation, slot.checkpoint) {
                for row in rows {
                    known.rows.pop(row.key.as_str());
                }
            } else {
                known.rows.clear();
            }
            known.checkpoint = *checkpoint;
            known.seen = Instant::now();
        });
    }

    /// Another generation is live.
    pub(super) fn switched(&self, sheet: &Sheet) {
        self.with(|sheets| sheets.remove(sheet.name));
    }
}
