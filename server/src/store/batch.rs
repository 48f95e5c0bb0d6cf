//! One batch of appends, decided under the head's lock: who may be stored, who has been, who comes too late.
//!
//! The logic stands here once; [`BatchTx`] is what the two databases do differently.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use commands::journal::{Answer, Append, Appended, Expected, JournalError, NewEvent, PlacedEvent, Receipt};
use uuid::Uuid;

use super::known::Known;

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
    /// Callers of batches of these sizes are answered before the next sets out: together they come into it, and one commit does for all
    /// of them. Alone there is nothing to gain; of a crowd, half is decided while the other half is stored (ADR 14).
    const TOGETHER: RangeInclusive<usize>;
    /// Begins, and holds the head until the end. What follows sees everything that was committed before.
    async fn begin(&mut self) -> Result<Head, Failure>;
    /// The stored answers of those of the command ids that have one.
    async fn answers(&mut self, ids: &[Uuid]) -> Result<HashMap<Uuid, Answer>, Failure>;
    /// The last sequence of each stream, 0 for none, in the order asked.
    async fn sequences(&mut self, streams: &[StreamKey<'_>]) -> Result<Vec<u64>, Failure>;
    /// Writes events, answers and head.
    async fn place(&mut self, plan: &Plan) -> Result<(), Failure>;
    /// Makes it durable.
    async fn commit(&mut self) -> Result<(), CommitFailure>;
    /// Ends a transaction that only read: whatever it saw is from then on as safe as a commit would make it.
    async fn confirm(&mut self) -> Result<(), CommitFailure>;
    /// All of it at once, if the ledger ends at this head and the streams that the plan believes in are as believed: stores the
    /// plan and makes it durable. False, and nothing done, where it is otherwise. A command id that is stored already is
    /// [`Failure::Contention`].
    async fn store_at(&mut self, head: Head, plan: &Plan) -> Result<bool, CommitFailure>;
    /// Gives up what was begun.
    async fn abandon(&mut self);
    /// After a commit that did not answer: whether the command is stored for good. None when that cannot be proved now.
    async fn was_stored(&mut self, command_id: Uuid) -> Option<bool>;
    /// Ends the connection in good order.
    async fn close(&mut self);
}

/// An event with its place.
pub(super) struct EventRow {
    append: Arc<Append>,
    /// Its place in the append.
    ordinal: usize,
    /// In its stream.
    pub sequence: u64,
    /// In the ledger.
    pub position: u64,
    /// Derived from the command's id and the event's place in it: a retry gives the same.
    pub event_id: Uuid,
}

impl EventRow {
    /// The event.
    pub(super) fn event(&self) -> &NewEvent {
        &self.append.events[self.ordinal]
    }

    /// The command.
    pub(super) fn command_id(&self) -> Uuid {
        self.append.command_id
    }

    /// Of the command.
    pub(super) fn metadata(&self) -> &str {
        &self.append.metadata
    }
}

/// An answer to be kept.
pub(super) struct CommandRow {
    /// The append answered.
    pub append: Arc<Append>,
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
pub(super) struct Plan {
    /// The head after it.
    pub head: Head,
    /// Streams whose last sequence is taken from the appends themselves. They rely on it, and so does the plan: it must be
    /// looked at when the plan is stored.
    pub believed: Vec<Expected>,
    /// Events to write, by position.
    pub events: Vec<EventRow>,
    /// Answers to keep.
    pub commands: Vec<CommandRow>,
    /// One for each append, in order.
    pub verdicts: Vec<Verdict>,
}

/// Streams that the appends have read, each once.
pub(super) fn streams(appends: &[Arc<Append>]) -> Vec<StreamKey<'_>> {
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

/// Both databases keep microseconds: an instant must read back as it was answered.
fn whole_micros(instant: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(instant.timestamp_micros()).unwrap_or(instant)
}

/// Decides a batch in its order, append by append. What is known of the ledger's end is led on with it, and holds if the plan is
/// stored.
pub(super) struct Planner {
    begins: Head,
    plan: Plan,
    /// Command ids that this batch stores: where their rows and their verdicts are.
    taken: HashMap<Uuid, (usize, usize)>,
}

impl Planner {
    /// A batch that begins at the head.
    pub(super) fn new(head: Head) -> Self {
        let plan = Plan {
            head,
            believed: Vec::new(),
            events: Vec::new(),
            commands: Vec::new(),
            verdicts: Vec::new(),
        };
        Self { begins: head, plan, taken: HashMap::new() }
    }

    /// Where the ledger must end when the batch is stored.
    pub(super) fn head(&self) -> Head {
        self.begins
    }

    /// How many appends are decided.
    pub(super) fn decided(&self) -> usize {
        self.plan.verdicts.len()
    }

    /// The plan, recorded at this time of the clock, or at that of the head where the clock is behind it.
    pub(super) fn finish(mut self, now: DateTime<Utc>, known: &mut Known) -> Plan {
        if !self.plan.events.is_empty() {
            self.plan.head.recorded_at = whole_micros(now).max(self.plan.head.recorded_at);
            known.head = self.plan.head;
        }
        self.plan
    }

    /// Decides the next append. `answers` is what was stored before.
    pub(super) fn judge(&mut self, append: &Arc<Append>, answers: &HashMap<Uuid, Answer>, known: &mut Known) {
        let verdict = self.verdict(append, answers, known);
        self.plan.verdicts.push(verdict);
    }

    fn verdict(
        &mut self,
        append: &Arc<Append>,
        answers: &HashMap<Uuid, Answer>,
        known: &mut Known,
    ) -> Verdict {
        let id = append.command_id;
        if let Some(answer) = answers.get(&id) {
            return Verdict {
                answer: repeat(append, &answer.input_hash, &answer.receipt),
                needs_commit: true,
            };
        }
        if let Some((row, receipt)) = self.taken(id) {
            return Verdict { answer: repeat(append, &row.append.input_hash, receipt), needs_commit: true };
        }
        for expected in &append.expected {
            let stream = (expected.aggregate_type, expected.aggregate_id.as_str());
            match known.sequence(stream) {
                Some(last) if last == expected.sequence => {}
                Some(_) => {
                    let stream = format!("{}/{}", expected.aggregate_type, expected.aggregate_id);
                    return Verdict { answer: Err(JournalError::Conflict(stream)), needs_commit: false };
                }
                None => {
                    known.note(stream, expected.sequence);
                    self.plan.believed.push(expected.clone());
                }
            }
        }
        match self.place(append, known) {
            Ok(receipt) => Verdict { answer: Ok(Appended::Fresh(receipt)), needs_commit: true },
            Err(error) => {
                Verdict { answer: Err(JournalError::Malformed(error.to_string())), needs_commit: false }
            }
        }
    }

    /// What this batch stores for a command id.
    fn taken(&self, id: Uuid) -> Option<(&CommandRow, &Receipt)> {
        let (command, verdict) = *self.taken.get(&id)?;
        match &self.plan.verdicts.get(verdict)?.answer {
            Ok(Appended::Fresh(receipt)) => Some((self.plan.commands.get(command)?, receipt)),
            _ => None,
        }
    }

    fn place(&mut self, append: &Arc<Append>, known: &mut Known) -> Result<Receipt, serde_json::Error> {
        let mut receipt = Receipt {
            command_id: append.command_id,
            position: self.plan.head.position,
            events: Vec::with_capacity(append.events.len()),
        };
        for (ordinal, event) in append.events.iter().enumerate() {
            let sequence = known.next((event.aggregate_type, event.aggregate_id.as_str()));
            receipt.position += 1;
            receipt.events.push(PlacedEvent {
                position: receipt.position,
                stream: format!("{}/{}", event.aggregate_type, event.aggregate_id),
                sequence,
                event_type: event.event_type.clone(),
            });
            self.plan.events.push(EventRow {
                append: Arc::clone(append),
                ordinal,
                sequence,
                position: receipt.position,
                event_id: Uuid::new_v5(&append.command_id, &ordinal.to_be_bytes()),
            });
        }
        self.plan.head.position = receipt.position;
        self.taken.insert(append.command_id, (self.plan.commands.len(), self.plan.verdicts.len()));
        self.plan.commands.push(CommandRow {
            append: Arc::clone(append),
            answer: serde_json::to_string(&receipt)?,
            position: receipt.position,
        });
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
