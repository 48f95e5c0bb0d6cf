//! Many commands in their order, without waiting for each commit: each decides on the states that those before it
//! decided, and all of them share the writer's batches. The positions follow the order of submission.
//!
//! Nothing is answered before it is durable. When an append fails because somebody else moved a stream, whatever was
//! decided on top of it fails too, and is decided again by [`Desk::submit`], one by one.

use std::future::Future;
use std::pin::Pin;

use futures::poll;

use crate::command::AnyCommand;
use crate::desk::{Desk, Envelope, Reply, input_hash};
use crate::journal::{Append, Appended, JournalError};
use crate::sitting::{Ahead, Sitting};
use crate::states::Cached;
use crate::trouble::Trouble;

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
    /// On its way, with the states to keep when it arrives.
    Appending(Pending<'a>, Changed),
}

impl Desk {
    /// Submits commands in their order; one answer for each, in the same order. Each is all or nothing by itself.
    pub async fn submit_in_order(&self, submissions: &[Submission]) -> Vec<Result<Reply, Trouble>> {
        let mut ahead = Ahead::new();
        let mut courses = Vec::with_capacity(submissions.len());
        for submission in submissions {
            courses.push(self.set_out(submission, &mut ahead).await);
        }
        let mut answers = Vec::with_capacity(courses.len());
        let mut all_stored = true;
        for (course, submission) in courses.into_iter().zip(submissions) {
            let answer = match course {
                Course::Settled(answer) => Some(answer),
                Course::Refused(trouble) => all_stored.then_some(Err(trouble)),
                Course::Appending(pending, states) => match pending.await {
                    Ok(Appended::Fresh(receipt)) => {
                        for ((kind, id), cached) in states {
                            self.states().put(kind, &id, cached);
                        }
                        Some(Ok(Reply { receipt, repeat: false }))
                    }
                    Ok(Appended::Repeat(receipt)) => Some(Ok(Reply { receipt, repeat: true })),
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

    async fn set_out<'a>(&'a self, submission: &Submission, ahead: &mut Ahead) -> Course<'a> {
        let Submission { envelope, command } = submission;
        let command = command.as_ref();
        let hash = input_hash(envelope, command);
        if !envelope.fresh {
            match self.answered(envelope.command_id, &hash).await {
                Ok(Some(reply)) => return Course::Settled(Ok(reply)),
                Ok(None) => {}
                Err(trouble) => return Course::Settled(Err(trouble)),
            }
        }
        let (append, states) = match self.decide_ahead(submission, &hash, ahead).await {
            Ok(decided) => decided,
            Err(trouble) => return Course::Refused(trouble),
        };
        ahead.extend(states.iter().cloned());
        let mut pending: Pending<'a> = Box::pin(self.journal().append(append));
        // The first poll puts it in the writer's queue, so that the order of the queue is the order of submission.
        match poll!(pending.as_mut()) {
            std::task::Poll::Ready(outcome) => {
                Course::Appending(Box::pin(std::future::ready(outcome)), states)
            }
            std::task::Poll::Pending => Course::Appending(pending, states),
        }
    }

    /// Decides on top of what was decided before; again when another process moved a stream meanwhile.
    async fn decide_ahead(
        &self,
        submission: &Submission,
        hash: &str,
        ahead: &Ahead,
    ) -> Result<(Append, Changed), Trouble> {
        let Submission { envelope, command } = submission;
        loop {
            let mut sitting = Sitting::begin(self, envelope, Some(ahead)).await?;
            match self.decide(envelope, command.as_ref(), &mut sitting).await {
                Ok(()) => {
                    let append = self.append_of(envelope, command.as_ref(), hash, &mut sitting)?;
                    return Ok((append, sitting.changed().collect()));
                }
                Err(Trouble::Refused(_)) if sitting.is_stale().await? => {}
                Err(trouble) => return Err(trouble),
            }
        }
    }
}
