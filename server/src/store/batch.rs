//! One batch of appends, decided under the head's lock: who may be stored, who has been, who comes too late.
//!
//! The logic stands here once; [`BatchTx`] is what the two databases do differently.

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use commands::journal::{Answer, Append, Appended, JournalError, NewEvent, PlacedEvent, Receipt};
use uuid::Uuid;

/// The end of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    /// The last position given; 0 in an empty ledger.
    pub position: u64,
    /// When it was given.
    pub recorded_at: DateTime<Utc>,
}

/// A stream: its kind and its id.
pub(super) type StreamKey<'a> = (&'a str, &'a str);

/// Why a batch was not stored. Nothing of it was.
#[derive(Debug)]
pub(super) enum Failure {
    /// Somebody else was in the way: try the same again.
    Contention(String),
    /// The connection broke before the commit: try the same on a new one.
    Broken(String),
    /// The database refuses what one of the appends holds.
    Rejected(String),
    /// The database does not serve.
    Unavailable(String),
}

/// Why a commit did not answer that it is done.
#[derive(Debug)]
pub(super) enum CommitFailure {
    /// It certainly was not done.
    NotStored(Failure),
    /// It may have been done.
    Unknown(String),
}

/// One durable transaction at a time, in the order of the methods.
#[async_trait]
pub(super) trait BatchTx: Send {
    /// Begins, and holds the head until the end. What follows sees everything that was committed before.
    async fn begin(&mut self) -> Result<Head, Failure>;
    /// The stored answers of those of the command ids that have one.
    async fn answers(&mut self, ids: &[Uuid]) -> Result<HashMap<Uuid, Answer>, Failure>;
    /// The last sequence of each stream, 0 for none, in the order asked. Also without a transaction: then others may append
    /// meanwhile.
    async fn sequences(&mut self, streams: &[StreamKey<'_>]) -> Result<Vec<u64>, Failure>;
    /// Writes events, answers and head.
    async fn place(&mut self, plan: &Plan<'_>) -> Result<(), Failure>;
    /// Makes it durable.
    async fn commit(&mut self) -> Result<(), CommitFailure>;
    /// Ends a transaction that only read: whatever it saw is from then on as safe as a commit would make it.
    async fn confirm(&mut self) -> Result<(), CommitFailure>;
    /// All of it at once, if the ledger ends at this head: stores the plan and makes it durable. False, and nothing done, where
    /// it ends elsewhere. What a plan relied on beside the head must hold as long as the ledger ends there; a command id that
    /// is stored already is [`Failure::Contention`].
    async fn store_at(&mut self, head: Head, plan: &Plan<'_>) -> Result<bool, CommitFailure>;
    /// Gives up what was begun.
    async fn abandon(&mut self);
    /// After a commit that did not answer: whether the command is stored for good. None when that cannot be proved now.
    async fn was_stored(&mut self, command_id: Uuid) -> Option<bool>;
    /// Ends the connection in good order.
    async fn close(&mut self);
}

/// An event with its place.
pub(super) struct EventRow<'a> {
    /// The event.
    pub event: &'a NewEvent,
    /// In its stream.
    pub sequence: u64,
    /// In the ledger.
    pub position: u64,
    /// Derived from the command's id and the event's place in it: a retry gives the same.
    pub event_id: Uuid,
    /// The command.
    pub command_id: Uuid,
    /// Of the command.
    pub metadata: &'a str,
}

/// An answer to be kept.
pub(super) struct CommandRow<'a> {
    /// The append answered.
    pub append: &'a Append,
    /// JSON text of the receipt.
    pub answer: String,
    /// The receipt's position.
    pub position: u64,
}

/// What one append is answered.
pub(super) struct Verdict {
    /// The answer.
    pub answer: Result<Appended, JournalError>,
    /// True when the answer holds only if this batch commits, or what it saw is confirmed.
    pub needs_commit: bool,
}

/// What a batch writes, and what it answers.
pub(super) struct Plan<'a> {
    /// The head after it.
    pub head: Head,
    /// Events to write, by position.
    pub events: Vec<EventRow<'a>>,
    /// Answers to keep.
    pub commands: Vec<CommandRow<'a>>,
    /// One for each append, in order.
    pub verdicts: Vec<Verdict>,
}

/// Streams that the appends have read, each once.
pub(super) fn streams(appends: &[Append]) -> Vec<StreamKey<'_>> {
    let mut streams: Vec<_> = appends
        .iter()
        .flat_map(|append| {
            append.expected.iter().map(|expected| (expected.aggregate_type, expected.aggregate_id.as_str()))
        })
        .collect();
    streams.sort_unstable();
    streams.dedup();
    streams
}

