//! Histories: every event of a member, unit, demand or grid, in order, told in words.

use aggregates::Recorded;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One line of a history. Histories are read straight from the stream, so they need no rows of their own.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct HistoryLine {
    /// In the ledger.
    pub position: u64,
    /// Within the stream.
    pub sequence: u64,
    /// The fact's name.
    #[serde(rename = "type")]
    pub event_type: String,
    /// Business time, RFC 3339.
    pub occurred_at: String,
    /// When it was written, RFC 3339.
    pub recorded_at: String,
    /// The command behind it.
    pub command: String,
    /// Opaque id of the actor.
    pub actor: String,
    /// The actor's role.
    pub role: String,
    /// Whether it was recorded late, with a second approver.
    pub backfilled: bool,
    /// Policy in force.
    pub policy: Option<String>,
    /// Why it is late or a correction.
    pub reason: Option<String>,
    /// The fact itself.
    pub fact: serde_json::Value,
}

/// Reads histories.
pub struct History;

impl History {
    /// An event as a line of a history. `fact` is the stored payload's content.
    pub fn line(event: &Recorded, fact: serde_json::Value) -> HistoryLine {
        HistoryLine {
            position: event.position,
            sequence: event.sequence,
            event_type: event.event.event_type(),
            occurred_at: event.meta.occurred_at.to_rfc3339(),
            recorded_at: event.recorded_at.to_rfc3339(),
            command: event.meta.command.to_string(),
            actor: event.meta.actor.to_string(),
            role: event.meta.role.name().to_owned(),
            backfilled: event.meta.approved_by.is_some(),
            policy: event.meta.policy.as_deref().map(ToOwned::to_owned),
            reason: event.meta.reason.as_deref().map(ToOwned::to_owned),
            fact,
        }
    }
}
