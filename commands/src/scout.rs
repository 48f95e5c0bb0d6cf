//! Looking ahead over many commands: which of the streams that they will want do not exist yet is asked all at once, instead of
//! stream by stream while each is decided.
//!
//! Only a help: what was found absent is expected to be so when the append is stored, as every other sequence that was read.

use std::collections::HashSet;
use std::sync::Arc;

use crate::command::AnyCommand;
use crate::desk::{Desk, Envelope};
use crate::sitting::{Ahead, Sitting, StreamKey};
use crate::states::Cached;
use crate::trouble::Trouble;

/// Commands looked ahead over at once.
pub(crate) const TOGETHER: usize = 1_000;
/// How often it looks again: what an existing stream says may lead to other streams.
const ROUNDS: usize = 3;

/// What a scouting sitting goes by, and what it finds.
#[derive(Default)]
pub(crate) struct Scouting {
    /// Streams known to exist.
    existing: Arc<HashSet<StreamKey>>,
    /// Streams not known, each with what it is if it does not exist.
    wanted: Vec<(StreamKey, Cached)>,
}

impl Scouting {
    /// Whether the stream is to be taken for absent; it is asked about later.
    pub(crate) fn takes_for_absent(&mut self, key: &StreamKey, empty: Cached) -> bool {
        let is_unknown = !self.existing.contains(key);
        if is_unknown {
            self.wanted.push((key.clone(), empty));
        }
        is_unknown
    }
}

/// A command to look ahead over: its envelope, and its row in a file.
pub(crate) struct Seen<'a> {
    pub(crate) envelope: &'a Envelope,
    pub(crate) row: Option<u32>,
    pub(crate) command: &'a dyn AnyCommand,
}

impl Desk {
    /// Adds the streams that the commands will want and that do not exist to the states ahead.
    pub(crate) async fn scout(&self, commands: &[Seen<'_>], ahead: &mut Ahead) -> Result<(), Trouble> {
        let mut existing = Arc::new(HashSet::new());
        for _ in 0..ROUNDS {
            let wanted = self.wanted(commands, ahead, &existing).await?;
            if wanted.is_empty() {
                break;
            }
            let keys: Vec<_> = wanted.iter().map(|(key, _)| key.clone()).collect();
            let lasts = self.journal().sequences(&keys).await?;
            let mut found = HashSet::clone(&existing);
            let before = found.len();
            for ((key, empty), last) in wanted.into_iter().zip(lasts) {
                if last == 0 {
                    ahead.insert(key, empty);
                } else {
                    found.insert(key);
                }
            }
            if found.len() == before {
                break;
            }
            existing = Arc::new(found);
        }
        Ok(())
    }

    /// The streams that the commands ask for and that are neither in memory nor known to exist, each once.
    async fn wanted(
        &self,
        commands: &[Seen<'_>],
        ahead: &Ahead,
        existing: &Arc<HashSet<StreamKey>>,
    ) -> Result<Vec<(StreamKey, Cached)>, Trouble> {
        let mut wanted = Vec::new();
        for Seen { envelope, row, command } in commands {
            let mut sitting = Sitting::begin(self, envelope, Some(ahead)).await?;
            if let Some(row) = row {
                sitting.at_row(*row);
            }
            sitting.scout(Scouting { existing: Arc::clone(existing), wanted: std::mem::take(&mut wanted) });
            // What it decides is worth nothing: it only shows what it asks for.
            let _ = command.decide_any(&mut sitting).await;
            wanted = sitting.scouted().wanted;
        }
        let mut asked = HashSet::new();
        wanted.retain(|(key, _)| asked.insert(key.clone()));
        Ok(wanted)
    }
}
