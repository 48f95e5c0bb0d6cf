//! Deciding without recording: what a file, a batch or a single command would do, for `--dry-run`.

use std::collections::BTreeMap;

use crate::command::AnyCommand;
use crate::desk::{Desk, Envelope, TRIES_MAX};
use crate::intake::Intake;
use crate::journal::Receipt;
use crate::sitting::Sitting;
use crate::trouble::Trouble;
use crate::vault::Sealing;

/// What a command would record, had it been submitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rehearsal {
    /// The stored answer, when the same command was recorded before: then nothing more would be.
    pub repeat: Option<Receipt>,
    /// How many events of each name would be recorded; empty when there is nothing to do.
    pub events: BTreeMap<String, u64>,
}

impl Desk {
    /// Decides a command as [`Desk::submit`] does, and stores nothing. It answers the refusals that a submission would
    /// meet now; a later submission is decided anew.
    pub async fn rehearse(
        &self,
        envelope: &Envelope,
        command: &dyn AnyCommand,
    ) -> Result<Rehearsal, Trouble> {
        let input = match self.take_in(envelope, command, None, Sealing::Rehearse).await? {
            Intake::New(input) => input,
            Intake::Answered(reply) => {
                return Ok(Rehearsal { repeat: Some(reply.receipt), events: BTreeMap::new() });
            }
        };
        if !envelope.fresh
            && let Some(reply) = self.answered(envelope.command_id, &input.hash).await?
        {
            return Ok(Rehearsal { repeat: Some(reply.receipt), events: BTreeMap::new() });
        }
        let mut last = None;
        for _ in 0..TRIES_MAX {
            let mut sitting = Sitting::begin(self, envelope, None).await?.holding(&input.seals);
            match self.decide(envelope, command, &mut sitting).await {
                Ok(()) => {
                    let mut events = BTreeMap::new();
                    for event in sitting.take_events() {
                        *events.entry(event.event_type).or_insert(0) += 1;
                    }
                    return Ok(Rehearsal { repeat: None, events });
                }
                // The refusal may rest on states that another process has moved since.
                Err(Trouble::Refused(refusal)) if sitting.is_stale().await? => last = Some(refusal),
                Err(trouble) => return Err(trouble),
            }
        }
        Err(last.map_or_else(|| Trouble::Conflict(String::new()), Trouble::Refused))
    }
}
