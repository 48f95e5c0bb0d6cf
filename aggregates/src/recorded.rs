//! Events as the journal keeps them, and as projections read them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use cqrs_es::persist::SerializedEvent;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use uuid::Uuid;

use crate::circumstance::Role;
use crate::ids::ActorId;
use crate::ledger::{self, LedgerEvent, Undecodable};
use crate::when::{self, Moment};

/// One row of the journal, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// 1, 2, 3 … without holes over the whole ledger.
    pub position: u64,
    /// Unique for ever.
    pub event_id: Uuid,
    /// The command that caused it.
    pub command_id: Uuid,
    /// When it was written; never decreases with the position.
    pub recorded_at: DateTime<Utc>,
    /// The kind of stream.
    pub aggregate_type: String,
    /// The stream.
    pub aggregate_id: String,
    /// 1, 2, 3 … within the stream.
    pub sequence: u64,
    /// Name of the fact.
    pub event_type: String,
    /// Version of its schema.
    pub event_version: String,
    /// JSON text, exactly as written.
    pub payload: String,
    /// JSON text: a flat map of strings.
    pub metadata: String,
}

/// What every event says about the act behind it (design §3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// Kebab-case name of the command.
    pub command: SmolStr,
    /// Opaque id of the actor.
    pub actor: ActorId,
    /// The actor's role.
    pub role: Role,
    /// The body on whose behalf.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<SmolStr>,
    /// Business time.
    #[serde(deserialize_with = "when::deserialize")]
    pub occurred_at: Moment,
    /// Why it is late or a correction; a document number or a short reason, never a person's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<SmolStr>,
    /// The second person who approved a late record; its presence marks the record as back-filled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<ActorId>,
    /// The conversation it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<Uuid>,
    /// The event that caused the command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causation_id: Option<Uuid>,
    /// Version of the policy in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<SmolStr>,
}

/// An event, decoded: what projections fold.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// See [`StoredEvent::position`].
    pub position: u64,
    /// See [`StoredEvent::event_id`].
    pub event_id: Uuid,
    /// See [`StoredEvent::command_id`].
    pub command_id: Uuid,
    /// See [`StoredEvent::recorded_at`].
    pub recorded_at: DateTime<Utc>,
    /// The stream's id.
    pub stream_id: SmolStr,
    /// Place within the stream.
    pub sequence: u64,
    /// The fact.
    pub event: LedgerEvent,
    /// About the act.
    pub meta: Meta,
}

/// A [`StoredEvent`] whose texts lie where the database put them.
#[derive(Debug, Clone, Copy)]
pub struct EventRow<'a> {
    /// See [`StoredEvent::position`].
    pub position: u64,
    /// See [`StoredEvent::event_id`].
    pub event_id: Uuid,
    /// See [`StoredEvent::command_id`].
    pub command_id: Uuid,
    /// See [`StoredEvent::recorded_at`].
    pub recorded_at: DateTime<Utc>,
    /// See [`StoredEvent::aggregate_type`].
    pub aggregate_type: &'a str,
    /// See [`StoredEvent::aggregate_id`].
    pub aggregate_id: &'a str,
    /// See [`StoredEvent::sequence`].
    pub sequence: u64,
    /// See [`StoredEvent::event_type`].
    pub event_type: &'a str,
    /// See [`StoredEvent::event_version`].
    pub event_version: &'a str,
    /// See [`StoredEvent::payload`].
    pub payload: &'a str,
    /// See [`StoredEvent::metadata`].
    pub metadata: &'a str,
}

impl EventRow<'_> {
    /// Decodes the row; old versions pass through the upcasters.
    pub fn decode(&self) -> Result<Recorded, Undecodable> {
        let Self { event_type, event_version, .. } = *self;
        Ok(Recorded {
            position: self.position,
            event_id: self.event_id,
            command_id: self.command_id,
            recorded_at: self.recorded_at,
            stream_id: self.aggregate_id.into(),
            sequence: self.sequence,
            event: ledger::decode(self.aggregate_type, event_type, event_version, self.payload)?,
            meta: serde_json::from_str(self.metadata)
                .map_err(|error| Undecodable::new(event_type, event_version, &error.to_string()))?,
        })
    }

    /// The row with texts of its own.
    pub fn stored(&self) -> StoredEvent {
        StoredEvent {
            position: self.position,
            event_id: self.event_id,
            command_id: self.command_id,
            recorded_at: self.recorded_at,
            aggregate_type: self.aggregate_type.to_owned(),
            aggregate_id: self.aggregate_id.to_owned(),
            sequence: self.sequence,
            event_type: self.event_type.to_owned(),
            event_version: self.event_version.to_owned(),
            payload: self.payload.to_owned(),
            metadata: self.metadata.to_owned(),
        }
    }
}

impl StoredEvent {
    /// The row.
    pub fn row(&self) -> EventRow<'_> {
        EventRow {
            position: self.position,
            event_id: self.event_id,
            command_id: self.command_id,
            recorded_at: self.recorded_at,
            aggregate_type: &self.aggregate_type,
            aggregate_id: &self.aggregate_id,
            sequence: self.sequence,
            event_type: &self.event_type,
            event_version: &self.event_version,
            payload: &self.payload,
            metadata: &self.metadata,
        }
    }

    /// See [`EventRow::decode`].
    pub fn decode(&self) -> Result<Recorded, Undecodable> {
        self.row().decode()
    }

    /// The row as cqrs-es knows it.
    pub fn serialized(&self) -> Result<SerializedEvent, serde_json::Error> {
        let metadata: HashMap<String, String> = serde_json::from_str(&self.metadata)?;
        Ok(SerializedEvent {
            aggregate_id: self.aggregate_id.clone(),
            sequence: usize::try_from(self.sequence).unwrap_or(usize::MAX),
            aggregate_type: self.aggregate_type.clone(),
            event_type: self.event_type.clone(),
            event_version: self.event_version.clone(),
            payload: serde_json::from_str(&self.payload)?,
            metadata: serde_json::to_value(metadata)?,
        })
    }
}
