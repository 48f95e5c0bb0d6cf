//! The Merkle tree of RFC 6962: its root, and proofs that a leaf is in it and that it only ever grew.
//!
//! What a proof consists of is planned as ranges of leaves; whoever holds the hashes of [`Subtree`]s makes it. Checking a proof
//! needs nothing but hashes.

use std::marker::PhantomData;
use std::ops::Range;

use crate::Hash;
use crate::hash::{Hashing, Sha256};

/// Hashes of one proof at most: a tree has no more levels.
pub const PROOF_MAX: usize = 64;

/// A complete subtree: the leaves from `index << level` on, `1 << level` of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subtree {
    /// 0 for a leaf.
    pub level: u8,
    /// Among those of its level, from 0.
    pub index: u64,
}

/// The largest complete subtrees that a range of leaves consists of, from the left. The range begins where a subtree at least as long as it
/// begins, as all ranges of trees and proofs do.
pub fn subtrees(range: Range<u64>) -> Vec<Subtree> {
    let (mut from, mut left) = (range.start, range.end - range.start);
    let mut found = Vec::new();
    while left > 0 {
        let level = left.ilog2() as u8;
        found.push(Subtree { level, index: from >> level });
        from += 1 << level;
        left -= 1 << level;
    }
    found
}

/// The hash over complete subtrees, from the left; none of nothing.
pub fn fold(hashes: impl DoubleEndedIterator<Item = Hash>) -> Option<Hash> {
    fold_with::<Sha256>(hashes)
}

fn fold_with<H: Hashing>(hashes: impl DoubleEndedIterator<Item = Hash>) -> Option<Hash> {
    hashes.rev().reduce(|right, left| H::of_nodes(&left, &right))
}

/// The hash of a range of leaves.
pub fn hash_of(range: Range<u64>, node: &mut impl FnMut(Subtree) -> Option<Hash>) -> Option<Hash> {
    let hashes: Option<Vec<Hash>> = subtrees(range).into_iter().map(node).collect();
    fold(hashes?.into_iter())
}

/// The root of the tree with so many leaves.
pub fn root(size: u64, node: &mut impl FnMut(Subtree) -> Option<Hash>) -> Option<Hash> {
    if size == 0 { Some(Hash::of_nothing()) } else { hash_of(0..size, node) }
}

/// Where the left part of a tree of at least two leaves ends.
fn split(length: u64) -> u64 {
    1 << (length - 1).ilog2()
}

/// The ranges whose hashes prove that a leaf is in a tree, from the leaf upwards (RFC 6962 §2.1.1). None where there is no such leaf.
pub fn inclusion(index: u64, size: u64) -> Option<Vec<Range<u64>>> {
    if index >= size {
        return None;
    }
    let (mut ranges, mut from, mut to) = (Vec::new(), 0, size);
    while to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            ranges.push(middle..to);
            to = middle;
        } else {
            ranges.push(from..middle);
            from = middle;
        }
    }
    ranges.reverse();
    Some(ranges)
}

/// The ranges whose hashes prove that a tree grew out of a smaller one (RFC 6962 §2.1.2). None where the smaller one is not smaller or equal;
/// no ranges where it is empty or the same.
pub fn consistency(old: u64, new: u64) -> Option<Vec<Range<u64>>> {
    if old > new {
        return None;
    }
    if old == 0 || old == new {
        return Some(vec![]);
    }
    let (mut ranges, mut from, mut to, mut is_whole) = (Vec::new(), 0, new, true);
    while old < to {
        let middle = from + split(to - from);
        if old <= middle {
            ranges.push(middle..to);
            to = middle;
        } else {
            ranges.push(from..middle);
            from = middle;
            is_whole = false;
        }
    }
    if !is_whole {
        ranges.push(from..to);
    }
    ranges.reverse();
    Some(ranges)
}

/// Whether the leaf with this hash is in the tree with this root, at this index.
#[must_use]
pub fn is_included(leaf: Hash, index: u64, size: u64, proof: &[Hash], root: Hash) -> bool {
    if index >= size || proof.len() > PROOF_MAX {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = Hash::of_nodes(sibling, &hash);
            while at & 1 == 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = Hash::of_nodes(&hash, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == root
}

/// Whether the tree with the second root grew out of the one with the first.
#[must_use]
pub fn is_consistent(old: u64, new: u64, old_root: Hash, new_root: Hash, proof: &[Hash]) -> bool {
    if old > new || proof.len() > PROOF_MAX {
        return false;
    }
    if old == new {
        return proof.is_empty() && old_root == new_root && (old > 0 || old_root == Hash::of_nothing());
    }
    if old == 0 {
        return proof.is_empty() && old_root == Hash::of_nothing();
    }
    let (mut at, mut last) = (old - 1, new - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    // A whole old tree is its own first hash.
    let mut proof = proof.iter();
    let first = if at == 0 { old_root } else { proof.next().copied().unwrap_or_default() };
    let (mut of_old, mut of_new) = (first, first);
    for hash in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            of_old = Hash::of_nodes(hash, &of_old);
            of_new = Hash::of_nodes(hash, &of_new);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            of_new = Hash::of_nodes(&of_new, hash);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && of_old == old_root && of_new == new_root
}

/// A tree in memory, of the hashes of its leaves.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// Complete subtrees by level.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// Adds a leaf.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(vec![]);
            }
            let row = &mut self.levels[level];
            row.push(hash);
            if row.len() % 2 == 1 {
                return;
            }
            hash = Hash::of_nodes(&row[row.len() - 2], &row[row.len() - 1]);
        }
    }

    /// How many leaves it has.
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// The hash of a complete subtree; none where it has not grown.
    pub fn node(&self, subtree: Subtree) -> Option<Hash> {
        self.levels.get(usize::from(subtree.level))?.get(usize::try_from(subtree.index).ok()?).copied()
    }

    /// Its root.
    pub fn root(&self) -> Hash {
        root(self.size(), &mut |subtree| self.node(subtree)).unwrap_or_default()
    }

    /// The hashes that a proof consists of.
    pub fn hashes(&self, ranges: Vec<Range<u64>>) -> Option<Vec<Hash>> {
        ranges.into_iter().map(|range| hash_of(range, &mut |subtree| self.node(subtree))).collect()
    }
}

impl FromIterator<Hash> for Tree {
    fn from_iter<I: IntoIterator<Item = Hash>>(leaves: I) -> Self {
        let mut tree = Self::default();
        leaves.into_iter().for_each(|leaf| tree.push(leaf));
        tree
    }
}

/// The root of a tree that only grows, without the tree: the hashes of its largest complete subtrees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier<H = Sha256> {
    size: u64,
    peaks: Vec<Hash>,
    hashing: PhantomData<H>,
}

impl<H: Hashing> Frontier<H> {
    /// Of a tree of this size, with its peaks from the left. None where they are not as many as there must be.
    pub fn of(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        (size.count_ones() as usize == peaks.len()).then_some(Self { size, peaks, hashing: PhantomData })
    }

    /// Adds a leaf.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            let left = self.peaks.pop().unwrap_or_default();
            hash = H::of_nodes(&left, &hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Hashes of its largest complete subtrees, from the left.
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// Its root.
    pub fn root(&self) -> Hash {
        fold_with::<H>(self.peaks.iter().copied()).unwrap_or_else(H::of_nothing)
    }
}

#[cfg(test)]
mod tests;
