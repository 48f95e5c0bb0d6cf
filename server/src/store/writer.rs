//! The group-commit writer: one task per process in front of one durable transaction (design §3).
//!
//! It takes every waiting append (at most [`BATCH`]), stores them in one commit and answers each caller separately. It never
//! waits for a batch to fill: an empty queue commits at once. A loser never fails the others.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use commands::journal::{Append, Appended, JournalError};
use serde_json::value::RawValue;
use tokio::sync::{Mutex, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use super::Clock;
use super::batch::{self, BatchTx, CommitFailure, Failure, Plan};
use super::known::{self, Known};
use crate::fault;

/// The most appends in one transaction.
const BATCH: usize = 512;
/// How often a batch is tried when somebody else is in the way.
const TRIES: u32 = 10;
/// How long a batch is tried at most.
const PATIENCE: Duration = Duration::from_secs(10);

type Answer = Result<Appended, JournalError>;

struct Request {
    append: Append,
    reply: oneshot::Sender<Answer>,
}

/// The way to the writer's task.
pub(super) struct Writer {
    queue: mpsc::Sender<Request>,
    closing: watch::Sender<bool>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the task. `queue` is how many appends may wait; `head` is told each new position.
    pub(super) fn start(
        tx: impl BatchTx + 'static,
        clock: Clock,
        queue: usize,
        head: watch::Sender<u64>,
    ) -> Self {
        let (sender, requests) = mpsc::channel(queue.max(1));
        let (closing, closed) = watch::channel(false);
        let task = tokio::spawn(Task { tx, clock, head, known: None }.run(requests, closed));
        Self { queue: sender, closing, task: Mutex::new(Some(task)) }
    }

    /// Queues an append and waits for its answer.
    pub(super) async fn append(&self, append: Append) -> Answer {
        well_formed(&append)?;
        let closed = || JournalError::Unavailable("the ledger is closed".to_owned());
        if *self.closing.borrow() {
            return Err(closed());
        }
        let (reply, answer) = oneshot::channel();
        self.queue.try_send(Request { append, reply }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => {
                metrics::counter!("baodao_journal_overloaded_total").increment(1);
                JournalError::Overloaded
            }
            mpsc::error::TrySendError::Closed(_) => closed(),
        })?;
        // A task that ended without an answer may have committed.
        answer.await.unwrap_or(Err(JournalError::OutcomeUnknown))
    }

    /// How many appends wait, and how many may.
    pub(super) fn queued(&self) -> (usize, usize) {
        let most = self.queue.max_capacity();
        (most - self.queue.capacity(), most)
    }

    /// Stores what waits, refuses what comes after, and returns when all is answered.
    pub(super) async fn close(&self) {
        self.closing.send_replace(true);
        if let Some(task) = self.task.lock().await.take()
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the journal's writer ended badly");
        }
    }
}

/// What the database would refuse must not reach a batch, where it would be in the way of others.
fn well_formed(append: &Append) -> Result<(), JournalError> {
    let malformed = |what: String| Err(JournalError::Malformed(what));
    let is_json = |text: &str| serde_json::from_str::<&RawValue>(text).is_ok();
    if !is_json(&append.metadata) {
        return malformed(format!("metadata of {} is not JSON", append.command));
    }
    let read: HashSet<_> = (append.expected.iter())
        .map(|expected| (expected.aggregate_type, expected.aggregate_id.as_str()))
        .collect();
    for event in &append.events {
        if !read.contains(&(event.aggregate_type, event.aggregate_id.as_str())) {
            return malformed(format!(
                "{}/{} is written without having been read",
                event.aggregate_type, event.aggregate_id
            ));
        }
        if !is_json(&event.payload) {
            return malformed(format!("payload of {} is not JSON", event.event_type));
        }
        if event.event_type.contains(char::is_control) || event.event_version.contains(char::is_control) {
            return malformed("an event's name holds a control character".to_owned());
        }
    }
    if append.expected.iter().any(|expected| expected.aggregate_id.contains(char::is_control)) {
        return malformed("a stream's id holds a control character".to_owned());
    }
    Ok(())
}

struct Task<T> {
    tx: T,
    clock: Clock,
    head: watch::Sender<u64>,
    /// As long as nobody else writes.
    known: Option<Known>,
}

