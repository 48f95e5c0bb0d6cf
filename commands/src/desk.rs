//! The Desk: the only write path.
//!
//! Look up the idempotency key, decide, append atomically; decide again when a stream moved meanwhile, in this one
//! place and a bounded number of times.

use std::num::NonZeroUsize;
use std::sync::Arc;

use aggregates::circumstance::Actor;
use aggregates::ids::ActorId;
use aggregates::recorded::Meta;
use aggregates::when::Moment;
use aggregates::{Circumstance, Decider};
use chrono::{DateTime, TimeDelta, Utc};
use tracing::Instrument;
use uuid::Uuid;

use crate::clock::Clock;
use crate::command::AnyCommand;
use crate::intake::{Input, Intake};
use crate::journal::{Answer, Append, Appended, Journal, JournalError, Receipt};
use crate::keys::Keys;
use crate::line::{Line, Lines, Turn};
use crate::sitting::{Sitting, replay};
use crate::states::{Cached, Standing, States};
use crate::trouble::Trouble;
use crate::vault::{Forgetting, NoVault, Sealing, Vault};

/// Target of the spans that tell what a command goes through.
pub const TRACE: &str = "baodao::trace";
/// How often a command decides anew before its conflict is answered.
pub(crate) const TRIES_MAX: u32 = 8;
/// States kept in memory.
const STATES_KEPT: usize = 50_000;
/// A client's clock may be ahead of ours by so much.
const AHEAD_MINUTES_MAX: i64 = 5;

aggregates::refusals! { "record";
    /// The business time lies ahead.
    in_future() Invalid at "at":
        "发生时间晚于当前时间", "the time of the act lies in the future";
    /// Late records need a reason and a second person.
    late(days: u32) Rule at "at":
        "补录超过 {days} 天的事项须写明原因（reason），并由另一人核准（approved_by）",
        "a record more than {days} days late needs a reason and a second approver (reason, approved_by)";
    /// The second approver is somebody else.
    self_approved() Forbidden at "approved_by":
        "核准人不得是提交人本人", "the approver must be somebody other than the submitter";
    /// An event would be longer than the log can tell.
    too_long(max: usize) Invalid:
        "一个事件最多 {max} 字节，请分批提交", "an event has at most {max} bytes; submit it in parts";
    /// The reason is short, and names nobody.
    reason_length() Invalid at "reason":
        "原因应为 1 至 120 字，不得写人名", "the reason must have 1 to 120 characters and name no person";
}

const REASON_LENGTH_MAX: usize = 120;

/// Bytes of an event's fact and metadata at most: with what else is said of it, it must fit an entry bundle of the log (C2SP tlog-tiles: two
/// bytes tell its length).
const EVENT_BYTES_MAX: usize = 64_000;

/// What comes with a command.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// The idempotency key.
    pub command_id: Uuid,
    /// Whether the key was made just now by ourselves, so that no answer can be stored under it.
    pub fresh: bool,
    /// Business time; now when absent.
    pub at: Option<Moment>,
    /// Who submits.
    pub actor: Actor,
    /// Why it is late or a correction.
    pub reason: Option<String>,
    /// The second person of a late record.
    pub approved_by: Option<ActorId>,
    /// The conversation it belongs to.
    pub correlation_id: Option<Uuid>,
    /// The event that caused it.
    pub causation_id: Option<Uuid>,
}

impl Envelope {
    /// An envelope with a new key, for now.
    pub fn new(actor: Actor) -> Self {
        Self {
            command_id: Uuid::now_v7(),
            fresh: true,
            at: None,
            actor,
            reason: None,
            approved_by: None,
            correlation_id: None,
            causation_id: None,
        }
    }

    /// The same under a client's key.
    pub fn keyed(mut self, command_id: Uuid) -> Self {
        self.command_id = command_id;
        self.fresh = false;
        self
    }
}

/// The answer to a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// What was written.
    pub receipt: Receipt,
    /// Whether it was written before, under the same key.
    pub repeat: bool,
}

/// The only write path.
pub struct Desk {
    journal: Arc<dyn Journal>,
    clock: Arc<dyn Clock>,
    states: States,
    keys: Keys,
    lines: Lines,
    vault: Arc<dyn Vault>,
}

impl Desk {
    /// A desk in front of a journal.
    pub fn new(journal: Arc<dyn Journal>, clock: Arc<dyn Clock>) -> Self {
        let kept = NonZeroUsize::new(STATES_KEPT).unwrap_or(NonZeroUsize::MIN);
        Self {
            journal,
            clock,
            states: States::new(kept),
            keys: Keys::new(),
            lines: Lines::default(),
            vault: Arc::new(NoVault),
        }
    }

    /// The same, with a vault for what is personal.
    pub fn with_vault(self, vault: Arc<dyn Vault>) -> Self {
        Self { vault, ..self }
    }

