//! Idempotency keys that this process was given lately. Only a help: the journal keeps the answer to each for ever, and tells it.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use lru::LruCache;
use uuid::Uuid;

/// Keys kept in mind.
const KEPT: NonZeroUsize = NonZeroUsize::new(100_000).unwrap();

/// Who comes again with a key does so soon, and mostly to the same process. So the answer to a key is looked up before deciding only where
/// the key was seen; where it was not, the append finds the answer, if there is one.
pub(crate) struct Keys(Mutex<LruCache<Uuid, ()>>);

impl Keys {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(LruCache::new(KEPT)))
    }

    /// Whether the key was given before; from now on it was.
    pub(crate) fn is_known(&self, key: Uuid) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).put(key, ()).is_some()
    }
}
