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
    /// Where names are written that are only looked up.
    name: String,
}

impl Known {
    /// Knows the head, and these streams with their last sequences, however many they are.
    pub(super) fn at(head: Head, streams: &[StreamKey<'_>], lasts: &[u64]) -> Self {
        let mut known = Self { head, sequences: LruCache::unbounded(), name: String::new() };
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
        self.look_up(stream).map(|last| *last)
    }

    pub(super) fn note(&mut self, stream: StreamKey<'_>, sequence: u64) {
        self.sequences.put(name(stream), sequence);
    }

    /// The sequence of the next event of a stream.
    pub(super) fn next(&mut self, stream: StreamKey<'_>) -> u64 {
        if let Some(last) = self.look_up(stream) {
            *last += 1;
            return *last;
        }
        self.note(stream, 1);
        1
    }

    fn look_up(&mut self, (kind, id): StreamKey<'_>) -> Option<&mut u64> {
        self.name.clear();
        self.name.extend([kind, "/", id]);
        self.sequences.get_mut(self.name.as_str())
    }
}

fn name((kind, id): StreamKey<'_>) -> String {
    format!("{kind}/{id}")
}
