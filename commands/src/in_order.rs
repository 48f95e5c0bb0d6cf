//! Many commands in their order, without waiting for each commit: each decides on the states that those before it
//! decided, and all of them share the writer's batches. The positions follow the order of submission.
//!
//! Nothing is answered before it is durable. When an append fails because somebody else moved a stream, whatever was
//! decided on top of it fails too, and is decided again by [`Desk::submit`], one by one.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;

use futures::poll;
use uuid::Uuid;

use crate::command::AnyCommand;
use crate::desk::{Desk, Envelope, Reply, repeated};
use crate::intake::{Input, Intake};
use crate::journal::{Answer, Append, Appended, JournalError};
use crate::scout::Seen;
use crate::sitting::{Ahead, Sitting};
use crate::states::Cached;
use crate::trouble::Trouble;
use crate::vault::{Forgetting, Sealing};

/// A command with its envelope.
pub struct Submission {
    /// What comes with it.
    pub envelope: Envelope,
    /// The command.
    pub command: Box<dyn AnyCommand>,
}

/// States that an append leaves behind.
type Changed = Vec<((&'static str, String), Cached)>;
type Pending<'a> = Pin<Box<dyn Future<Output = Result<Appended, JournalError>> + Send + 'a>>;

enum Course<'a> {
    /// Answered without an append.
    Settled(Result<Reply, Trouble>),
    /// Refused on states that are not all stored yet: final if all before it are stored.
    Refused(Trouble),
    /// On its way, with the states to keep and what to forget when it arrives.
    Appending(Pending<'a>, Changed, Vec<Forgetting>),
}

impl Desk {
    /// Submits commands in their order; one answer for each, in the same order. Each is all or nothing by itself.
    pub async fn submit_in_order(&self, submissions: &[Submission]) -> Vec<Result<Reply, Trouble>> {
        if let [Submission { envelope, command }] = submissions {
            return vec![self.submit(envelope, command.as_ref()).await];
        }
        let (answers, mut ahead) = match self.foresee(submissions).await {
            Ok(foreseen) => foreseen,
            Err(trouble) => return submissions.iter().map(|_| Err(trouble.clone())).collect(),
        };
        let mut courses = Vec::with_capacity(submissions.len());
        for submission in submissions {
            courses.push(self.set_out(submission, &answers, &mut ahead).await);
        }
        let mut answers = Vec::with_capacity(courses.len());
        let mut all_stored = true;
        for (course, submission) in courses.into_iter().zip(submissions) {
            let answer = match course {
                Course::Settled(answer) => Some(answer),
                Course::Refused(trouble) => all_stored.then_some(Err(trouble)),
                Course::Appending(pending, states, forgettings) => match pending.await {
                    Ok(Appended::Fresh(receipt)) => {
                        for ((kind, id), cached) in states {
                            self.states().put(kind, &id, cached);
                        }
                        self.forget(&forgettings).await;
                        Some(Ok(Reply { receipt, repeat: false }))
                    }
                    // Stored by another way meanwhile: what was decided on top of it stands on what never was.
                    Ok(Appended::Repeat(receipt)) => {
                        all_stored = false;
                        Some(Ok(Reply { receipt, repeat: true }))
                    }
                    Err(JournalError::OutcomeUnknown) => {
                        Some(Err(Trouble::Journal(JournalError::OutcomeUnknown)))
                    }
                    Err(_) => None,
                },
            };
            answers.push(if let Some(answer) = answer {
                answer
            } else {
                all_stored = false;
                self.submit(&submission.envelope, submission.command.as_ref()).await
            });
        }
        answers
    }

    /// What can be asked of the journal for all of them at once: stored answers, and which new streams they begin.
    async fn foresee(&self, submissions: &[Submission]) -> Result<(HashMap<Uuid, Answer>, Ahead), Trouble> {
        let keyed = submissions.iter().filter(|submission| !submission.envelope.fresh);
        let keys: Vec<_> = keyed.map(|submission| submission.envelope.command_id).collect();
        let answers = if keys.is_empty() { HashMap::new() } else { self.journal().answers(&keys).await? };
        let seen: Vec<_> = (submissions.iter())
            .filter(|submission| !answers.contains_key(&submission.envelope.command_id))
            .map(|Submission { envelope, command }| Seen { envelope, row: None, command: command.as_ref() })
            .collect();
        let mut ahead = Ahead::new();
        self.scout(&seen, &mut ahead).await?;
        Ok((answers, ahead))
    }

    async fn set_out<'a>(
        &'a self,
        submission: &Submission,
        answers: &HashMap<Uuid, Answer>,
        ahead: &mut Ahead,
    ) -> Course<'a> {
        let Submission { envelope, command } = submission;
        let command = command.as_ref();
        let input = match self.take_in(envelope, command, Some(ahead), Sealing::Keep).await {
            Ok(Intake::New(input)) => input,
            Ok(Intake::Answered(reply)) => return Course::Settled(Ok(reply)),
            Err(trouble) => return Course::Refused(trouble),
        };
        if let Some(answer) = answers.get(&envelope.command_id) {
            return Course::Settled(repeated(envelope.command_id, answer, &input.hash));
        }
        let (append, states, forgettings) = match self.decide_ahead(submission, &input, ahead).await {
            Ok(decided) => decided,
            Err(trouble) => return Course::Refused(trouble),
        };
        ahead.extend(states.iter().cloned());
        let mut pending: Pending<'a> = Box::pin(self.journal().append(append));
        // The first poll puts it in the writer's queue, so that the order of the queue is the order of submission.
        match poll!(pending.as_mut()) {
            std::task::Poll::Ready(outcome) => {
                Course::Appending(Box::pin(std::future::ready(outcome)), states, forgettings)
            }
            std::task::Poll::Pending => Course::Appending(pending, states, forgettings),
        }
    }

    /// Decides on top of what was decided before; again when another process moved a stream meanwhile.
    async fn decide_ahead(
        &self,
        submission: &Submission,
        input: &Input,
        ahead: &Ahead,
    ) -> Result<(Append, Changed, Vec<Forgetting>), Trouble> {
        let Submission { envelope, command } = submission;
        loop {
            let mut sitting = Sitting::begin(self, envelope, Some(ahead)).await?.holding(&input.seals);
            match self.decide(envelope, command.as_ref(), &mut sitting).await {
                Ok(()) => {
                    let append = self.append_of(envelope, command.as_ref(), input, &mut sitting)?;
                    let forgettings = sitting.take_forgettings();
                    self.announce(&forgettings).await?;
                    return Ok((append, sitting.changed().collect(), forgettings));
                }
                Err(Trouble::Refused(_)) if sitting.is_stale().await? => {}
                Err(trouble) => return Err(trouble),
            }
        }
    }
}
