//! States of streams as last decided or loaded in this process. Only a help: every append checks the sequences.

use std::any::Any;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use aggregates::Decider;
use lru::LruCache;

type Key = (&'static str, String);

/// A state and the sequence that it reflects.
#[derive(Clone)]
pub(crate) struct Cached {
    pub(crate) state: Arc<dyn Any + Send + Sync>,
    pub(crate) sequence: u64,
}

/// The most recently used states.
pub(crate) struct States(Mutex<LruCache<Key, Cached>>);

impl States {
    pub(crate) fn new(capacity: NonZeroUsize) -> Self {
        Self(Mutex::new(LruCache::new(capacity)))
    }

    pub(crate) fn get<D: Decider>(&self, id: &str) -> Option<(Arc<D>, u64)> {
        let mut states = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let cached = states.get(&(D::TYPE, id.to_owned()))?.clone();
        drop(states);
        cached.state.downcast::<D>().ok().map(|state| (state, cached.sequence))
    }

    /// Keeps the newer of what is here and what is offered.
    pub(crate) fn put(&self, kind: &'static str, id: &str, cached: Cached) {
        let mut states = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (kind, id.to_owned());
        if states.peek(&key).is_none_or(|held| held.sequence <= cached.sequence) {
            states.put(key, cached);
        }
    }

    /// Forgets the one of the streams that moved; the others may be as they were.
    pub(crate) fn forget_named(&self, moved: &str, streams: Vec<Key>) {
        if let Some((kind, id)) = streams.into_iter().find(|(kind, id)| format!("{kind}/{id}") == moved) {
            self.forget(kind, &id);
        }
    }

    pub(crate) fn forget(&self, kind: &'static str, id: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop(&(kind, id.to_owned()));
    }
}
