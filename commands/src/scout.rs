//! Looking ahead over many commands: the streams that they will want are asked for all at once, instead of stream by stream while
//! each is decided.
//!
//! Only a help: what was found, or found absent, is expected to be so when the append is stored, as every other sequence that was read.

use std::collections::HashSet;
use std::sync::Arc;

use aggregates::Decider;
use cqrs_es::persist::SerializedEvent;

use crate::command::AnyCommand;
use crate::desk::{Desk, Envelope};
use crate::journal::JournalError;
use crate::sitting::{Ahead, Sitting, StreamKey, replay};
use crate::states::Cached;
use crate::trouble::Trouble;

/// Commands looked ahead over at once.
pub(crate) const TOGETHER: usize = 1_000;
/// Streams asked for at once.
const STREAMS: usize = 250;
/// How often it looks again: what an existing stream says may lead to other streams.
const ROUNDS: usize = 3;
/// One of so many is asked whether to look again.
const FEW: usize = 16;

/// A stream that is not in memory, and how it is read.
pub(crate) struct Wanted {
    key: StreamKey,
    read: fn(Vec<SerializedEvent>) -> Result<Cached, JournalError>,
}

impl Wanted {
    pub(crate) fn of<D: Decider>(key: StreamKey) -> Self {
        Self { key, read: read::<D> }
    }
}

fn read<D: Decider>(events: Vec<SerializedEvent>) -> Result<Cached, JournalError> {
    let (state, sequence) = replay(D::default(), 0, events)?;
    Ok(Cached { state: Arc::new(state), sequence })
}

/// A command to look ahead over: its envelope, and its row in a file.
pub(crate) struct Seen<'a> {
    pub(crate) envelope: &'a Envelope,
    pub(crate) row: Option<u32>,
    pub(crate) command: &'a dyn AnyCommand,
}

impl Desk {
    /// Takes the streams that the commands will want into memory, and adds those that do not exist to the states ahead.
    pub(crate) async fn scout(&self, commands: &[Seen<'_>], ahead: &mut Ahead) -> Result<(), Trouble> {
        let mut asked = HashSet::new();
        for round in 0..ROUNDS {
            if round > 0 {
                // Whether what was found leads to more shows in a few of them; what a rare one wants is read when it is decided.
                let few = self.wanted(commands, FEW, ahead).await?;
                if few.iter().all(|wanted| asked.contains(&wanted.key)) {
                    break;
                }
            }
            let mut wanted = self.wanted(commands, 1, ahead).await?;
            wanted.retain(|wanted| asked.insert(wanted.key.clone()));
            if wanted.is_empty() {
                break;
            }
            for wanted in wanted.chunks(STREAMS) {
                let keys: Vec<_> = wanted.iter().map(|wanted| wanted.key.clone()).collect();
                let found = self.journal().load_all(&keys).await?;
                for (Wanted { key, read }, events) in wanted.iter().zip(found) {
                    let cached = read(events)?;
                    if cached.sequence > 0 {
                        self.states().put(key.0, &key.1, cached);
                    } else {
                        ahead.insert(key.clone(), cached);
                    }
                }
            }
        }
        Ok(())
    }

    /// The streams that every so many of the commands ask for and that are not in memory.
    async fn wanted(
        &self,
        commands: &[Seen<'_>],
        every: usize,
        ahead: &Ahead,
    ) -> Result<Vec<Wanted>, Trouble> {
        let mut wanted = Vec::new();
        for Seen { envelope, row, command } in commands.iter().step_by(every) {
            let mut sitting = Sitting::begin(self, envelope, Some(ahead)).await?;
            if let Some(row) = row {
                sitting.at_row(*row);
            }
            sitting.scout(wanted);
            // What it decides is worth nothing: it only shows what it asks for.
            let _ = command.decide_any(&mut sitting).await;
            wanted = sitting.scouted();
        }
        Ok(wanted)
    }
}
