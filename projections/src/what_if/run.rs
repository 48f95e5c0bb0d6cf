//! The journal, read for a trial. Whoever no longer waits for it stops it by letting go.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::WhatIf;
use crate::ports::{Feed, StoreError};

/// Events of a step.
const STEP: usize = 2_000;

/// How far a trial is; and whether it shall go on.
#[derive(Debug, Default)]
pub struct Going {
    done: AtomicU64,
    of: AtomicU64,
    stopped: AtomicBool,
}

impl Going {
    /// The position read up to, and the last one.
    pub fn far(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.of.load(Ordering::Relaxed))
    }

    /// Stops it at the next step.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether it was stopped.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

/// Folds the journal up to where it stands now. Tells the position; nothing when it was stopped.
pub async fn run(feed: &dyn Feed, trial: &mut WhatIf, going: &Going) -> Result<Option<u64>, StoreError> {
    let until = feed.head().await?;
    going.of.store(until, Ordering::Relaxed);
    let mut at = 0;
    while at < until {
        if going.is_stopped() {
            return Ok(None);
        }
        let page = feed.after(at, STEP).await?;
        let Some(last) = page.last() else { break };
        let reached = last.position;
        for stored in
            page.iter().filter(|stored| stored.position <= until && WhatIf::reads(&stored.aggregate_type))
        {
            trial.take(&stored.decode().map_err(|error| StoreError::Damaged(error.to_string()))?);
        }
        at = reached;
        going.done.store(at.min(until), Ordering::Relaxed);
        tokio::task::yield_now().await;
    }
    Ok(Some(until))
}
