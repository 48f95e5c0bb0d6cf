//! A verified service record (核验记录): all events of one member or unit, each with its proof, and the proof that none is left out.
//!
//! The file is believed in nothing that it says of itself: every total is added up anew from the events, every event is held
//! against the tree, and the tree against a checkpoint that somebody else vouches for.

mod attached;
mod facts;
mod late;
mod sd_jwt;
mod statement;
mod totals;
mod verdict;
mod verify;

use serde::{Deserialize, Serialize};

use crate::Hash;

pub use attached::record as attached_record;
pub use facts::{Facts, Period, Service};
pub use sd_jwt::Disclosure;
pub use statement::{Claims, Told, issue, stated};
pub use totals::{Card, Counted, Totals};
pub use verdict::{Finding, Outcome, Verdict};
pub use verify::{Brought, verify};

/// What [`Record::format`] says.
pub const FORMAT: &str = "vsr/1";
/// Bytes of a record at most.
pub const BYTES_MAX: usize = 64 << 20;

/// The file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// [`FORMAT`].
    pub format: String,
    /// `member` or `unit`.
    pub kind: String,
    /// Of the member or unit.
    pub id: String,
    /// What it was asked for, for the eyes of whoever reads it. Nobody vouches for it.
    pub purpose: String,
    /// When it was put together, RFC 3339. Nobody vouches for it.
    pub made_at: String,
    /// What the events come to. Held against what they do come to.
    pub totals: Totals,
    /// All of the stream, in order.
    pub events: Vec<Logged>,
    /// Where the stream ends.
    pub heads: Heads,
    /// Checkpoints from before: the first that each event was in, and one that the reader kept.
    pub earlier: Vec<Earlier>,
    /// The signed note that all proofs lead to.
    pub checkpoint: String,
    /// What the recording organisation states of it, an SD-JWT (RFC 9901); none where there is no key for statements.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
}

/// An event and the proof that it is in the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logged {
    /// Of the leaf, from 0.
    pub index: u64,
    /// Its bytes, Base 64.
    pub leaf: String,
    /// From the leaf to the root of the checkpoint.
    pub path: Vec<Hash>,
    /// Which of the earlier checkpoints was the first that it was in; none where that is the newest.
    pub earlier: Option<usize>,
}

/// Where the stream ends, by a map that the ledger itself recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heads {
    /// The event that recorded the map.
    pub event: Logged,
    /// The place of the stream in the map, from 0.
    pub place: u64,
    /// The sequence of the stream's last event then.
    pub sequence: u64,
    /// The chain over its events.
    pub chain: Hash,
    /// From the head to the root of the map.
    pub path: Vec<Hash>,
}

/// A checkpoint from before, and that the newest one continues it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Earlier {
    /// Leaves of its tree.
    pub size: u64,
    /// Of its tree.
    pub root: Hash,
    /// The signed note; none where only the reader has it.
    pub note: Option<String>,
    /// That the tree of the newest checkpoint grew out of it.
    pub proof: Vec<Hash>,
}

#[cfg(test)]
mod tests;
