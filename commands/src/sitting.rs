//! One decision over the streams that it opens. Nothing is stored until the desk appends all of it at once.

use std::any::Any;
use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;

use aggregates::decider::Decision;
use aggregates::ids::Sealed;
use aggregates::person::Person;
use aggregates::rulebook::{self, Rulebook};
use aggregates::upcast::UPCASTERS;
use aggregates::{Circumstance, Decider, Stream, when};
use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent, EventEnvelope};
use uuid::Uuid;

use crate::authority;
use crate::command::AnyCommand;
use crate::desk::{Desk, Envelope};
use crate::journal::{Expected, JournalError, NewEvent};
use crate::scout::{Seen, Wanted};
use crate::states::Cached;
use crate::trouble::Trouble;
use crate::vault::{Forgetting, Seals, Whose};

/// A stream opened in a sitting.
#[derive(Debug)]
pub struct Opened<D> {
    place: usize,
    kind: PhantomData<fn() -> D>,
}

impl<D> Clone for Opened<D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<D> Copy for Opened<D> {}

struct Held {
    kind: &'static str,
    id: String,
    /// As read.
    sequence: u64,
    /// With the facts recorded in this sitting.
    state: Arc<dyn Any + Send + Sync>,
    recorded: u64,
}

/// The unit of work of one command.
pub struct Sitting<'a> {
    desk: &'a Desk,
    envelope: &'a Envelope,
    at: Option<Arc<Circumstance>>,
    date: chrono::NaiveDate,
    streams: Vec<Held>,
    places: HashMap<(&'static str, String), usize>,
    events: Vec<NewEvent>,
    /// States decided but not yet stored, when commands are submitted in order without waiting for each other.
    ahead: Option<&'a Ahead>,
    /// Streams found absent by looking ahead over the rows of a file.
    absent: Ahead,
    /// What was wanted and is not in memory, when this sitting only shows what is asked for.
    scouting: Option<Vec<Wanted>>,
    row: Option<u32>,
    /// Digests of what is personal in the command.
    seals: Option<&'a Seals>,
    forgettings: Vec<Forgetting>,
}

