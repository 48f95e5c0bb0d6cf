//! Tiles: 256 hashes of one level of the tree together, as they are kept and served (C2SP tlog-tiles).

use std::fmt::Write as _;

use crate::Hash;
use crate::encoding::decimal;
use crate::tree::{self, Subtree};

/// Levels of the tree that a tile spans.
pub const HEIGHT: u8 = 8;
/// Hashes of a full tile.
pub const WIDTH: u64 = 1 << HEIGHT;
/// Levels of tiles that there can be at all.
const LEVELS: u8 = 64;

/// Which tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tile {
    /// 0 for leaves; each level stands [`HEIGHT`] above the one below.
    pub level: u8,
    /// Among those of its level, from 0.
    pub index: u64,
    /// How many hashes, 1 to [`WIDTH`].
    pub width: u64,
}

/// Where a tile or a bundle of entries is found: `tile/…` without the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Hashes.
    Tile(Tile),
    /// The leaves of a tile of level 0, as they are.
    Entries {
        /// Of the tile.
        index: u64,
        /// Of the tile.
        width: u64,
    },
}

impl Tile {
    /// The tile that a complete subtree's hash is made from, in a tree of this size, and where in it that hash's parts are.
    pub fn of(subtree: Subtree, size: u64) -> (Self, std::ops::Range<usize>) {
        let (level, above) = (subtree.level / HEIGHT, subtree.level % HEIGHT);
        let first = subtree.index << above;
        let index = first / WIDTH;
        let from = (first % WIDTH) as usize;
        (Self::in_tree(level, index, size), from..from + (1 << above))
    }

    /// The tile at this place of a tree of this size: how wide it is.
    pub fn in_tree(level: u8, index: u64, size: u64) -> Self {
        let hashes = size.checked_shr(u32::from(level) * u32::from(HEIGHT)).unwrap_or(0);
        Self { level, index, width: hashes.saturating_sub(index * WIDTH).min(WIDTH) }
    }

    /// All tiles of a tree of this size, those of the lowest level first.
    pub fn all(size: u64) -> impl Iterator<Item = Self> {
        (0..LEVELS / HEIGHT)
            .map(move |level| (level, size.checked_shr(u32::from(level) * u32::from(HEIGHT)).unwrap_or(0)))
            .take_while(|(_, hashes)| *hashes > 0)
            .flat_map(move |(level, hashes)| {
                (0..hashes.div_ceil(WIDTH)).map(move |index| Self::in_tree(level, index, size))
            })
    }

    /// `0/x001/234` and, if partial, `.p/12`.
    pub fn path(&self) -> String {
        format!("{}/{}", self.level, place(self.index, self.width))
    }
}

impl Place {
    /// From the path behind `tile/`. None where it is not the one way to write a place.
    pub fn parse(path: &str) -> Option<Self> {
        let (level, rest) = path.split_once('/')?;
        let (number, width) = match rest.split_once(".p/") {
            None => (rest, WIDTH),
            Some((number, width)) => (number, decimal(width).filter(|width| (1..WIDTH).contains(width))?),
        };
        let mut index = 0_u64;
        let parts: Vec<&str> = number.split('/').collect();
        for (turn, part) in parts.iter().enumerate() {
            let digits = if turn + 1 < parts.len() { part.strip_prefix('x')? } else { part };
            let digits = Some(digits)
                .filter(|digits| digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit()))?;
            index = index.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
        }
        let found = if level == "entries" {
            Self::Entries { index, width }
        } else {
            Self::Tile(Tile {
                level: decimal(level).filter(|level| *level < u64::from(LEVELS))? as u8,
                index,
                width,
            })
        };
        (found.path() == path).then_some(found)
    }

    /// The path behind `tile/`.
    pub fn path(&self) -> String {
        match self {
            Self::Tile(tile) => tile.path(),
            Self::Entries { index, width } => format!("entries/{}", place(*index, *width)),
        }
    }
}

/// `x001/234/067.p/12`
fn place(index: u64, width: u64) -> String {
    let mut text = format!("{:03}", index % 1000);
    let mut rest = index / 1000;
    while rest > 0 {
        text.insert_str(0, &format!("x{:03}/", rest % 1000));
        rest /= 1000;
    }
    if width < WIDTH {
        let _ = write!(text, ".p/{width}");
    }
    text
}