/// Decides the batch in its order. `answers` and `sequences` are what was committed before it; `now` is the clock's.
pub(super) fn plan<'a>(
    appends: &'a [Append],
    head: Head,
    now: DateTime<Utc>,
    answers: &HashMap<Uuid, Answer>,
    sequences: HashMap<StreamKey<'a>, u64>,
) -> Plan<'a> {
    let recorded_at = whole_micros(now).max(head.recorded_at);
    let mut planner = Planner {
        plan: Plan {
            head: Head { position: head.position, recorded_at },
            events: Vec::new(),
            commands: Vec::new(),
            verdicts: Vec::new(),
        },
        sequences,
        taken: HashMap::new(),
    };
    for append in appends {
        let verdict = planner.judge(append, answers);
        planner.plan.verdicts.push(verdict);
    }
    planner.plan
}

/// Both databases keep microseconds: an instant must read back as it was answered.
fn whole_micros(instant: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(instant.timestamp_micros()).unwrap_or(instant)
}

struct Planner<'a> {
    plan: Plan<'a>,
    /// Last sequences, those of this batch included.
    sequences: HashMap<StreamKey<'a>, u64>,
    /// Command ids that this batch stores, with their input hash and receipt.
    taken: HashMap<Uuid, (&'a str, Receipt)>,
}

impl<'a> Planner<'a> {
    fn judge(&mut self, append: &'a Append, answers: &HashMap<Uuid, Answer>) -> Verdict {
        let id = append.command_id;
        if let Some(answer) = answers.get(&id) {
            return Verdict {
                answer: repeat(append, &answer.input_hash, &answer.receipt),
                needs_commit: true,
            };
        }
        if let Some((input_hash, receipt)) = self.taken.get(&id) {
            return Verdict { answer: repeat(append, input_hash, receipt), needs_commit: true };
        }
        for expected in &append.expected {
            let last = self
                .sequences
                .get(&(expected.aggregate_type, expected.aggregate_id.as_str()))
                .copied()
                .unwrap_or(0);
            if last != expected.sequence {
                let stream = format!("{}/{}", expected.aggregate_type, expected.aggregate_id);
                return Verdict { answer: Err(JournalError::Conflict(stream)), needs_commit: false };
            }
        }
        match self.place(append) {
            Ok(receipt) => Verdict { answer: Ok(Appended::Fresh(receipt)), needs_commit: true },
            Err(error) => {
                Verdict { answer: Err(JournalError::Malformed(error.to_string())), needs_commit: false }
            }
        }
    }

    fn place(&mut self, append: &'a Append) -> Result<Receipt, serde_json::Error> {
        let mut receipt = Receipt {
            command_id: append.command_id,
            position: self.plan.head.position,
            events: Vec::with_capacity(append.events.len()),
        };
        for (ordinal, event) in append.events.iter().enumerate() {
            let sequence =
                self.sequences.entry((event.aggregate_type, event.aggregate_id.as_str())).or_insert(0);
            *sequence += 1;
            receipt.position += 1;
            receipt.events.push(PlacedEvent {
                position: receipt.position,
                stream: format!("{}/{}", event.aggregate_type, event.aggregate_id),
                sequence: *sequence,
                event_type: event.event_type.clone(),
            });
            self.plan.events.push(EventRow {
                event,
                sequence: *sequence,
                position: receipt.position,
                event_id: Uuid::new_v5(&append.command_id, &ordinal.to_be_bytes()),
                command_id: append.command_id,
                metadata: &append.metadata,
            });
        }
        self.plan.head.position = receipt.position;
        self.plan.commands.push(CommandRow {
            append,
            answer: serde_json::to_string(&receipt)?,
            position: receipt.position,
        });
        self.taken.insert(append.command_id, (&append.input_hash, receipt.clone()));
        Ok(receipt)
    }
}

/// The same key and input get the first answer again; the same key with other input is refused (design §3).
fn repeat(append: &Append, input_hash: &str, receipt: &Receipt) -> Result<Appended, JournalError> {
    if append.input_hash == input_hash {
        Ok(Appended::Repeat(receipt.clone()))
    } else {
        Err(JournalError::KeyReused(append.command_id))
    }
}
