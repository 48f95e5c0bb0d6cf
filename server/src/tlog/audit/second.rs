//! The second tree, with SM3: made anew over the events, and held against what is kept of it and what checkpoints tell of it.

use std::collections::VecDeque;

use projections::ports::StoreError;
use proofs::Hash;
use proofs::hash::Sm3;
use proofs::tree::Frontier;

use super::Finding;
use super::checkpoints::Checkpoints;
use crate::store::Store;

/// The second tree of a ledger that has one, or had.
#[derive(Default)]
pub(super) struct Second {
    tree: Frontier<Sm3>,
    /// Checkpoints that tell its root, by size, still to be met.
    told: VecDeque<(u64, Hash)>,
    /// What is kept of it.
    kept: Option<Frontier<Sm3>>,
    checked: u64,
    difference: Option<String>,
}

impl Second {
    /// None where there is none, and no checkpoint tells of one.
    pub(super) async fn read(store: &Store, checkpoints: &Checkpoints) -> Result<Option<Self>, StoreError> {
        let told = checkpoints.of_second();
        let (kept, difference) = match store.log().sm3().await {
            Err(StoreError::Damaged(what)) => (None, Some(what)),
            kept => (kept?, None),
        };
        let has_second = kept.is_some() || difference.is_some() || !told.is_empty();
        let mut second = Self { told, kept, difference, ..Self::default() };
        second.meet();
        Ok(has_second.then_some(second))
    }

    /// Adds a leaf, and holds what is told of the tree of that size against it.
    pub(super) fn push(&mut self, leaf: Hash) {
        self.tree.push(leaf);
        self.meet();
    }

    fn meet(&mut self) {
        let size = self.tree.size();
        if let Some((_, told)) = self.told.front().copied().filter(|(at, _)| *at == size) {
            self.told.pop_front();
            let root = self.tree.root();
            self.checked += 1;
            if told != root {
                self.difference.get_or_insert_with(|| {
                    format!("the checkpoint of {size} has the SM3 root {told}, the events make {root}")
                });
            }
        }
        if let Some(kept) = self.kept.take_if(|kept| kept.size() == size) {
            self.checked += 1;
            if kept != self.tree {
                self.difference.get_or_insert_with(|| {
                    format!("the SM3 tree of {size} leaves is not what the events make")
                });
            }
        }
    }

    /// What was found.
    pub(super) fn finding(self) -> Finding {
        let beyond = self.kept.map(|kept| kept.size()).filter(|size| *size > self.tree.size());
        let beyond = beyond
            .map(|size| format!("the SM3 tree has {size} leaves, the ledger ends at {}", self.tree.size()));
        let difference = self.difference.or(beyond);
        Finding { check: "every SM3 root is of these events", checked: self.checked, difference }
    }
}