/// The bytes of a tile.
pub fn bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// Hashes out of the bytes of a tile; none where they are no whole number of hashes.
pub fn hashes(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks::<{ Hash::SIZE }>();
    rest.is_empty().then(|| hashes.iter().copied().map(Hash).collect())
}

/// Leaves as an entry bundle has them: each behind its length, two bytes. None where one is too long for that.
pub fn bundle<'a>(leaves: impl IntoIterator<Item = &'a [u8]>) -> Option<Vec<u8>> {
    let mut bundle = Vec::new();
    for leaf in leaves {
        bundle.extend(u16::try_from(leaf.len()).ok()?.to_be_bytes());
        bundle.extend(leaf);
    }
    Some(bundle)
}

/// The leaves of an entry bundle; none where it breaks off.
pub fn leaves(mut bundle: &[u8]) -> Option<Vec<&[u8]>> {
    let mut found = Vec::new();
    while let Some((length, rest)) = bundle.split_first_chunk::<2>() {
        let (leaf, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        found.push(leaf);
        bundle = rest;
    }
    bundle.is_empty().then_some(found)
}

/// The right edge of a tree that grows: the tiles that are not full yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    /// By level; fewer than [`WIDTH`] hashes each.
    partial: Vec<Vec<Hash>>,
}

impl Edge {
    /// The edge of a tree of this size, with its partial tiles by level. None where they are not as many hashes as there must be.
    pub fn of(size: u64, partial: Vec<Vec<Hash>>) -> Option<Self> {
        let expected = |level: usize| size.checked_shr(level as u32 * u32::from(HEIGHT)).unwrap_or(0);
        let fits =
            partial.iter().enumerate().all(|(level, hashes)| expected(level) % WIDTH == hashes.len() as u64);
        (fits && expected(partial.len()) == 0).then_some(Self { size, partial })
    }

    /// Levels of tiles of a tree of this size.
    pub fn levels(size: u64) -> u8 {
        (0..LEVELS / HEIGHT).take_while(|level| size >> (level * HEIGHT) > 0).count() as u8
    }

    /// Adds a leaf. Tiles that become full are handed to `full`.
    pub fn push(&mut self, leaf: Hash, mut full: impl FnMut(Tile, &[Hash])) {
        self.size += 1;
        let mut hash = leaf;
        for level in 0.. {
            if self.partial.len() == level {
                self.partial.push(Vec::with_capacity(WIDTH as usize));
            }
            let hashes = &mut self.partial[level];
            hashes.push(hash);
            if (hashes.len() as u64) < WIDTH {
                return;
            }
            let level = level as u8;
            let index = (self.size >> (level * HEIGHT)) / WIDTH - 1;
            full(Tile { level, index, width: WIDTH }, hashes);
            hash = whole(hashes);
            hashes.clear();
        }
    }

    /// How many leaves there are.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Its tiles that are not full, without those that are empty.
    pub fn tiles(&self) -> impl Iterator<Item = (Tile, &[Hash])> {
        let tile = |level| Tile::in_tree(level, (self.size >> (level * HEIGHT)) / WIDTH, self.size);
        (0..)
            .zip(&self.partial)
            .filter(|(_, hashes)| !hashes.is_empty())
            .map(move |(level, hashes)| (tile(level), hashes.as_slice()))
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        let peaks = self.partial.iter().rev().flat_map(|hashes| {
            let mut from = 0;
            tree::subtrees(0..hashes.len() as u64).into_iter().map(move |subtree| {
                let part = &hashes[from..from + (1 << subtree.level)];
                from += part.len();
                whole(part)
            })
        });
        tree::fold(peaks.collect::<Vec<_>>().into_iter()).unwrap_or_else(Hash::of_nothing)
    }
}

