//! What the writer knows of the end of the ledger as long as nobody else writes: then a batch needs no reading first.

use std::num::NonZeroUsize;

use lru::LruCache;

use super::batch::{Head, Plan, StreamKey};

/// Streams whose last sequence is kept in mind.
const STREAMS: usize = 100_000;
/// A batch of more streams than this reads them anew: they must not push each other out before it is stored.
pub(super) const STREAMS_AT_ONCE: usize = STREAMS / 4;

/// The head, and last sequences that hold while the ledger ends there.
pub(super) struct Known {
    pub head: Head,
    sequences: LruCache<String, u64>,
}

impl Known {
    /// Knows the head, and no stream yet.
    pub(super) fn at(head: Head) -> Self {
        let kept = NonZeroUsize::new(STREAMS).unwrap_or(NonZeroUsize::MIN);
        Self { head, sequences: LruCache::new(kept) }
    }

    pub(super) fn sequence(&mut self, stream: StreamKey<'_>) -> Option<u64> {
        self.sequences.get(&name(stream)).copied()
    }

    pub(super) fn note(&mut self, stream: StreamKey<'_>, sequence: u64) {
        self.sequences.put(name(stream), sequence);
    }

    /// After the plan was stored.
    pub(super) fn advance(&mut self, plan: &Plan<'_>) {
        if !plan.events.is_empty() {
            self.head = plan.head;
        }
        for row in &plan.events {
            self.note((row.event.aggregate_type, row.event.aggregate_id.as_str()), row.sequence);
        }
    }
}

fn name((kind, id): StreamKey<'_>) -> String {
    format!("{kind}/{id}")
}
