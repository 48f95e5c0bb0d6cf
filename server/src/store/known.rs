//! What the writer knows of the end of the ledger as long as nobody else writes: then a batch needs no reading first.

use std::num::NonZeroUsize;

use lru::LruCache;

use super::batch::{Head, StreamKey};

/// Streams whose last sequence is kept in mind.
const STREAMS: NonZeroUsize = NonZeroUsize::new(100_000).unwrap();

/// The head, and last sequences that hold while the ledger ends there.
pub(super) struct Known {
    pub head: Head,
    sequences: LruCache<String, u64>,
}

impl Known {
    /// Knows the head, and these streams with their last sequences, however many they are.
    pub(super) fn at(head: Head, streams: &[StreamKey<'_>], lasts: &[u64]) -> Self {
        let mut known = Self { head, sequences: LruCache::unbounded() };
        streams.iter().zip(lasts).for_each(|(stream, last)| known.note(*stream, *last));
        known
    }

    /// Keeps in mind no more than it may.
    pub(super) fn bounded(mut self) -> Self {
        if self.sequences.cap() > STREAMS {
            self.sequences.resize(STREAMS);
        }
        self
    }

    pub(super) fn sequence(&mut self, stream: StreamKey<'_>) -> Option<u64> {
        self.sequences.get(&name(stream)).copied()
    }

    pub(super) fn note(&mut self, stream: StreamKey<'_>, sequence: u64) {
        self.sequences.put(name(stream), sequence);
    }

    /// The sequence of the next event of a stream.
    pub(super) fn next(&mut self, stream: StreamKey<'_>) -> u64 {
        let last = self.sequences.get_or_insert_mut(name(stream), || 0);
        *last += 1;
        *last
    }
}

fn name((kind, id): StreamKey<'_>) -> String {
    format!("{kind}/{id}")
}