/// A stream: its kind and its id.
pub(crate) type StreamKey = (&'static str, String);

/// States that commands before this one decided and that are on their way to the journal, and streams found absent.
pub(crate) type Ahead = HashMap<StreamKey, Cached>;

impl<'a> Sitting<'a> {
    /// Opens a sitting: the rulebook is the first stream that every decision reads, so that a policy adopted
    /// meanwhile makes the command decide again.
    pub(crate) async fn begin(
        desk: &'a Desk,
        envelope: &'a Envelope,
        ahead: Option<&'a Ahead>,
    ) -> Result<Self, Trouble> {
        let now = when::local(desk.now());
        let at = envelope.at.unwrap_or(now);
        let date = when::date_of(&at);
        let mut sitting = Self {
            desk,
            envelope,
            at: None,
            date,
            streams: vec![],
            places: HashMap::new(),
            events: vec![],
            ahead,
            absent: Ahead::new(),
            scouting: None,
            row: None,
            seals: None,
            forgettings: vec![],
        };
        let book = sitting.open::<Rulebook>(rulebook::STREAM).await?;
        let book = sitting.see(book);
        sitting.at = book.policy_on(date).map(|policy| {
            Arc::new(Circumstance {
                at,
                now,
                actor: envelope.actor.clone(),
                policy: Arc::clone(policy),
                catalogue: book.catalogue_on(date).cloned().unwrap_or_default(),
                reason: envelope.reason.clone(),
                approved_by: envelope.approved_by.clone(),
            })
        });
        Ok(sitting)
    }

    /// Holds the digests of what is personal in the command.
    pub(crate) fn holding(mut self, seals: &'a Seals) -> Self {
        self.seals = Some(seals);
        self
    }

    /// The digest of a personal field; none where nothing is told.
    pub fn sealed(&self, field: &'static str) -> Option<Sealed> {
        self.seals.and_then(|seals| seals.get(self.row(), field)).cloned()
    }

    /// Refuses what would keep something of a person who was erased.
    pub(crate) async fn must_not_be_erased(&mut self, whose: &Whose) -> Result<(), Trouble> {
        for subject in std::iter::once(&whose.subject).chain(&whose.owner) {
            self.look::<Person>(&subject.to_string()).await?.must_not_be_erased(subject)?;
        }
        Ok(())
    }

    /// Has something forgotten once the command is recorded.
    pub fn forget(&mut self, forgetting: Forgetting) {
        self.forgettings.push(forgetting);
    }

    pub(crate) fn take_forgettings(&mut self) -> Vec<Forgetting> {
        std::mem::take(&mut self.forgettings)
    }

    /// When, who, under which policy. Refused while no policy is in force.
    pub fn at(&self) -> Result<Arc<Circumstance>, Trouble> {
        self.at.clone().ok_or_else(|| rulebook::none_in_force(self.date).into())
    }

    /// Refuses a command that is not the work of whoever submits it.
    pub(crate) fn must_be_allowed(&self, command: &str) -> Result<(), Trouble> {
        let role = self.envelope.actor.role;
        if authority::may(role, command) {
            Ok(())
        } else {
            Err(authority::not_yours(command, role.name()).into())
        }
    }

    /// The circumstance, when a policy is in force.
    pub(crate) fn circumstance(&self) -> Option<&Arc<Circumstance>> {
        self.at.as_ref()
    }

    /// The id of what the command creates when its input names none: derived from the idempotency key, so that a
    /// retry creates the same, and from the row of a file, so that no two rows do.
    pub fn derived_id(&self) -> Uuid {
        match self.row {
            None => self.envelope.command_id,
            Some(row) => Uuid::new_v5(&self.envelope.command_id, &row.to_be_bytes()),
        }
    }

    /// Tells which row of a file is being decided.
    pub(crate) fn at_row(&mut self, row: u32) {
        self.row = Some(row);
    }

    /// The row of a file that is being decided; 0 where there is none.
    pub(crate) fn row(&self) -> u32 {
        self.row.unwrap_or_default()
    }

    /// Opens a stream, or finds it opened. Its sequence is checked when the sitting is appended, even when only read.
    pub async fn open<D: Decider>(&mut self, id: &str) -> Result<Opened<D>, Trouble> {
        let key = (D::TYPE, id.to_owned());
        if let Some(place) = self.places.get(&key) {
            return Ok(Opened { place: *place, kind: PhantomData });
        }
        let foreseen = self.ahead.and_then(|ahead| ahead.get(&key)).or_else(|| self.absent.get(&key));
        let foreseen = foreseen.and_then(|cached| {
            let state = Arc::clone(&cached.state).downcast::<D>().ok()?;
            Some((state, cached.sequence))
        });
        let (state, sequence) = match foreseen {
            Some(found) => found,
            None if self.passes_over::<D>(&key) => (Arc::default(), 0),
            None => self.desk.state::<D>(id).await?,
        };
        let place = self.streams.len();
        self.streams.push(Held { kind: D::TYPE, id: id.to_owned(), sequence, state, recorded: 0 });
        self.places.insert(key, place);
        Ok(Opened { place, kind: PhantomData })
    }

    /// Whether the stream is not read now, because this sitting only shows what is asked for.
    fn passes_over<D: Decider>(&mut self, key: &StreamKey) -> bool {
        let Some(wanted) = &mut self.scouting else { return false };
        let is_kept = self.desk.states().get::<D>(&key.1).is_some();
        if !is_kept {
            wanted.push(Wanted::of::<D>(key.clone()));
        }
        !is_kept
    }

    /// From now on only shows what is asked for.
    pub(crate) fn scout(&mut self, wanted: Vec<Wanted>) {
        self.scouting = Some(wanted);
    }

    /// What was wanted and is not in memory, with what was before.
    pub(crate) fn scouted(self) -> Vec<Wanted> {
        self.scouting.unwrap_or_default()
    }

    /// Looks ahead over rows that will be decided in this sitting.
    pub(crate) async fn look_ahead(
        &mut self,
        first: u32,
        rows: impl Iterator<Item = &Box<dyn AnyCommand>> + Send,
    ) -> Result<(), Trouble> {
        let envelope = self.envelope;
        let seen: Vec<_> = (first..)
            .zip(rows)
            .map(|(row, command)| Seen { envelope, row: Some(row), command: command.as_ref() })
            .collect();
        let mut absent = Ahead::new();
        self.desk.scout(&seen, &mut absent).await?;
        self.absent = absent;
        Ok(())
    }

    /// The state of an opened stream, with what this sitting recorded.
    pub fn see<D: Decider>(&self, stream: Opened<D>) -> Arc<D> {
        self.streams
            .get(stream.place)
            .and_then(|held| Arc::clone(&held.state).downcast::<D>().ok())
            .unwrap_or_default()
    }

    /// The sequence of an opened stream, with what this sitting recorded.
    pub fn sequence<D: Decider>(&self, stream: Opened<D>) -> u64 {
        self.streams.get(stream.place).map_or(0, |held| held.sequence + held.recorded)
    }

    /// Opens a stream and shows its state.
    pub async fn look<D: Decider>(&mut self, id: &str) -> Result<Arc<D>, Trouble> {
        let stream = self.open::<D>(id).await?;
        Ok(self.see(stream))
    }

    /// Asks an opened stream, and records the facts that it answers.
    pub async fn record<D: Decider>(
        &mut self,
        stream: Opened<D>,
        act: impl FnOnce(&D) -> Decision<D> + Send + 'static,
    ) -> Result<Vec<D::Event>, Trouble> {
        let mut aggregate = Stream(D::clone(&self.see(stream)));
        let sink = EventSink::default();
        aggregate.handle(Box::new(act), &(), &sink).await?;
        let facts = sink.collect().await;
        let Some(held) = self.streams.get_mut(stream.place) else { return Ok(facts) };
        for fact in &facts {
            let payload = serde_json::to_string(fact)
                .map_err(|error| Trouble::Journal(JournalError::Damaged(error.to_string())))?;
            authority::must_lie_within(&self.envelope.actor, &fact.event_type(), &payload)?;
            self.events.push(NewEvent {
                aggregate_type: held.kind,
                aggregate_id: held.id.clone(),
                event_type: fact.event_type(),
                event_version: fact.event_version(),
                payload,
            });
        }
        held.recorded += facts.len() as u64;
        held.state = Arc::new(aggregate.0);
        Ok(facts)
    }

    pub(crate) fn expected(&self) -> Vec<Expected> {
        self.streams
            .iter()
            .map(|held| Expected {
                aggregate_type: held.kind,
                aggregate_id: held.id.clone(),
                sequence: held.sequence,
            })
            .collect()
    }

    pub(crate) fn take_events(&mut self) -> Vec<NewEvent> {
        std::mem::take(&mut self.events)
    }

    /// The states that this sitting changed, with the sequences that they will have once stored.
    pub(crate) fn changed(&self) -> impl Iterator<Item = ((&'static str, String), Cached)> + '_ {
        self.streams.iter().filter(|held| held.recorded > 0).map(|held| {
            let sequence = held.sequence + held.recorded;
            ((held.kind, held.id.clone()), Cached { state: Arc::clone(&held.state), sequence })
        })
    }

    /// Keeps the states after the append succeeded.
    pub(crate) fn keep(&self) {
        for ((kind, id), cached) in self.changed() {
            self.desk.states().put(kind, &id, cached);
        }
    }

    /// Whether any stream read has moved since; those that have are noted, so that they are read on. States
    /// decided ahead are not asked about: if they were stale, the append that they wait for fails.
    pub(crate) async fn is_stale(&self) -> Result<bool, Trouble> {
        let mut stale = false;
        let is_ahead =
            |held: &Held| self.ahead.is_some_and(|ahead| ahead.contains_key(&(held.kind, held.id.clone())));
        for held in self.streams.iter().filter(|held| !is_ahead(held)) {
            if !self.desk.journal().load(held.kind, &held.id, held.sequence).await?.is_empty() {
                self.desk.states().fall_behind(held.kind, &held.id, held.sequence);
                stale = true;
            }
        }
        Ok(stale)
    }
}

/// Leads a state on by events from the journal through cqrs-es: upcasters, envelopes, `apply`.
pub(crate) fn replay<D: Decider>(
    state: D,
    mut sequence: u64,
    events: Vec<cqrs_es::persist::SerializedEvent>,
) -> Result<(D, u64), JournalError> {
    let mut aggregate = Stream(state);
    for mut event in events {
        for upcaster in UPCASTERS.iter() {
            if upcaster.can_upcast(&event.event_type, &event.event_version) {
                event = upcaster.upcast(event);
            }
        }
        let envelope = EventEnvelope::<Stream<D>>::try_from(event)
            .map_err(|error| JournalError::Damaged(error.to_string()))?;
        sequence = envelope.sequence as u64;
        aggregate.apply(envelope.payload);
    }
    Ok((aggregate.0, sequence))
}