    /// Submits a command. Refusals leave no trace; a repeat gets the first answer.
    pub async fn submit(&self, envelope: &Envelope, command: &dyn AnyCommand) -> Result<Reply, Trouble> {
        let id = envelope.command_id;
        let span = tracing::info_span!(target: TRACE, "command", name = command.name(), %id);
        self.decided(envelope, command).instrument(span).await
    }

    async fn decided(&self, envelope: &Envelope, command: &dyn AnyCommand) -> Result<Reply, Trouble> {
        let input = match self.take_in(envelope, command, None, Sealing::Keep).await? {
            Intake::New(input) => input,
            Intake::Answered(reply) => return Ok(reply),
        };
        if !envelope.fresh
            && self.keys.is_known(envelope.command_id)
            && let Some(reply) = self.answered(envelope.command_id, &input.hash).await?
        {
            return Ok(reply);
        }
        let mut line: Option<Arc<Line>> = None;
        let mut stream = String::new();
        for attempt in 0..TRIES_MAX {
            let turn = match &line {
                None => self.submit_freely(envelope, command, &input).await?,
                Some(line) => self.submit_in_line(line, attempt, envelope, command, &input).await?,
            };
            match turn {
                Turn::Stored(reply) => return Ok(reply),
                Turn::Refused(refusal) => {
                    // The same command may have landed by another way while this one was deciding.
                    if !envelope.fresh
                        && let Some(reply) = self.answered(envelope.command_id, &input.hash).await?
                    {
                        return Ok(reply);
                    }
                    return Err(refusal.into());
                }
                Turn::Again(None) => {}
                Turn::Again(Some(contended)) => {
                    line = Some(self.lines.of(&contended));
                    stream = contended;
                }
            }
        }
        // Others may have moved the stream because this very command landed by another way.
        if !envelope.fresh
            && let Some(reply) = self.answered(envelope.command_id, &input.hash).await?
        {
            return Ok(reply);
        }
        Err(Trouble::Conflict(stream))
    }