/// The hash over a power of two of hashes.
pub fn whole(hashes: &[Hash]) -> Hash {
    let mut row = hashes.to_vec();
    while row.len() > 1 {
        row = row
            .chunks(2)
            .map(|pair| {
                pair.iter().copied().reduce(|left, right| Hash::of_nodes(&left, &right)).unwrap_or_default()
            })
            .collect();
    }
    row.first().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::hash::Sha256;
    use crate::tree::{Frontier, Tree};

    fn leaf(n: u64) -> Hash {
        Hash::of_leaf(&n.to_be_bytes())
    }

    #[test]
    fn paths_are_those_of_the_specification() {
        for (place, path) in [
            (Place::Tile(Tile { level: 0, index: 1_234_067, width: 256 }), "0/x001/x234/067"),
            (Place::Tile(Tile { level: 2, index: 0, width: 1 }), "2/000.p/1"),
            (Place::Tile(Tile { level: 0, index: 273, width: 112 }), "0/273.p/112"),
            (Place::Entries { index: 1000, width: 256 }, "entries/x001/000"),
        ] {
            assert_eq!(place.path(), path);
            assert_eq!(Place::parse(path), Some(place));
        }
        for wrong in [
            "",
            "0",
            "0/",
            "0/0",
            "0/00",
            "0/1000",
            "0/x000/001",
            "0/001/002",
            "00/001",
            "64/001",
            "0/001.p/0",
            "0/001.p/256",
            "0/001.p/01",
            "0/001.p/",
            "0/../001",
            "0/x001/../002",
            "entries",
            "entries/1",
            "-1/001",
            "0/+01",
            "0/x999/x999/x999/x999/x999/x999/x999/999",
            "0/001/",
        ] {
            assert_eq!(Place::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_tree_of_70_000_has_the_tiles_that_the_specification_names() {
        let tiles: Vec<Tile> = Tile::all(70_000).collect();
        let count =
            |level, width| tiles.iter().filter(|tile| tile.level == level && tile.width == width).count();
        assert_eq!(
            (count(0, 256), count(0, 112), count(1, 256), count(1, 17), count(2, 1)),
            (273, 1, 1, 1, 1)
        );
        assert_eq!(tiles.len(), 277);
        let of_256: Vec<Tile> = Tile::all(256).collect();
        assert_eq!(of_256, [Tile { level: 0, index: 0, width: 256 }, Tile { level: 1, index: 0, width: 1 }]);
    }

    #[test]
    fn an_edge_grows_into_the_tiles_of_the_tree_and_can_be_taken_up_again() {
        let (mut edge, mut full, mut frontier, mut tree) =
            (Edge::default(), HashMap::new(), Frontier::<Sha256>::default(), Tree::default());
        for n in 0..70_000_u64 {
            edge.push(leaf(n), |tile, hashes| drop(full.insert(tile, hashes.to_vec())));
            frontier.push(leaf(n));
            tree.push(leaf(n));
            if n % 997 == 0 || n % 256 > 253 || n == 65_535 {
                assert_eq!((edge.size(), edge.root()), (n + 1, frontier.root()), "{n}");
                let mut partial = vec![vec![]; usize::from(Edge::levels(n + 1))];
                for (tile, hashes) in edge.tiles() {
                    partial[usize::from(tile.level)] = hashes.to_vec();
                }
                assert_eq!(Edge::of(n + 1, partial.clone()).unwrap(), edge);
                assert_eq!(Edge::of(n + 2, partial), None);
            }
        }
        full.extend(edge.tiles().map(|(tile, hashes)| (tile, hashes.to_vec())));
        let mut expected: Vec<Tile> = Tile::all(70_000).collect();
        let mut found: Vec<Tile> = full.keys().copied().collect();
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected);
        for level in 0..=16 {
            for index in [0, 1, 5, (70_000 >> level) - 1].into_iter().filter(|index| *index < 70_000 >> level)
            {
                let subtree = Subtree { level, index };
                let (tile, part) = Tile::of(subtree, 70_000);
                assert_eq!(whole(&full[&tile][part]), tree.node(subtree).unwrap(), "{subtree:?}");
            }
        }
    }

    #[test]
    fn bundles_are_taken_apart_as_they_were_put_together() {
        let all = [&b"one"[..], b"", b"three"];
        let bundle = bundle(all).unwrap();
        assert_eq!(leaves(&bundle).unwrap(), all);
        assert_eq!(leaves(&bundle[..bundle.len() - 1]), None);
        assert_eq!(super::bundle([vec![0; 65_536].as_slice()]), None);
    }
}
