//! Runs reactions and timers.

use std::sync::Arc;

use aggregates::circumstance::{Actor, Role};
use aggregates::ids::ActorId;
use aggregates::{Recorded, StoredEvent};
use projections::{Feed, StoreError};
use uuid::Uuid;

use super::{Bookmarks, Reaction, Timer};
use crate::desk::{Desk, Envelope};
use crate::{AnyCommand, Trouble};

/// Events read at a time.
const STEP_EVENTS: usize = 500;
/// What a timer submits at a tick.
const TICK_WAKES: usize = 200;
/// The namespace of ids that derive from a reaction and its cause. Never changed.
const NAMESPACE: Uuid = Uuid::from_u128(0x6b0d_a05e_7e2f_4c51_9d0a_5202_0101_6001);

/// Why the reactor stopped. It goes on where it stopped when it is run again.
#[derive(Debug, thiserror::Error)]
pub enum ReactorError {
    /// The journal or the bookmarks could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A command could not be submitted; a refusal is no such trouble.
    #[error("{reaction}: {trouble}")]
    Submit {
        /// Which.
        reaction: &'static str,
        /// What stood in the way.
        trouble: Trouble,
    },
}

/// What a step or a tick did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ran {
    /// Events read, of all reactions together.
    pub read: usize,
    /// Commands whose facts were written now.
    pub done: usize,
    /// Commands that had been answered before, or had nothing to do.
    pub repeated: usize,
    /// Commands that a rule refused.
    pub refused: usize,
}

impl Ran {
    /// Both together.
    pub fn and(self, other: Self) -> Self {
        Self {
            read: self.read + other.read,
            done: self.done + other.done,
            repeated: self.repeated + other.repeated,
            refused: self.refused + other.refused,
        }
    }
}

/// Runs reactions and timers. Several processes may run one each on the same ledger.
pub struct Reactor {
    desk: Arc<Desk>,
    feed: Arc<dyn Feed>,
    bookmarks: Arc<dyn Bookmarks>,
    reactions: Vec<Box<dyn Reaction>>,
    timers: Vec<Box<dyn Timer>>,
}

impl Reactor {
    /// A reactor that runs these.
    pub fn new(
        desk: Arc<Desk>,
        feed: Arc<dyn Feed>,
        bookmarks: Arc<dyn Bookmarks>,
        reactions: Vec<Box<dyn Reaction>>,
        timers: Vec<Box<dyn Timer>>,
    ) -> Self {
        Self { desk, feed, bookmarks, reactions, timers }
    }

    /// Lets each reaction read the next events behind its bookmark, and answer them.
    pub async fn step(&self) -> Result<Ran, ReactorError> {
        let mut ran = Ran::default();
        for reaction in &self.reactions {
            ran = ran.and(self.read_on(reaction.as_ref()).await?);
        }
        Ok(ran)
    }

    /// Steps until nothing new is in the journal, its own commands included.
    pub async fn catch_up(&self) -> Result<Ran, ReactorError> {
        let mut all = Ran::default();
        loop {
            let ran = self.step().await?;
            all = all.and(ran);
            if ran.read == 0 {
                return Ok(all);
            }
        }
    }

    /// Asks each timer what has come due, and submits it.
    pub async fn tick(&self) -> Result<Ran, ReactorError> {
        let mut ran = Ran::default();
        for timer in &self.timers {
            for wake in timer.due(self.desk.now(), TICK_WAKES).await? {
                let envelope = envelope(timer.name(), &wake.cause, None);
                ran = ran.and(self.submit(timer.name(), &envelope, wake.command.as_ref()).await?);
            }
        }
        Ok(ran)
    }

    async fn read_on(&self, reaction: &dyn Reaction) -> Result<Ran, ReactorError> {
        let from = self.bookmarks.get(reaction.name()).await?;
        let stored = self.feed.after(from, STEP_EVENTS).await?;
        let Some(last) = stored.last().map(|event| event.position) else { return Ok(Ran::default()) };
        let mut ran = Ran { read: stored.len(), ..Ran::default() };
        for event in &stored {
            match self.answer(reaction, event).await {
                Ok(answered) => ran = ran.and(answered),
                Err(error) => {
                    // What came before is answered; this event is read again.
                    self.bookmarks.set(reaction.name(), event.position.saturating_sub(1)).await?;
                    return Err(error);
                }
            }
        }
        self.bookmarks.set(reaction.name(), last).await?;
        Ok(ran)
    }

    async fn answer(&self, reaction: &dyn Reaction, stored: &StoredEvent) -> Result<Ran, ReactorError> {
        let event = stored.decode().map_err(|error| StoreError::Damaged(error.to_string()))?;
        let mut ran = Ran::default();
        if !reaction.interested(&event) {
            return Ok(ran);
        }
        let name = reaction.name();
        let commands = reaction
            .react(&event, &self.desk)
            .await
            .map_err(|trouble| ReactorError::Submit { reaction: name, trouble })?;
        for (number, command) in commands.iter().enumerate() {
            let envelope = envelope(name, &format!("{}/{number}", event.event_id), Some(&event));
            ran = ran.and(self.submit(name, &envelope, command.as_ref()).await?);
        }
        Ok(ran)
    }

    async fn submit(
        &self,
        reaction: &'static str,
        envelope: &Envelope,
        command: &dyn AnyCommand,
    ) -> Result<Ran, ReactorError> {
        match self.desk.submit(envelope, command).await {
            Ok(reply) if reply.repeat || reply.receipt.events.is_empty() => {
                Ok(Ran { repeated: 1, ..Ran::default() })
            }
            Ok(_) => Ok(Ran { done: 1, ..Ran::default() }),
            Err(Trouble::Refused(refusal)) => {
                tracing::info!(reaction, command = command.name(), code = %refusal.code, "a reaction was refused");
                Ok(Ran { refused: 1, ..Ran::default() })
            }
            Err(trouble) => Err(ReactorError::Submit { reaction, trouble }),
        }
    }
}

/// The envelope of a reaction's command: its id derives from the reaction's name and the cause.
fn envelope(reaction: &str, cause: &str, event: Option<&Recorded>) -> Envelope {
    let actor = Actor {
        id: ActorId::new(format!("reaction:{reaction}")).unwrap_or_default(),
        role: Role::System,
        organisation: None,
    };
    let id = Uuid::new_v5(&NAMESPACE, format!("{reaction}/{cause}").as_bytes());
    let mut envelope = Envelope::new(actor).keyed(id);
    envelope.causation_id = event.map(|event| event.event_id);
    envelope.correlation_id = event.map(|event| event.meta.correlation_id.unwrap_or(event.command_id));
    envelope
}