    /// One try without regard to others: almost always nobody wants the same streams at the same time.
    async fn submit_freely(
        &self,
        envelope: &Envelope,
        command: &dyn AnyCommand,
        input: &Input,
    ) -> Result<Turn, Trouble> {
        let mut sitting = Sitting::begin(self, envelope, None).await?.holding(&input.seals);
        match self.decide(envelope, command, &mut sitting).await {
            Ok(()) => {}
            Err(Trouble::Refused(refusal)) => {
                let again = sitting.is_stale().await?;
                return Ok(if again { Turn::Again(None) } else { Turn::Refused(refusal) });
            }
            Err(other) => return Err(other),
        }
        if let Some(stream) = self.lines.awaited(&sitting) {
            return Ok(Turn::Again(Some(stream)));
        }
        let append = self.append_of(envelope, command, input, &mut sitting)?;
        let forgettings = sitting.take_forgettings();
        self.announce(&forgettings).await?;
        match self.journal.append(append).await {
            Ok(Appended::Fresh(receipt)) => {
                sitting.keep();
                self.forget(&forgettings).await;
                Ok(Turn::Stored(Reply { receipt, repeat: false }))
            }
            Ok(Appended::Repeat(receipt)) => Ok(Turn::Stored(Reply { receipt, repeat: true })),
            Err(JournalError::Conflict(stream)) => {
                self.states.fall_behind_named(&stream, &sitting.expected());
                Ok(Turn::Again(Some(stream)))
            }
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) fn append_of(
        &self,
        envelope: &Envelope,
        command: &dyn AnyCommand,
        input: &Input,
        sitting: &mut Sitting<'_>,
    ) -> Result<Append, Trouble> {
        let append = Append {
            command_id: envelope.command_id,
            command: command.name(),
            input_hash: input.hash.clone(),
            expected: sitting.expected(),
            events: sitting.take_events(),
            metadata: metadata(envelope, command.name(), sitting, self.now())?,
        };
        let longest = append.events.iter().map(|event| event.payload.len()).max().unwrap_or(0);
        if longest + append.metadata.len() > EVENT_BYTES_MAX {
            return Err(too_long(EVENT_BYTES_MAX).into());
        }
        Ok(append)
    }

    pub(crate) async fn decide(
        &self,
        envelope: &Envelope,
        command: &dyn AnyCommand,
        sitting: &mut Sitting<'_>,
    ) -> Result<(), Trouble> {
        if let Some(circumstance) = sitting.circumstance() {
            check_time(envelope, circumstance)?;
        }
        command.decide_any(sitting).await
    }

    pub(crate) async fn answered(
        &self,
        command_id: Uuid,
        input_hash: &str,
    ) -> Result<Option<Reply>, Trouble> {
        let answer = self.journal.answer(command_id).await?;
        answer.map(|answer| repeated(command_id, &answer, input_hash)).transpose()
    }

    /// The state of a stream and its sequence: from memory, else from the journal.
    pub(crate) async fn state<D: Decider>(&self, id: &str) -> Result<(Arc<D>, u64), Trouble> {
        let (known, after) = match self.states.get::<D>(id) {
            Some(kept) if kept.standing != Standing::Behind => return Ok((kept.state, kept.sequence)),
            Some(kept) => (D::clone(&kept.state), kept.sequence),
            None => (D::default(), 0),
        };
        let (state, sequence) = replay::<D>(known, after, self.journal.load(D::TYPE, id, after).await?)?;
        let state = Arc::new(state);
        if sequence > 0 {
            let standing = if sequence == after { Standing::Doubtful } else { Standing::Current };
            self.states.put_as(D::TYPE, id, Cached { state: state.clone(), sequence }, standing);
        }
        Ok((state, sequence))
    }

    pub(crate) fn states(&self) -> &States {
        &self.states
    }

    pub(crate) fn vault(&self) -> &dyn Vault {
        self.vault.as_ref()
    }

    /// What is going to be forgotten is noted before it is recorded: from then on it will be, whatever happens.
    pub(crate) async fn announce(&self, forgettings: &[Forgetting]) -> Result<(), Trouble> {
        if forgettings.is_empty() { Ok(()) } else { Ok(self.vault.announce(forgettings).await?) }
    }

    /// Forgets what was recorded as forgotten. What fails is done again by whoever keeps the vault.
    pub(crate) async fn forget(&self, forgettings: &[Forgetting]) {
        if !forgettings.is_empty()
            && let Err(error) = self.vault.forget(forgettings).await
        {
            tracing::error!(%error, "something is recorded as forgotten and is still in the vault; it will be tried again");
        }
    }

    pub(crate) fn journal(&self) -> &dyn Journal {
        self.journal.as_ref()
    }

    /// The desk's clock.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The state of a stream with what other processes wrote to it, for those who must not be told of yesterday.
    pub async fn look_anew<D: Decider>(&self, id: &str) -> Result<Arc<D>, Trouble> {
        let (state, sequence) = self.state::<D>(id).await?;
        if self.journal.load(D::TYPE, id, sequence).await?.is_empty() {
            return Ok(state);
        }
        self.states.fall_behind(D::TYPE, id, sequence);
        self.look::<D>(id).await
    }

    /// The state of a stream as this process knows it, for pages and reactions that only look.
    pub async fn look<D: Decider>(&self, id: &str) -> Result<Arc<D>, Trouble> {
        self.state::<D>(id).await.map(|(state, _)| state)
    }
}

fn check_time(envelope: &Envelope, at: &Circumstance) -> Result<(), Trouble> {
    if at.at > at.now + TimeDelta::minutes(AHEAD_MINUTES_MAX) {
        return Err(in_future().into());
    }
    if let Some(reason) = &envelope.reason
        && !(1..=REASON_LENGTH_MAX).contains(&reason.chars().count())
    {
        return Err(reason_length().into());
    }
    if envelope.approved_by.as_ref() == Some(&envelope.actor.id) {
        return Err(self_approved().into());
    }
    let days = at.policy.backfill_days.value;
    let is_late = at.now - at.at > TimeDelta::days(i64::from(days));
    if is_late && (envelope.reason.is_none() || envelope.approved_by.is_none()) {
        return Err(late(days).into());
    }
    Ok(())
}

/// The stored answer again, to the same input.
pub(crate) fn repeated(command_id: Uuid, answer: &Answer, input_hash: &str) -> Result<Reply, Trouble> {
    if answer.input_hash == input_hash {
        Ok(Reply { receipt: answer.receipt.clone(), repeat: true })
    } else {
        Err(Trouble::KeyReused(command_id))
    }
}

fn metadata(
    envelope: &Envelope,
    command: &str,
    sitting: &Sitting<'_>,
    now: DateTime<Utc>,
) -> Result<String, Trouble> {
    let meta = Meta {
        command: command.into(),
        actor: envelope.actor.id.clone(),
        role: envelope.actor.role,
        organisation: envelope.actor.organisation.as_deref().map(Into::into),
        occurred_at: envelope.at.unwrap_or_else(|| aggregates::when::local(now)),
        reason: envelope.reason.as_deref().map(Into::into),
        approved_by: envelope.approved_by.clone(),
        correlation_id: envelope.correlation_id,
        causation_id: envelope.causation_id,
        policy: sitting.circumstance().map(|at| at.policy.label().into()),
    };
    serde_json::to_string(&meta).map_err(|error| Trouble::Journal(JournalError::Damaged(error.to_string())))
}
