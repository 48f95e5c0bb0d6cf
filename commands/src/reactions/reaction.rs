//! What a reaction and a timer are.

use aggregates::Recorded;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use projections::StoreError;

use crate::desk::Desk;
use crate::{AnyCommand, Trouble};

/// Answers events with commands.
#[async_trait]
pub trait Reaction: Send + Sync {
    /// Snake-case, unique among reactions and timers, and for ever: the ids of its commands derive from it.
    fn name(&self) -> &'static str;
    /// Whether the event is one that it answers.
    fn interested(&self, event: &Recorded) -> bool;
    /// The commands that answer it, in an order that is the same each time.
    async fn react(&self, event: &Recorded, desk: &Desk) -> Result<Vec<Box<dyn AnyCommand>>, Trouble>;
}

/// A command that a timer wants, and what its id derives from: the same cause is submitted once in effect.
pub struct Wake {
    /// What has come due: `demand/until`.
    pub cause: String,
    /// The command.
    pub command: Box<dyn AnyCommand>,
}

/// Answers the passing of time with commands.
#[async_trait]
pub trait Timer: Send + Sync {
    /// See [`Reaction::name`].
    fn name(&self) -> &'static str;
    /// What has come due by now, at most so many; the rest comes with the next tick.
    async fn due(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Wake>, StoreError>;
}
