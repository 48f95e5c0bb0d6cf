//! Proofs out of the tiles that are kept.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use projections::ports::StoreError;
use proofs::Hash;
use proofs::note::Note;
use proofs::tile::{self, Tile};
use proofs::tlog_proof::TlogProof;
use proofs::tree::{self, Subtree};

use crate::store::Store;

/// Tiles read at once.
const PAGE: usize = 256;

/// The hashes over ranges of leaves of the tree of this size, which must have grown.
pub async fn hashes(store: &Store, size: u64, ranges: &[Range<u64>]) -> Result<Vec<Hash>, StoreError> {
    let mut tiles = BTreeSet::new();
    for range in ranges {
        tiles.extend(tree::subtrees(range.clone()).into_iter().map(|subtree| Tile::of(subtree, size).0));
    }
    let tiles: Vec<Tile> = tiles.into_iter().collect();
    let mut kept = HashMap::with_capacity(tiles.len());
    for page in tiles.chunks(PAGE) {
        kept.extend(store.log().tiles(page).await?);
    }
    let mut node = |subtree: Subtree| {
        let (tile, part) = Tile::of(subtree, size);
        kept.get(&tile).and_then(|hashes| hashes.get(part)).map(tile::whole)
    };
    let found =
        ranges.iter().map(|range| tree::hash_of(range.clone(), &mut node)).collect::<Option<Vec<Hash>>>();
    found.ok_or_else(|| StoreError::Damaged(format!("the log lacks tiles of the tree of {size} leaves")))
}

/// The root that the tree had when it was of this size.
pub async fn root(store: &Store, size: u64) -> Result<Hash, StoreError> {
    if size == 0 {
        return Ok(Hash::of_nothing());
    }
    let whole = 0..size;
    Ok(hashes(store, size, &[whole]).await?.first().copied().unwrap_or_default())
}

/// That the event at this position is in the tree of this size.
pub async fn inclusion(store: &Store, position: u64, size: u64) -> Result<Vec<Hash>, StoreError> {
    let ranges = position.checked_sub(1).and_then(|index| tree::inclusion(index, size));
    let ranges = ranges.ok_or_else(|| {
        StoreError::Misused(format!("position {position} is not in a tree of {size} leaves"))
    })?;
    hashes(store, size, &ranges).await
}

/// That the event at this position is in the newest checkpoint, as a file of its own (C2SP tlog-proof). None where it is in none yet.
pub async fn proof(store: &Store, position: u64) -> Result<Option<TlogProof>, StoreError> {
    let Some(published) = store.log().latest().await?.filter(|latest| (1..=latest.size).contains(&position))
    else {
        return Ok(None);
    };
    let note =
        Note::parse(published.note.as_bytes()).map_err(|error| StoreError::Damaged(error.to_string()))?;
    let proof = inclusion(store, position, published.size).await?;
    Ok(Some(TlogProof { index: position - 1, proof, note }))
}

/// That the tree of one size grew out of that of another.
pub async fn consistency(store: &Store, old: u64, new: u64) -> Result<Vec<Hash>, StoreError> {
    let ranges = tree::consistency(old, new);
    let ranges = ranges
        .ok_or_else(|| StoreError::Misused(format!("a tree of {new} leaves is smaller than one of {old}")))?;
    hashes(store, new, &ranges).await
}
