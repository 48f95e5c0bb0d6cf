//! Commands that want one stream at the same time stand in line: each decides on what those before it decided, and goes on its
//! way to the journal without waiting until they are stored. So they share the writer's batches instead of undoing each other.
//!
//! Nothing is answered before it is durable, and nothing is refused because of something that is not. Where one of them fails,
//! the line waits until all under way have settled, and begins again from what is stored.

use std::pin::Pin;
use std::task::Poll;

use aggregates::Refusal;
use futures::poll;
use tokio::sync::{Mutex, MutexGuard, watch};

use crate::command::AnyCommand;
use crate::desk::{Desk, Envelope, Reply};
use crate::journal::{Appended, JournalError};
use crate::sitting::{Ahead, Sitting};
use crate::trouble::Trouble;

/// How often a command is decided on what is not stored yet; after that it has the line for itself until it is stored.
const TRIES_AHEAD: u32 = 4;

/// Those who want one stream.
pub(crate) struct Line {
    front: Mutex<Front>,
    settled: watch::Sender<Settled>,
}

/// Held while one decides, not while it is stored.
#[derive(Default)]
struct Front {
    /// What was decided and is not known to be stored.
    ahead: Ahead,
    /// How many went on their way.
    queued: u64,
    /// Failures that the states ahead take account of.
    failures: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Settled {
    count: u64,
    failures: u64,
}

/// One on its way. Whatever becomes of it, also when its caller goes away, is told to the line.
struct Way<'a> {
    line: &'a Line,
    is_stored: bool,
}

impl Drop for Way<'_> {
    fn drop(&mut self) {
        self.line.settled.send_modify(|settled| {
            settled.count += 1;
            settled.failures += u64::from(!self.is_stored);
        });
    }
}

/// What a try in the line came to.
pub(crate) enum Turn {
    /// Done.
    Stored(Reply),
    /// Refused, on nothing but what is stored.
    Refused(Refusal),
    /// To be decided again; the stream that moved, when it is known.
    Again(Option<String>),
}

impl Line {
    pub(crate) fn new() -> Self {
        Self { front: Mutex::default(), settled: watch::Sender::new(Settled::default()) }
    }

    /// Waits for one's turn to decide. After a failure, or to be alone, also until all under way have settled.
    async fn turn(&self, is_alone: bool) -> MutexGuard<'_, Front> {
        let mut front = self.front.lock().await;
        if is_alone || self.settled.borrow().failures != front.failures {
            let settled = self.settled(front.queued).await;
            front.ahead.clear();
            front.failures = settled.failures;
        }
        front
    }

    /// Waits until so many have settled.
    async fn settled(&self, count: u64) -> Settled {
        let mut settled = self.settled.subscribe();
        // The sender lives in this very line.
        settled.wait_for(|settled| settled.count >= count).await.map(|settled| *settled).unwrap_or_default()
    }

    /// Takes away what the line need not keep in mind any more; memory only, so never waited for.
    fn forget_stored(&self, changed: &Ahead) {
        if let Ok(mut front) = self.front.try_lock() {
            front.ahead.retain(|key, cached| {
                changed.get(key).is_none_or(|stored| stored.sequence < cached.sequence)
            });
        }
    }
}

impl Desk {
    /// One try in the line.
    pub(crate) async fn submit_in_line(
        &self,
        line: &Line,
        attempt: u32,
        envelope: &Envelope,
        command: &dyn AnyCommand,
        input_hash: &str,
    ) -> Result<Turn, Trouble> {
        let is_alone = attempt > TRIES_AHEAD;
        let mut front = line.turn(is_alone).await;
        let mut sitting = Sitting::begin(self, envelope, Some(&front.ahead)).await?;
        match self.decide(envelope, command, &mut sitting).await {
            Ok(()) => {}
            Err(Trouble::Refused(refusal)) => {
                if sitting.is_stale().await? {
                    return Ok(Turn::Again(None));
                }
                let (before, failures) = (front.queued, front.failures);
                drop(front);
                let is_final = line.settled(before).await.failures == failures;
                return Ok(if is_final { Turn::Refused(refusal) } else { Turn::Again(None) });
            }
            Err(other) => return Err(other),
        }
        let append = self.append_of(envelope, command, input_hash, &mut sitting)?;
        let changed: Ahead = sitting.changed().collect();
        let read = sitting.read();
        let mut pending = Box::pin(self.journal().append(append));
        // The first poll puts it in the writer's queue: the order of the queue is the order of the line.
        let outcome = poll!(Pin::new(&mut pending));
        front.ahead.extend(changed.iter().map(|(key, cached)| (key.clone(), cached.clone())));
        front.queued += 1;
        let mut way = Way { line, is_stored: false };
        let front = is_alone.then_some(front);
        let outcome = match outcome {
            Poll::Ready(outcome) => outcome,
            Poll::Pending => pending.await,
        };
        way.is_stored = matches!(outcome, Ok(Appended::Fresh(_)));
        drop(way);
        drop(front);
        match outcome {
            Ok(Appended::Fresh(receipt)) => {
                for ((kind, id), cached) in &changed {
                    self.states().put(kind, id, cached.clone());
                }
                line.forget_stored(&changed);
                Ok(Turn::Stored(Reply { receipt, repeat: false }))
            }
            Ok(Appended::Repeat(receipt)) => Ok(Turn::Stored(Reply { receipt, repeat: true })),
            Err(JournalError::Conflict(stream)) => {
                self.states().forget_named(&stream, read);
                Ok(Turn::Again(Some(stream)))
            }
            Err(error) => Err(error.into()),
        }
    }
}
