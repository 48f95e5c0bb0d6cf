//! Hashes of leaves and of what is above them (RFC 6962 §2.1): with SHA-256, or, in a second tree, with SM3 (GB/T 32905).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::Digest as _;
use sm3::Digest as _;

use crate::encoding;

/// Says that a leaf is hashed: nobody can pass a node off as a leaf.
const LEAF: u8 = 0;
/// Says that two nodes are hashed.
const NODE: u8 = 1;

/// What a tree is hashed with.
pub trait Hashing {
    /// Of bytes in parts.
    fn of(parts: &[&[u8]]) -> Hash;

    /// Of a leaf.
    fn of_leaf(leaf: &[u8]) -> Hash {
        Self::of(&[&[LEAF], leaf])
    }

    /// Of two nodes side by side.
    fn of_nodes(left: &Hash, right: &Hash) -> Hash {
        Self::of(&[&[NODE], &left.0, &right.0])
    }

    /// Of the tree without leaves.
    fn of_nothing() -> Hash {
        Self::of(&[])
    }
}

/// The tree that proofs are of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sha256;

impl Hashing for Sha256 {
    fn of(parts: &[&[u8]]) -> Hash {
        let all = parts.iter().fold(sha2::Sha256::new(), sha2::Digest::chain_update);
        Hash(all.finalize().into())
    }
}

/// The second tree, of the same leaves 国密.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sm3;

impl Hashing for Sm3 {
    fn of(parts: &[&[u8]]) -> Hash {
        let all = parts.iter().fold(sm3::Sm3::new(), sm3::Digest::chain_update);
        Hash(all.finalize().into())
    }
}

/// 32 bytes, of SHA-256 where nothing else is said. As text, Base 64.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Hash(pub [u8; Self::SIZE]);

impl Hash {
    /// Bytes of a hash.
    pub const SIZE: usize = 32;

    /// Of bytes as they are.
    pub fn of(bytes: &[u8]) -> Self {
        Sha256::of(&[bytes])
    }

    /// Of a leaf.
    pub fn of_leaf(leaf: &[u8]) -> Self {
        Sha256::of_leaf(leaf)
    }

    /// Of two nodes side by side.
    pub fn of_nodes(left: &Self, right: &Self) -> Self {
        Sha256::of_nodes(left, right)
    }

    /// Of the tree without leaves.
    pub fn of_nothing() -> Self {
        Sha256::of_nothing()
    }

    /// From its Base 64 text.
    pub fn parse(text: &str) -> Option<Self> {
        encoding::from_base64(text)?.try_into().ok().map(Self)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encoding::base64(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("expected 32 bytes in Base 64"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Issue 4 A: SM3 of GB/T 32905, example 1 of its appendix A, and example 2.
    #[test]
    fn sm3_is_that_of_the_standard() {
        let hex = |hash: Hash| hash.0.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        let abc = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
        assert_eq!(hex(Sm3::of(&[b"abc"])), abc);
        assert_eq!(hex(Sm3::of(&[b"a", b"", b"bc"])), abc, "parts are put together");
        let long = "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732";
        assert_eq!(hex(Sm3::of(&["abcd".repeat(16).as_bytes()])), long);
        assert_ne!(Sm3::of_leaf(b"abc"), Sha256::of_leaf(b"abc"));
    }
}
