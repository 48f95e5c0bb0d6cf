//! The group-commit writer's task (design §3).
//!
//! It takes every waiting append (at most [`BATCH`]), stores them in one commit and answers each caller separately. While one batch is
//! on its way, the next is decided on top of it, and set out before the callers of the first are answered. It never waits for a
//! batch to fill: with nothing on its way, whatever has come is stored at once. A loser never fails the others.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use commands::journal::{Append, Appended, JournalError};
use futures::poll;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot, watch};

use super::Clock;
use super::batch::{self, BatchTx, CommitFailure, Failure, Head, Plan, Planner};
use super::known::Known;
use super::tail::Tail;
use crate::fault;
use crate::measures::Measures;

/// The most appends in one transaction.
const BATCH: usize = 512;
/// An append that has read more streams than this is stored alone, on what is read anew.
const STREAMS: usize = 10_000;
/// How often a batch is tried when somebody else is in the way.
const TRIES: u32 = 10;
/// How long a batch is tried at most.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) type Answer = Result<Appended, JournalError>;

/// An append that waits for its answer.
pub(super) struct Request {
    pub append: Arc<Append>,
    pub reply: oneshot::Sender<Answer>,
    /// Its place in the queue.
    pub place: OwnedSemaphorePermit,
}

/// Appends that are stored together.
#[derive(Default)]
struct Batch {
    appends: Vec<Arc<Append>>,
    replies: Vec<oneshot::Sender<Answer>>,
    places: Vec<OwnedSemaphorePermit>,
    /// Decided on what is known of the ledger's end, as far as it goes.
    planner: Option<Planner>,
}

impl Batch {
    /// Takes a request in, unless nobody waits any more for its answer: then it need not be done.
    fn take(&mut self, Request { append, reply, place }: Request) {
        if !reply.is_closed() {
            self.appends.push(append);
            self.replies.push(reply);
            self.places.push(place);
        }
    }

    /// Decides what is not decided yet.
    fn decide(&mut self, known: &mut Known) {
        let planner = self.planner.get_or_insert_with(|| Planner::new(known.head));
        for append in self.appends.iter().skip(planner.decided()) {
            planner.judge(append, &HashMap::new(), known);
        }
    }

    fn is_full(&self) -> bool {
        self.appends.len() >= BATCH
    }

    fn answer(self, answers: Vec<Answer>) {
        for (reply, answer) in self.replies.into_iter().zip(answers) {
            // A caller that went away gets the stored answer when it comes again.
            let _ = reply.send(answer);
        }
    }
}

/// The task.
pub(super) struct Group<T> {
    tx: T,
    clock: Clock,
    head: watch::Sender<u64>,
    tail: Arc<Tail>,
    requests: mpsc::UnboundedReceiver<Request>,
    /// As long as nobody else writes; led on by what is on its way.
    known: Option<Known>,
    /// What came while a batch was on its way.
    next: Batch,
    /// The batch stored last, and its answers, until the next one is on its way.
    done: Option<(Batch, Vec<Answer>)>,
    measures: Arc<Measures>,
}

impl<T: BatchTx> Group<T> {
    pub(super) fn new(
        tx: T,
        clock: Clock,
        head: watch::Sender<u64>,
        tail: Arc<Tail>,
        requests: mpsc::UnboundedReceiver<Request>,
        measures: Arc<Measures>,
    ) -> Self {
        Self { tx, clock, head, tail, requests, known: None, next: Batch::default(), done: None, measures }
    }

    pub(super) async fn run(mut self, mut closing: watch::Receiver<bool>) {
        loop {
            let mut batch = std::mem::take(&mut self.next);
            if self.done.as_ref().is_some_and(|(batch, _)| T::TOGETHER.contains(&batch.appends.len())) {
                tell(&mut self.done);
                self.let_in().await;
            }
            if batch.appends.is_empty() {
                tell(&mut self.done);
                let taken = tokio::select! {
                    biased;
                    taken = self.requests.recv() => taken,
                    // The store was dropped or closed: no more come in, and those that wait are still taken above.
                    _ = closing.wait_for(|closing| *closing), if !self.requests.is_closed() => {
                        self.requests.close();
                        continue;
                    }
                };
                let Some(request) = taken else { break };
                batch.take(request);
            }
            while !batch.is_full()
                && let Ok(request) = self.requests.try_recv()
            {
                batch.take(request);
            }
            if !batch.appends.is_empty() {
                self.store(batch).await;
            }
        }
        self.tx.close().await;
    }

    /// Lets those in who have just been answered and ask again: as long as others have something to do and more come of it, and no longer.
    async fn let_in(&mut self) {
        let mut waiting = None;
        while waiting != Some(self.requests.len()) {
            waiting = Some(self.requests.len());
            tokio::task::yield_now().await;
        }
    }

