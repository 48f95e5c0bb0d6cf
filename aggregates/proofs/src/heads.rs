//! Completeness: nobody can leave an event of a stream out of a record.
//!
//! The events of a stream are chained, and now and then the ledger itself records the root of a map of all chains: which stream ends where. A
//! record of a stream shows all its events up to there, or it does not fit.

use sha2::{Digest, Sha256};

use crate::Hash;
use crate::tree::{self, Subtree, Tree};

/// Says what is hashed.
const CHAIN: &[u8] = b"baodao/chain/v1\n";

/// Where a stream ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The kind of stream.
    pub kind: String,
    /// The stream.
    pub id: String,
    /// Of its last event.
    pub sequence: u64,
    /// Over its events.
    pub chain: Hash,
}

impl Head {
    /// As it stands in the map.
    pub fn bytes(&self) -> Vec<u8> {
        format!("baodao/head/v1\n{}\n{}\n{}\n{}\n", self.kind, self.id, self.sequence, self.chain)
            .into_bytes()
    }

    /// Heads are sorted by this: which stream.
    pub fn key(&self) -> (&str, &str) {
        (&self.kind, &self.id)
    }
}

/// The chain of a stream, led on by the leaf of its next event. It begins with zeroes.
pub fn chain(before: Hash, leaf: Hash) -> Hash {
    Hash(Sha256::new().chain_update(CHAIN).chain_update(before.0).chain_update(leaf.0).finalize().into())
}

/// The map of heads: a tree over them, sorted by stream.
#[derive(Debug, Clone)]
pub struct Map {
    heads: Vec<Head>,
    tree: Tree,
}

impl Map {
    /// Of heads in any order, each stream once.
    pub fn new(mut heads: Vec<Head>) -> Self {
        heads.sort_unstable_by(|one, other| one.key().cmp(&other.key()));
        let tree = heads.iter().map(|head| Hash::of_leaf(&head.bytes())).collect();
        Self { heads, tree }
    }

    /// Its root.
    pub fn root(&self) -> Hash {
        self.tree.root()
    }

    /// How many streams there are.
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    /// All heads, sorted.
    pub fn heads(&self) -> &[Head] {
        &self.heads
    }

    /// Where a stream ends, its place in the map, and the proof of it.
    pub fn prove(&self, kind: &str, id: &str) -> Option<(&Head, u64, Vec<Hash>)> {
        let index = self.heads.binary_search_by(|head| head.key().cmp(&(kind, id))).ok()?;
        let ranges = tree::inclusion(index as u64, self.size())?;
        let mut node = |subtree: Subtree| self.tree.node(subtree);
        let proof: Option<Vec<Hash>> =
            ranges.into_iter().map(|range| tree::hash_of(range, &mut node)).collect();
        Some((self.heads.get(index)?, index as u64, proof?))
    }
}

/// Whether a head stands in the map with this root at this place.
#[must_use]
pub fn is_in_map(head: &Head, index: u64, size: u64, proof: &[Hash], root: Hash) -> bool {
    tree::is_included(Hash::of_leaf(&head.bytes()), index, size, proof, root)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(id: &str, sequence: u64) -> Head {
        let leaves = (1..=sequence).map(|n| Hash::of_leaf(format!("{id} {n}").as_bytes()));
        Head {
            kind: "member".to_owned(),
            id: id.to_owned(),
            sequence,
            chain: leaves.fold(Hash::default(), chain),
        }
    }

    #[test]
    fn every_stream_is_proved_where_it_ends_and_nowhere_else() {
        let map = Map::new((0..23).rev().map(|n| head(&format!("m-{n}"), n + 1)).collect());
        for n in 0..23 {
            let id = format!("m-{n}");
            let (found, index, proof) = map.prove("member", &id).unwrap();
            assert_eq!(*found, head(&id, n + 1));
            assert!(is_in_map(found, index, map.size(), &proof, map.root()));
            for wrong in [head(&id, n), head(&id, n + 2), Head { chain: Hash::default(), ..found.clone() }] {
                assert!(!is_in_map(&wrong, index, map.size(), &proof, map.root()));
            }
        }
        assert_eq!(map.prove("member", "m-23"), None);
        assert_eq!(map.prove("unit", "m-1"), None);
    }

    #[test]
    fn a_chain_tells_order_and_number() {
        let leaves: Vec<Hash> = (0..3_u8).map(|n| Hash::of_leaf(&[n])).collect();
        let of = |order: &[usize]| order.iter().fold(Hash::default(), |before, n| chain(before, leaves[*n]));
        let all = of(&[0, 1, 2]);
        for other in [&[0, 2, 1][..], &[0, 1], &[1, 2], &[0, 0, 1, 2], &[]] {
            assert_ne!(of(other), all);
        }
    }
}
