//! Commands that want one stream at the same time stand in line: each decides on what those before it decided, and goes on its
//! way to the journal without waiting until they are stored. So they share the writer's batches instead of undoing each other.
//!
//! Nothing is answered before it is durable, and nothing is refused because of something that is not. Where one of them fails,
//! the line waits until all under way have settled, and begins again from what is stored.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex as SyncMutex, MutexGuard as SyncMutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use aggregates::Refusal;
use futures::poll;
use tokio::sync::{Mutex, MutexGuard, watch};
use tokio::time::Instant;

use crate::command::AnyCommand;
use crate::desk::{Desk, Envelope, Reply};
use crate::intake::Input;
use crate::journal::{Appended, JournalError};
use crate::sitting::{Ahead, Sitting};
use crate::trouble::Trouble;

/// How often a command is decided on what is not stored yet; after that it has the line for itself until it is stored.
const TRIES_AHEAD: u32 = 4;
/// How long a line outlasts its last crowd: those whom one batch answered come again together.
const LINGERS: Duration = Duration::from_secs(1);

/// The lines in front of streams.
#[derive(Default)]
pub(crate) struct Lines(SyncMutex<HashMap<String, Arc<Line>>>);

impl Lines {
    /// The line in front of a stream. Those that lost a race for the stream stand in it from then on. Each stands in one line at most,
    /// so none can wait for another in a ring.
    pub(crate) fn of(&self, stream: &str) -> Arc<Line> {
        let mut lines = self.lines();
        if let Some(line) = lines.get(stream) {
            return Arc::clone(line);
        }
        lines.retain(|_, line| line.is_needed());
        let line = Arc::new(Line::new());
        lines.insert(stream.to_owned(), Arc::clone(&line));
        line
    }

    /// A stream that the sitting changes and that has a line: a try without regard to the line would only disturb.
    pub(crate) fn awaited(&self, sitting: &Sitting<'_>) -> Option<String> {
        let mut lines = self.lines();
        if lines.is_empty() {
            return None;
        }
        let mut streams = sitting.changed().map(|((kind, id), _)| format!("{kind}/{id}"));
        let awaited = streams.find(|stream| lines.contains_key(stream))?;
        if lines.get(&awaited).is_some_and(Line::is_needed) {
            return Some(awaited);
        }
        lines.remove(&awaited);
        None
    }

    fn lines(&self) -> SyncMutexGuard<'_, HashMap<String, Arc<Line>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Those who want one stream.
pub(crate) struct Line {
    front: Mutex<Front>,
    settled: watch::Sender<Settled>,
    /// When somebody last had others before him.
    crowded: SyncMutex<Instant>,
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
    fn new() -> Self {
        Self {
            front: Mutex::default(),
            settled: watch::Sender::new(Settled::default()),
            crowded: SyncMutex::new(Instant::now()),
        }
    }

    /// Whether somebody stands in it, or may soon. Only while the lines are locked, so that nobody joins meanwhile.
    fn is_needed(self: &Arc<Self>) -> bool {
        let crowded = *self.crowded.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::strong_count(self) > 1 || crowded.elapsed() < LINGERS
    }

    fn note_crowd(&self) {
        *self.crowded.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
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
        input: &Input,
    ) -> Result<Turn, Trouble> {
        let is_alone = attempt > TRIES_AHEAD;
        let mut front = line.turn(is_alone).await;
        let mut sitting = Sitting::begin(self, envelope, Some(&front.ahead)).await?.holding(&input.seals);
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
        let append = self.append_of(envelope, command, input, &mut sitting)?;
        let forgettings = sitting.take_forgettings();
        self.announce(&forgettings).await?;
        let changed: Ahead = sitting.changed().collect();
        let read = append.expected.clone();
        let mut pending = Box::pin(self.journal().append(append));
        // The first poll puts it in the writer's queue: the order of the queue is the order of the line.
        let outcome = poll!(Pin::new(&mut pending));
        front.ahead.extend(changed.iter().map(|(key, cached)| (key.clone(), cached.clone())));
        front.queued += 1;
        if front.queued > line.settled.borrow().count + 1 {
            line.note_crowd();
        }
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
                self.forget(&forgettings).await;
                Ok(Turn::Stored(Reply { receipt, repeat: false }))
            }
            Ok(Appended::Repeat(receipt)) => Ok(Turn::Stored(Reply { receipt, repeat: true })),
            Err(JournalError::Conflict(stream)) => {
                self.states().fall_behind_named(&stream, &read);
                Ok(Turn::Again(Some(stream)))
            }
            Err(error) => Err(error.into()),
        }
    }
}
