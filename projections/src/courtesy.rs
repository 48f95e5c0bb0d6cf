//! Standing back: what is done in bulk leaves the machine to the living while they write.
//!
//! Whether they do is told by the ledger's head alone, so that it holds for whichever process they are in.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{RwLock, RwLockReadGuard};
use tokio::time::sleep;

use crate::ports::{Feed, StoreError};

/// A rest: about as long as a page of events takes.
const REST: Duration = Duration::from_millis(10);
/// As long as nobody is at work, one of so many pieces is looked after: a look is a way to the database and back.
const UNSEEN: u32 = 8;
/// So many looks after the head has moved, somebody is still taken to be at work.
const LOOKS: u32 = 16;

/// The manners of bulk work.
pub(crate) struct Courtesy {
    feed: Arc<dyn Feed>,
    seen: Mutex<Seen>,
    /// Shared by all who work, and alone to whoever makes them rest.
    gate: RwLock<()>,
    is_hurried: AtomicBool,
}

#[derive(Default)]
struct Seen {
    head: Option<u64>,
    rests: u32,
    /// Pieces since the last look.
    pieces: u32,
}

impl Seen {
    /// Whether it is time to look again; then who asks is to look.
    fn is_due(&mut self) -> bool {
        self.pieces += 1;
        let is_due = self.rests > 0 || self.head.is_none() || self.pieces >= UNSEEN;
        if is_due {
            self.pieces = 0;
        }
        is_due
    }

    /// Takes the head as it is now; whether somebody is at work.
    fn look(&mut self, head: u64) -> bool {
        self.rests = self.rests.saturating_sub(1);
        if self.head.replace(head).is_some_and(|before| before != head) {
            self.rests = LOOKS;
        }
        self.rests > 0
    }
}

impl Courtesy {
    pub(crate) fn new(feed: Arc<dyn Feed>) -> Self {
        Self { feed, seen: Mutex::default(), gate: RwLock::default(), is_hurried: AtomicBool::new(false) }
    }

    /// From now on nobody rests. Whoever is about to catch up with others must be quicker than they: while it rests they move on, and the
    /// end never comes.
    pub(crate) fn hurry(&self) {
        self.is_hurried.store(true, Ordering::Relaxed);
    }

    /// A short piece of work, which ends with the value. Whoever holds one must neither ask for another nor rest.
    pub(crate) async fn piece(&self) -> RwLockReadGuard<'_, ()> {
        self.gate.read().await
    }

    /// After a piece of work: everybody rests, if somebody is appending meanwhile.
    pub(crate) async fn rest(&self) -> Result<(), StoreError> {
        if self.is_hurried.load(Ordering::Relaxed) {
            return Ok(());
        }
        if !self.seen().is_due() {
            return Ok(());
        }
        let head = self.feed.head().await?;
        let is_busy = self.seen().look(head);
        if is_busy {
            let _nobody = self.gate.write().await;
            sleep(REST).await;
        }
        Ok(())
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;

    use aggregates::StoredEvent;
    use async_trait::async_trait;
    use chrono::{DateTime, Utc};
    use tokio::sync::watch;
    use tokio::time::timeout;

    use super::*;

    /// A journal that others append to all the time.
    #[derive(Default)]
    struct Busy(AtomicU64);

    #[async_trait]
    impl Feed for Busy {
        async fn after(&self, _: u64, _: usize) -> Result<Vec<StoredEvent>, StoreError> {
            Ok(vec![])
        }

        async fn stream(&self, _: &str, _: &str, _: u64) -> Result<Vec<StoredEvent>, StoreError> {
            Ok(vec![])
        }

        async fn head(&self) -> Result<u64, StoreError> {
            Ok(self.0.fetch_add(1, Ordering::Relaxed))
        }

        async fn position_at(&self, _: DateTime<Utc>) -> Result<u64, StoreError> {
            Ok(0)
        }

        fn wakeups(&self) -> watch::Receiver<u64> {
            watch::channel(0).1
        }
    }

    /// Issue 3 C: whoever catches up with others rests no more, or it would never be done.
    #[tokio::test(start_paused = true)]
    async fn who_is_in_a_hurry_does_not_rest() {
        let courtesy = Courtesy::new(Arc::new(Busy::default()));
        courtesy.rest().await.unwrap();
        for _ in 1..UNSEEN {
            assert!(timeout(REST / 2, courtesy.rest()).await.is_ok(), "nobody looks after each piece");
        }
        assert!(timeout(REST / 2, courtesy.rest()).await.is_err(), "others are at work");
        assert!(timeout(REST / 2, courtesy.rest()).await.is_err(), "and are looked at each time");
        courtesy.hurry();
        assert!(timeout(REST / 2, courtesy.rest()).await.is_ok());
    }

    /// Issue C: who finds the head moved stands back, and for a while after.
    #[test]
    fn a_head_that_moves_tells_of_others() {
        let mut seen = Seen::default();
        assert!(!seen.look(7), "a first look tells nothing");
        assert!(!seen.look(7));
        assert!(seen.look(8));
        assert!((1..LOOKS).all(|_| seen.look(8)), "they are not done between two commands");
        assert!(!seen.look(8));
    }
}
