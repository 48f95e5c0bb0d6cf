//! The port to the journal: the only thing that is ever written.

use std::collections::HashMap;

use async_trait::async_trait;
use cqrs_es::persist::SerializedEvent;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Why an append failed. Only [`JournalError::OutcomeUnknown`] leaves open whether it was stored.
#[derive(Debug, Clone, thiserror::Error)]
pub enum JournalError {
    /// A stream moved since it was read: decide again.
    #[error("stream {0} has moved")]
    Conflict(String),
    /// The command id was used before for other content.
    #[error("command id {0} was used before with other content")]
    KeyReused(Uuid),
    /// The commit was sent and no answer came.
    #[error("the outcome is unknown; retry with the same command id")]
    OutcomeUnknown,
    /// The queue is full: come back later.
    #[error("too many commands are waiting")]
    Overloaded,
    /// The append itself cannot be stored (text that is no JSON, an event of a stream that was not read): a defect of the caller.
    #[error("the append is malformed: {0}")]
    Malformed(String),
    /// The database cannot be reached or failed; nothing was stored.
    #[error("the journal is not available: {0}")]
    Unavailable(String),
    /// What is stored cannot be understood.
    #[error("the journal is damaged: {0}")]
    Damaged(String),
}

/// A stream that a decision has read, and how far.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Expected {
    /// The kind of stream.
    pub aggregate_type: &'static str,
    /// The stream.
    pub aggregate_id: String,
    /// Its last sequence when read; 0 for a stream that does not exist.
    pub sequence: u64,
}

/// An event that a decision made, not yet placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// The kind of stream.
    pub aggregate_type: &'static str,
    /// The stream; it must be among the append's `expected`.
    pub aggregate_id: String,
    /// The fact's name.
    pub event_type: String,
    /// Its schema version.
    pub event_version: String,
    /// JSON text.
    pub payload: String,
}

/// One command's outcome, to be stored all or not at all. `events` may be empty: then only the answer is kept.
#[derive(Debug, Clone)]
pub struct Append {
    /// The idempotency key.
    pub command_id: Uuid,
    /// Kebab-case name.
    pub command: &'static str,
    /// Hex SHA-256 of name and input.
    pub input_hash: String,
    /// Every stream read. All are checked under the head's lock.
    pub expected: Vec<Expected>,
    /// In the order in which they were decided; positions follow it.
    pub events: Vec<NewEvent>,
    /// JSON text, the same for all events of the command.
    pub metadata: String,
}

/// An event as a receipt names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlacedEvent {
    /// In the ledger.
    pub position: u64,
    /// `type/id` of the stream.
    pub stream: String,
    /// Within the stream.
    pub sequence: u64,
    /// The fact's name.
    #[serde(rename = "type")]
    pub event_type: String,
}

/// The answer to a command, kept for ever under its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Receipt {
    /// The idempotency key.
    pub command_id: Uuid,
    /// The last position written; the head when there was nothing to do.
    pub position: u64,
    /// What was written; empty when there was nothing to do.
    pub events: Vec<PlacedEvent>,
}

/// A stored answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Of the input it answered.
    pub input_hash: String,
    /// The receipt.
    pub receipt: Receipt,
}

/// How an append ended well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appended {
    /// Stored now.
    Fresh(Receipt),
    /// Stored before, by the same command id with the same input.
    Repeat(Receipt),
}

/// The journal: append-only, dense, totally ordered.
#[async_trait]
pub trait Journal: Send + Sync {
    /// Stores one command's outcome durably, or nothing of it.
    async fn append(&self, append: Append) -> Result<Appended, JournalError>;
    /// The stored answers of those of the command ids that have one.
    async fn answers(&self, command_ids: &[Uuid]) -> Result<HashMap<Uuid, Answer>, JournalError>;
    /// The stored answer of a command id.
    async fn answer(&self, command_id: Uuid) -> Result<Option<Answer>, JournalError> {
        Ok(self.answers(&[command_id]).await?.remove(&command_id))
    }
    /// All events of each stream, in the order asked; none of one that does not exist.
    async fn load_all(
        &self,
        streams: &[(&'static str, String)],
    ) -> Result<Vec<Vec<SerializedEvent>>, JournalError>;
    /// Events of a stream after `sequence`, in order, as stored: read through cqrs-es's own repositories
    /// (see [`aggregates::ledger::load_through`]).
    async fn load(
        &self,
        aggregate_type: &'static str,
        aggregate_id: &str,
        after: u64,
    ) -> Result<Vec<SerializedEvent>, JournalError>;
}
