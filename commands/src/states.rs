//! States of streams as last decided or loaded in this process. Only a help: every append checks the sequences.

use std::any::Any;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use aggregates::Decider;
use lru::LruCache;

use crate::journal::Expected;

type Key = (&'static str, String);

/// A state and the sequence that it reflects.
#[derive(Clone)]
pub(crate) struct Cached {
    pub(crate) state: Arc<dyn Any + Send + Sync>,
    pub(crate) sequence: u64,
}

/// A state that was kept.
pub(crate) struct Kept<D> {
    pub(crate) state: Arc<D>,
    pub(crate) sequence: u64,
    pub(crate) standing: Standing,
}

/// How far a kept state can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// As last known.
    Current,
    /// The stream is said to have moved on: what is new must be added.
    Behind,
    /// It was said so, yet nothing new was found. Said again, the state is worth nothing.
    Doubtful,
}

struct Entry {
    cached: Cached,
    standing: Standing,
}

/// The most recently used states.
pub(crate) struct States(Mutex<LruCache<Key, Entry>>);

impl States {
    pub(crate) fn new(capacity: NonZeroUsize) -> Self {
        Self(Mutex::new(LruCache::new(capacity)))
    }

    pub(crate) fn get<D: Decider>(&self, id: &str) -> Option<Kept<D>> {
        let mut states = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = states.get(&(D::TYPE, id.to_owned()))?;
        let (Cached { state, sequence }, standing) = (entry.cached.clone(), entry.standing);
        drop(states);
        state.downcast::<D>().ok().map(|state| Kept { state, sequence, standing })
    }

    /// Keeps the newer of what is here and what is offered.
    pub(crate) fn put(&self, kind: &'static str, id: &str, cached: Cached) {
        self.put_as(kind, id, cached, Standing::Current);
    }

    /// The same, relied on so far.
    pub(crate) fn put_as(&self, kind: &'static str, id: &str, cached: Cached, standing: Standing) {
        let mut states = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (kind, id.to_owned());
        if states.peek(&key).is_none_or(|held| held.cached.sequence <= cached.sequence) {
            states.put(key, Entry { cached, standing });
        }
    }

    /// Notes that the one of the streams has moved on from the sequence that was read; the others may be as they were.
    pub(crate) fn fall_behind_named(&self, moved: &str, streams: &[Expected]) {
        let name = |read: &&Expected| format!("{}/{}", read.aggregate_type, read.aggregate_id) == moved;
        if let Some(read) = streams.iter().find(name) {
            self.fall_behind(read.aggregate_type, &read.aggregate_id, read.sequence);
        }
    }

    /// Notes that the stream has moved on from this sequence.
    pub(crate) fn fall_behind(&self, kind: &'static str, id: &str, sequence: u64) {
        let mut states = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (kind, id.to_owned());
        // Whoever moved it on may have kept the new state already.
        let Some(entry) = states.peek_mut(&key).filter(|entry| entry.cached.sequence <= sequence) else {
            return;
        };
        match entry.standing {
            Standing::Current => entry.standing = Standing::Behind,
            Standing::Behind => {}
            Standing::Doubtful => drop(states.pop(&key)),
        }
    }
}