impl<T: BatchTx> Task<T> {
    async fn run(mut self, mut requests: mpsc::Receiver<Request>, mut closing: watch::Receiver<bool>) {
        let mut waiting = Vec::with_capacity(BATCH);
        loop {
            let taken = tokio::select! {
                biased;
                taken = requests.recv_many(&mut waiting, BATCH) => taken,
                // The store was dropped or closed: no more come in, and those that wait are still taken above.
                _ = closing.wait_for(|closing| *closing), if !requests.is_closed() => {
                    requests.close();
                    continue;
                }
            };
            if taken == 0 {
                break;
            }
            // Nobody waits any more for the answer to these, so they need not be done.
            let (appends, replies): (Vec<_>, Vec<_>) = waiting
                .drain(..)
                .filter(|request: &Request| !request.reply.is_closed())
                .map(|request| (request.append, request.reply))
                .unzip();
            if appends.is_empty() {
                continue;
            }
            let started = Instant::now();
            let answers = self.store(&appends).await;
            metrics::histogram!("baodao_journal_batch_appends").record(appends.len() as f64);
            metrics::histogram!("baodao_journal_batch_seconds").record(started.elapsed().as_secs_f64());
            for (reply, answer) in replies.into_iter().zip(answers) {
                count(&answer);
                // A caller that went away gets the stored answer when it comes again.
                let _ = reply.send(answer);
            }
        }
        self.tx.close().await;
    }

    async fn store(&mut self, appends: &[Append]) -> Vec<Answer> {
        match self.persist(appends).await {
            Ok(answers) => answers,
            Err(Failure::Rejected(reason)) if appends.len() > 1 => {
                tracing::warn!(
                    reason,
                    "a batch was refused by the database; its appends are stored one by one"
                );
                let mut answers = Vec::with_capacity(appends.len());
                for append in appends {
                    answers.extend(match self.persist(std::slice::from_ref(append)).await {
                        Ok(answer) => answer,
                        Err(failure) => vec![Err(refusal(failure))],
                    });
                }
                answers
            }
            Err(failure) => {
                let error = refusal(failure);
                appends.iter().map(|_| Err(error.clone())).collect()
            }
        }
    }

    /// Tries a batch until it is stored, or until it is plain that it will not be.
    async fn persist(&mut self, appends: &[Append]) -> Result<Vec<Answer>, Failure> {
        let started = Instant::now();
        let mut reconnected = false;
        for attempt in 1.. {
            let failure = match self.attempt(appends).await {
                Ok(answers) => return Ok(answers),
                Err(failure) => failure,
            };
            self.tx.abandon().await;
            match failure {
                Failure::Contention(reason) if attempt < TRIES && started.elapsed() < PATIENCE => {
                    tracing::debug!(attempt, reason, "the batch is tried again");
                    tokio::time::sleep(pause(attempt)).await;
                }
                Failure::Broken(reason) if !reconnected => {
                    tracing::warn!(reason, "the journal's connection broke; a new one is made");
                    reconnected = true;
                }
                failure => return Err(failure),
            }
        }
        Err(Failure::Unavailable("the batch was tried too often".to_owned()))
    }

    async fn attempt(&mut self, appends: &[Append]) -> Result<Vec<Answer>, Failure> {
        // Taken: after whatever goes wrong, the next attempt reads anew.
        if let Some(known) = self.known.take()
            && let Some(answers) = self.attempt_at(known, appends).await?
        {
            return Ok(answers);
        }
        self.attempt_anew(appends).await
    }

    /// Relies on what is known of the ledger's end. None when it did not hold, or when no event is to be stored.
    async fn attempt_at(
        &mut self,
        mut known: Known,
        appends: &[Append],
    ) -> Result<Option<Vec<Answer>>, Failure> {
        let streams = batch::streams(appends);
        if streams.len() > known::STREAMS_AT_ONCE {
            return Ok(None);
        }
        let unknown: Vec<_> =
            streams.iter().copied().filter(|stream| known.sequence(*stream).is_none()).collect();
        if !unknown.is_empty() {
            // What somebody else appends meanwhile moves the head, and then nothing is stored.
            let lasts = self.tx.sequences(&unknown).await?;
            unknown.into_iter().zip(lasts).for_each(|(stream, last)| known.note(stream, last));
        }
        let sequences =
            streams.into_iter().filter_map(|stream| Some((stream, known.sequence(stream)?))).collect();
        let plan = batch::plan(appends, known.head, (self.clock)(), &HashMap::new(), sequences);
        // Without events the head stays where it is, its time too.
        if plan.events.is_empty() {
            return Ok(None);
        }
        fault::point("before_commit");
        match self.tx.store_at(known.head, &plan).await {
            Ok(false) => Ok(None),
            Ok(true) => self.settle(plan, Ok(()), Some(known)).await.map(Some),
            Err(failure) => self.settle(plan, Err(failure), None).await.map(Some),
        }
    }

