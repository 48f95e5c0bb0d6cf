//! Published checkpoints, and the one that was kept, held against what the events make.

use std::collections::VecDeque;

use projections::ports::StoreError;
use proofs::note::Note;
use proofs::policy::Policy;
use proofs::{Checkpoint, Hash};

use super::{Brought, Finding};
use crate::store::Store;
use crate::store::log::Published;

/// Checkpoints read at once.
const CHECKPOINTS: usize = 1_000;

/// Published checkpoints, by size, that are still to be met.
pub(super) struct Checkpoints {
    waiting: VecDeque<Published>,
    pub(super) checked: u64,
    pub(super) difference: Option<String>,
    brought: Brought,
    /// How the tree was when it was as large as the checkpoint that was kept.
    then: Option<Hash>,
    pub(super) newest: Option<u64>,
}

impl Checkpoints {
    pub(super) async fn read(store: &Store, brought: &Brought) -> Result<Self, StoreError> {
        let mut all: Vec<Published> = vec![];
        loop {
            let page = store.log().checkpoints(all.last().map(|last| last.size), CHECKPOINTS).await?;
            let is_last = page.len() < CHECKPOINTS;
            all.extend(page);
            if is_last {
                break;
            }
        }
        let newest = all.last().map(|last| last.size);
        let brought = brought.clone();
        Ok(Self { waiting: all.into(), checked: 0, difference: None, brought, then: None, newest })
    }

    /// Holds those of this size against the tree.
    pub(super) fn meet(&mut self, size: u64, root: impl FnOnce() -> Hash) {
        let is_known = self.brought.known.as_ref().is_some_and(|known| known.size == size);
        let is_next = self.waiting.front().is_some_and(|one| one.size == size);
        let published = is_next.then(|| self.waiting.pop_front()).flatten();
        if published.is_none() && !is_known {
            return;
        }
        let root = root();
        self.then = is_known.then_some(root).or(self.then);
        let Some(published) = published else { return };
        self.checked += 1;
        let trouble = trouble(&published, root, self.brought.policy.as_ref());
        self.difference = self.difference.take().or(trouble);
    }

    /// Those that tell the root of a second tree, by size.
    pub(super) fn of_second(&self) -> VecDeque<(u64, Hash)> {
        let root = |one: &Published| Checkpoint::of(&Note::parse(one.note.as_bytes()).ok()?).ok()?.sm3;
        let waiting = self.waiting.iter();
        waiting.filter_map(|one| Some((one.size, root(one)?))).collect()
    }

    /// Whether the tree continues the checkpoint that was kept.
    pub(super) fn continues(&self) -> Option<Finding> {
        let known = self.brought.known.as_ref()?;
        let difference = match self.then {
            Some(root) if root == known.root => None,
            Some(_) => {
                Some(format!("the first {} events are not those of the checkpoint that was kept", known.size))
            }
            None => Some(format!(
                "the checkpoint that was kept covers {} events, more than there are",
                known.size
            )),
        };
        Some(Finding { check: "the log continues the checkpoint that was kept", checked: 1, difference })
    }
}

/// What is wrong with a checkpoint.
fn trouble(published: &Published, root: Hash, policy: Option<&Policy>) -> Option<String> {
    let size = published.size;
    let note = match Note::parse(published.note.as_bytes()) {
        Ok(note) => note,
        Err(error) => return Some(format!("the checkpoint of {size}: {error}")),
    };
    let checkpoint = match policy.map(|policy| policy.trust(&note)) {
        Some(Ok(trusted)) => Ok(trusted.checkpoint),
        Some(Err(distrust)) => return Some(format!("the checkpoint of {size}: {distrust}")),
        None => Checkpoint::of(&note),
    };
    match checkpoint {
        Err(error) => Some(format!("the checkpoint of {size}: {error}")),
        Ok(checkpoint) if checkpoint.size != size => {
            Some(format!("the checkpoint of {size} says {}", checkpoint.size))
        }
        Ok(checkpoint) if checkpoint.root != root => {
            Some(format!("the checkpoint of {size} has the root {}, the events make {root}", checkpoint.root))
        }
        Ok(_) => None,
    }
}
