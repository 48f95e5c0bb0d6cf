//! The end of the journal as this process stored it, kept in memory: whoever follows the journal closely need not read it back.
//!
//! What is here was committed by this process, and is byte for byte what the database was given. Whoever checks the journal reads the
//! journal.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use aggregates::StoredEvent;
use chrono::{DateTime, Utc};

use super::batch::EventRow;

/// Bytes of payloads and metadata that are kept: several times what the tree lets wait in bulk.
const BYTES_MAX: usize = 16 << 20;

/// Events of one commit.
struct Stored {
    rows: Vec<EventRow>,
    recorded_at: DateTime<Utc>,
    bytes: usize,
}

impl Stored {
    /// Its first position; none when it is empty.
    fn first(&self) -> Option<u64> {
        self.rows.first().map(|row| row.position)
    }

    fn last(&self) -> Option<u64> {
        self.rows.last().map(|row| row.position)
    }

    fn event(&self, row: &EventRow) -> StoredEvent {
        let event = row.event();
        StoredEvent {
            position: row.position,
            event_id: row.event_id,
            command_id: row.command_id(),
            recorded_at: self.recorded_at,
            aggregate_type: event.aggregate_type.to_owned(),
            aggregate_id: event.aggregate_id.clone(),
            sequence: row.sequence,
            event_type: event.event_type.clone(),
            event_version: event.event_version.clone(),
            payload: event.payload.clone(),
            metadata: row.metadata().to_owned(),
        }
    }
}

/// Commits that follow one upon the other without a hole.
#[derive(Default)]
pub(super) struct Tail(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    commits: VecDeque<Arc<Stored>>,
    bytes: usize,
}

impl Kept {
    fn forget(&mut self) {
        (self.commits, self.bytes) = (VecDeque::new(), 0);
    }
}

impl Tail {
    fn with<T>(&self, act: impl FnOnce(&mut Kept) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes in what was committed; what others stored between is not here, and nothing that lies before it.
    pub(super) fn push(&self, rows: Vec<EventRow>, recorded_at: DateTime<Utc>) {
        let stored = Stored { bytes: bytes(&rows), rows, recorded_at };
        let Some(first) = stored.first() else { return };
        self.with(|kept| {
            let goes_on =
                kept.commits.back().and_then(|last| last.last()).is_some_and(|last| last + 1 == first);
            if !goes_on || stored.bytes > BYTES_MAX {
                kept.forget();
            }
            if stored.bytes > BYTES_MAX {
                return;
            }
            kept.bytes += stored.bytes;
            kept.commits.push_back(Arc::new(stored));
            while kept.bytes > BYTES_MAX
                && let Some(oldest) = kept.commits.pop_front()
            {
                kept.bytes -= oldest.bytes;
            }
        });
    }

    /// At most so many events behind the position, without a hole; none where the next one is not here.
    pub(super) fn after(&self, position: u64, limit: usize) -> Vec<StoredEvent> {
        let commits: Vec<Arc<Stored>> = self.with(|kept| {
            let from = kept.commits.partition_point(|stored| stored.last() <= Some(position));
            let is_here = kept.commits.get(from).and_then(|stored| stored.first());
            if is_here.is_none_or(|first| first > position.saturating_add(1)) {
                return vec![];
            }
            let last = position.saturating_add(limit as u64);
            let wanted = |stored: &&Arc<Stored>| stored.first().is_some_and(|first| first <= last);
            kept.commits.range(from..).take_while(wanted).cloned().collect()
        });
        let rows = commits.iter().flat_map(|stored| stored.rows.iter().map(move |row| (stored, row)));
        let behind = rows.skip_while(|(_, row)| row.position <= position).take(limit);
        behind.map(|(stored, row)| stored.event(row)).collect()
    }
}

/// Of the payloads, and of each command's metadata once.
fn bytes(rows: &[EventRow]) -> usize {
    let payloads: usize = rows.iter().map(|row| row.event().payload.len()).sum();
    let commands = rows.chunk_by(|one, next| one.command_id() == next.command_id());
    payloads + commands.filter_map(|of_one| of_one.first()).map(|row| row.metadata().len()).sum::<usize>()
}