    /// Holds the head, and reads what the batch relies on.
    async fn attempt_anew(&mut self, appends: &[Append]) -> Result<Vec<Answer>, Failure> {
        let head = self.tx.begin().await?;
        let last = *self.head.borrow();
        if head.position < last {
            // A database that failed over to a machine that lacks what was acknowledged. Writing on would bury the loss.
            let reason = format!("the ledger ends at position {}, yet {last} was stored", head.position);
            tracing::error!(reason, "THE LEDGER WENT BACK: nothing more is written by this process");
            metrics::counter!("baodao_journal_went_back_total").increment(1);
            return Err(Failure::Unavailable(reason));
        }
        let ids: Vec<_> = appends.iter().map(|append| append.command_id).collect();
        let answers = self.tx.answers(&ids).await?;
        let streams = batch::streams(appends);
        let lasts = self.tx.sequences(&streams).await?;
        // As long as nobody else writes, the next batch need not read all this again.
        let mut known = (head.position == last).then(|| Known::at(head));
        if let Some(known) = &mut known {
            streams.iter().zip(&lasts).for_each(|(stream, last)| known.note(*stream, *last));
        }
        let sequences: HashMap<_, _> = streams.into_iter().zip(lasts).collect();
        let plan = batch::plan(appends, head, (self.clock)(), &answers, sequences);
        if plan.commands.is_empty() {
            return self.confirm(plan).await;
        }
        self.tx.place(&plan).await?;
        fault::point("before_commit");
        let outcome = self.tx.commit().await;
        self.settle(plan, outcome, known).await
    }

    /// Answers a batch by what became of its commit.
    async fn settle(
        &mut self,
        plan: Plan<'_>,
        outcome: Result<(), CommitFailure>,
        known: Option<Known>,
    ) -> Result<Vec<Answer>, Failure> {
        match outcome {
            Ok(()) => fault::point("after_commit"),
            Err(CommitFailure::NotStored(failure)) => return Err(failure),
            Err(CommitFailure::Unknown(reason)) => {
                tracing::warn!(reason, "a commit was not answered");
                let witness = plan.commands.first().map(|command| command.append.command_id);
                match self.tx.was_stored(witness.unwrap_or_default()).await {
                    Some(true) => {}
                    Some(false) => return Err(Failure::Broken(reason)),
                    None => return Ok(unknown(plan)),
                }
            }
        }
        self.known = known.map(|mut known| {
            known.advance(&plan);
            known
        });
        self.head.send_if_modified(|last| {
            let news = *last < plan.head.position;
            *last = plan.head.position.max(*last);
            news
        });
        Ok(plan.verdicts.into_iter().map(|verdict| verdict.answer).collect())
    }
}

impl<T: BatchTx> Task<T> {
    /// Answers a batch that writes nothing: what was stored before is told again once it is as safe as a commit.
    async fn confirm(&mut self, plan: Plan<'_>) -> Result<Vec<Answer>, Failure> {
        if !plan.verdicts.iter().any(|verdict| verdict.needs_commit) {
            self.tx.abandon().await;
            return Ok(plan.verdicts.into_iter().map(|verdict| verdict.answer).collect());
        }
        match self.tx.confirm().await {
            Ok(()) => Ok(plan.verdicts.into_iter().map(|verdict| verdict.answer).collect()),
            Err(CommitFailure::NotStored(failure)) => Err(failure),
            Err(CommitFailure::Unknown(reason)) => {
                tracing::warn!(reason, "a stored answer could not be confirmed");
                Ok(unknown(plan))
            }
        }
    }
}

/// Nobody may be told that it was stored, nor that it was not.
fn unknown(plan: Plan<'_>) -> Vec<Answer> {
    let answer = |verdict: batch::Verdict| {
        if verdict.needs_commit { Err(JournalError::OutcomeUnknown) } else { verdict.answer }
    };
    plan.verdicts.into_iter().map(answer).collect()
}

fn count(answer: &Answer) {
    match answer {
        Err(JournalError::Conflict(_)) => metrics::counter!("baodao_journal_conflicts_total").increment(1),
        Err(JournalError::OutcomeUnknown) => {
            metrics::counter!("baodao_journal_outcomes_unknown_total").increment(1);
        }
        _ => {}
    }
}

fn refusal(failure: Failure) -> JournalError {
    match failure {
        Failure::Contention(reason) | Failure::Broken(reason) | Failure::Unavailable(reason) => {
            JournalError::Unavailable(reason)
        }
        Failure::Rejected(reason) => JournalError::Malformed(reason),
    }
}

/// 1, 2, 4 … 256 ms, more or less by half, so that two processes do not step on each other for ever.
fn pause(attempt: u32) -> Duration {
    let millis = 1_u64 << attempt.saturating_sub(1).min(8);
    Duration::from_micros(millis * 1000).mul_f64(rand::random_range(0.5..1.5))
}