    async fn store(&mut self, mut batch: Batch) {
        let started = Instant::now();
        batch.places.clear();
        self.measures.batch_appends.record(batch.appends.len() as f64);
        let answers = if let Some(answers) = self.store_at(&mut batch).await {
            answers
        } else {
            tell(&mut self.done);
            self.store_anew(&batch.appends).await
        };
        self.measures.batch_seconds.record(started.elapsed().as_secs_f64());
        for answer in &answers {
            count(&self.measures, answer);
        }
        self.done = Some((batch, answers));
    }

    /// Stores a batch on what is known of the ledger's end, and takes in the next meanwhile. None where it must be decided anew.
    async fn store_at(&mut self, batch: &mut Batch) -> Option<Vec<Answer>> {
        // Taken: after whatever goes wrong, all is read anew.
        let mut known = self.known.take()?;
        if batch.appends.iter().any(|append| append.expected.len() > STREAMS) {
            return None;
        }
        batch.decide(&mut known);
        let planner = batch.planner.take()?;
        let from = planner.head();
        let plan = planner.finish((self.clock)(), &mut known);
        // Without events the head stays where it is, its time too.
        if plan.events.is_empty() {
            return None;
        }
        fault::point("before_commit");
        let outcome = self.set_out(from, &plan, &mut known).await;
        let stored = match outcome {
            Ok(false) => None,
            Ok(true) => self.settle(plan, Ok(()), Some(known)).await.ok(),
            Err(failure) => match self.settle(plan, Err(failure), None).await {
                Ok(answers) => Some(answers),
                Err(failure) => {
                    tracing::debug!(?failure, "the batch is decided anew");
                    None
                }
            },
        };
        if self.known.is_none() {
            self.next.planner = None;
            self.tx.abandon().await;
        }
        stored
    }

    async fn set_out(&mut self, from: Head, plan: &Plan, known: &mut Known) -> Result<bool, CommitFailure> {
        let Self { tx, requests, next, done, .. } = self;
        let mut storing = pin!(tx.store_at(from, plan));
        // On its way before those of the batch before are answered.
        let early = poll!(storing.as_mut());
        tell(done);
        if let Poll::Ready(outcome) = early {
            return outcome;
        }
        loop {
            tokio::select! {
                biased;
                outcome = storing.as_mut() => return outcome,
                Some(request) = requests.recv(), if !next.is_full() => {
                    next.take(request);
                    next.decide(known);
                }
            }
        }
    }

    /// Stores a batch on what is read under the head's lock; append by append where the database refuses one of them.
    async fn store_anew(&mut self, appends: &[Arc<Append>]) -> Vec<Answer> {
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
    async fn persist(&mut self, appends: &[Arc<Append>]) -> Result<Vec<Answer>, Failure> {
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

    /// Holds the head, and reads what the batch relies on.
    async fn attempt(&mut self, appends: &[Arc<Append>]) -> Result<Vec<Answer>, Failure> {
        self.known = None;
        let head = self.tx.begin().await?;
        let last = *self.head.borrow();
        if head.position < last {
            // A database that failed over to a machine that lacks what was acknowledged. Writing on would bury the loss.
            let reason = format!("the ledger ends at position {}, yet {last} was stored", head.position);
            tracing::error!(reason, "THE LEDGER WENT BACK: nothing more is written by this process");
            self.measures.went_back.count();
            return Err(Failure::Unavailable(reason));
        }
        let ids: Vec<_> = appends.iter().map(|append| append.command_id).collect();
        let answers = self.tx.answers(&ids).await?;
        let streams = batch::streams(appends);
        let lasts = self.tx.sequences(&streams).await?;
        let mut known = Known::at(head, &streams, &lasts);
        let mut planner = Planner::new(head);
        for append in appends {
            planner.judge(append, &answers, &mut known);
        }
        let plan = planner.finish((self.clock)(), &mut known);
        // As long as nobody else writes, the next batch need not read all this again.
        let known = (head.position == last).then(|| known.bounded());
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
        plan: Plan,
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
        self.known = known;
        self.tail.push(plan.events, plan.head.recorded_at);
        self.head.send_if_modified(|last| {
            let news = *last < plan.head.position;
            *last = plan.head.position.max(*last);
            news
        });
        Ok(plan.verdicts.into_iter().map(|verdict| verdict.answer).collect())
    }

    /// Answers a batch that writes nothing: what was stored before is told again once it is as safe as a commit.
    async fn confirm(&mut self, plan: Plan) -> Result<Vec<Answer>, Failure> {
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

/// Answers the batch stored last.
fn tell(done: &mut Option<(Batch, Vec<Answer>)>) {
    if let Some((batch, answers)) = done.take() {
        batch.answer(answers);
    }
}

/// Nobody may be told that it was stored, nor that it was not.
fn unknown(plan: Plan) -> Vec<Answer> {
    let answer = |verdict: batch::Verdict| {
        if verdict.needs_commit { Err(JournalError::OutcomeUnknown) } else { verdict.answer }
    };
    plan.verdicts.into_iter().map(answer).collect()
}

fn count(measures: &Measures, answer: &Answer) {
    match answer {
        Err(JournalError::Conflict(_)) => measures.conflicts.count(),
        Err(JournalError::OutcomeUnknown) => measures.outcomes_unknown.count(),
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
