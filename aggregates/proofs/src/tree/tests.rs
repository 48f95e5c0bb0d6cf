use proptest::prelude::*;

use super::*;
use crate::hash::Sm3;

/// As RFC 6962 §2.1 defines it, word for word.
fn mth(leaves: &[Vec<u8>]) -> Hash {
    match leaves {
        [] => Hash::of_nothing(),
        [leaf] => Hash::of_leaf(leaf),
        leaves => {
            let mut k = 1;
            while k * 2 < leaves.len() {
                k *= 2;
            }
            Hash::of_nodes(&mth(&leaves[..k]), &mth(&leaves[k..]))
        }
    }
}

fn leaves(count: u64) -> Vec<Vec<u8>> {
    (0..count).map(|n| n.to_be_bytes().to_vec()).collect()
}

fn tree(count: u64) -> Tree {
    leaves(count).iter().map(|leaf| Hash::of_leaf(leaf)).collect()
}

const MOST: u64 = 70;

#[test]
fn the_root_is_that_of_the_standard() {
    let mut frontier = Frontier::<Sha256>::default();
    for size in 0..=MOST {
        let leaves = leaves(size);
        assert_eq!(tree(size).root(), mth(&leaves), "{size} leaves");
        assert_eq!((frontier.size(), frontier.root()), (size, mth(&leaves)));
        frontier.push(Hash::of_leaf(&size.to_be_bytes()));
    }
}

/// Issue 4 A: the second tree has the shape of the first, and SM3 in it.
#[test]
fn a_frontier_is_hashed_with_sm3_and_taken_up_again() {
    fn root(leaves: &[Vec<u8>]) -> Hash {
        match leaves {
            [] => Sm3::of_nothing(),
            [leaf] => Sm3::of(&[&[0], leaf]),
            more => {
                let (left, right) = more.split_at(split(more.len() as u64) as usize);
                Sm3::of(&[&[1], &root(left).0, &root(right).0])
            }
        }
    }
    let mut frontier = Frontier::<Sm3>::default();
    for size in 0..=MOST {
        assert_eq!(frontier.root(), root(&leaves(size)));
        let (size, peaks) = (frontier.size(), frontier.peaks().to_vec());
        assert!(Frontier::<Sm3>::of(size, [&peaks[..], &[Hash::default()]].concat()).is_none());
        frontier = Frontier::of(size, peaks).unwrap();
        frontier.push(Sm3::of_leaf(&size.to_be_bytes()));
    }
}

#[test]
fn every_leaf_of_every_tree_is_proved_and_no_other() {
    for size in 1..=MOST {
        let tree = tree(size);
        for index in 0..size {
            let leaf = Hash::of_leaf(&index.to_be_bytes());
            let proof = tree.hashes(inclusion(index, size).unwrap()).unwrap();
            assert!(is_included(leaf, index, size, &proof, tree.root()), "{index} of {size}");
            assert!(!is_included(Hash::of_leaf(b"other"), index, size, &proof, tree.root()));
            for other in (0..size + 2).filter(|other| *other != index) {
                assert!(!is_included(leaf, other, size, &proof, tree.root()), "{index} as {other} of {size}");
            }
            let mut longer = proof.clone();
            longer.push(Hash::default());
            assert!(!is_included(leaf, index, size, &longer, tree.root()));
            if let Some((_, shorter)) = proof.split_last() {
                assert!(!is_included(leaf, index, size, shorter, tree.root()));
            }
        }
    }
}

#[test]
fn growth_is_proved_and_nothing_else_is() {
    for new in 0..=MOST {
        let grown = tree(new);
        for old in 0..=new {
            let before = tree(old);
            let proof = grown.hashes(consistency(old, new).unwrap()).unwrap();
            assert!(is_consistent(old, new, before.root(), grown.root(), &proof), "{old} to {new}");
            if old > 0 {
                let mut other = leaves(old);
                other[0] = b"edited".to_vec();
                assert!(!is_consistent(old, new, mth(&other), grown.root(), &proof), "{old} to {new}");
            }
            for place in 0..proof.len() {
                let mut bent = proof.clone();
                bent[place].0[0] ^= 1;
                assert!(!is_consistent(old, new, before.root(), grown.root(), &bent), "{old} to {new}");
            }
            let mut longer = proof.clone();
            longer.push(Hash::default());
            assert!(!is_consistent(old, new, before.root(), grown.root(), &longer), "{old} to {new}");
            if let Some((_, shorter)) = proof.split_last() {
                assert!(!is_consistent(old, new, before.root(), grown.root(), shorter), "{old} to {new}");
            }
        }
        assert_eq!(consistency(new + 1, new), None);
    }
}

#[test]
fn what_is_beyond_all_sense_is_refused() {
    let (one, many) = (Hash::default(), vec![Hash::default(); PROOF_MAX + 1]);
    assert!(!is_included(one, 0, 0, &[], one));
    assert!(!is_included(one, u64::MAX, u64::MAX, &many, one));
    assert!(!is_included(one, u64::MAX - 1, u64::MAX, &many[..64], one));
    assert!(!is_consistent(u64::MAX - 1, u64::MAX, one, one, &many[..64]));
    assert!(!is_consistent(1, u64::MAX, one, one, &[]));
    assert!(!is_consistent(0, 0, one, one, &[]), "the root of nothing is the hash of nothing");
}

proptest! {
    #[test]
    fn large_trees_are_proved_too(size in 1_u64..5_000, at in any::<prop::sample::Index>(), old in any::<prop::sample::Index>()) {
        let tree = tree(size);
        let (index, old) = (at.index(size as usize) as u64, old.index(size as usize) as u64);
        let proof = tree.hashes(inclusion(index, size).unwrap()).unwrap();
        prop_assert!(is_included(Hash::of_leaf(&index.to_be_bytes()), index, size, &proof, tree.root()));
        let before = root(old, &mut |subtree| tree.node(subtree)).unwrap();
        let proof = tree.hashes(consistency(old, size).unwrap()).unwrap();
        prop_assert!(is_consistent(old, size, before, tree.root(), &proof));
    }
}
