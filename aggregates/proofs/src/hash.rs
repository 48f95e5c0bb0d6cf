//! Hashes of leaves and of what is above them (RFC 6962 §2.1, with SHA-256).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::encoding;

/// Says that a leaf is hashed: nobody can pass a node off as a leaf.
const LEAF: u8 = 0;
/// Says that two nodes are hashed.
const NODE: u8 = 1;

/// 32 bytes of SHA-256. As text, Base 64.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Hash(pub [u8; Self::SIZE]);

impl Hash {
    /// Bytes of a hash.
    pub const SIZE: usize = 32;

    /// Of bytes as they are.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Of a leaf.
    pub fn of_leaf(leaf: &[u8]) -> Self {
        Self(Sha256::new().chain_update([LEAF]).chain_update(leaf).finalize().into())
    }

    /// Of two nodes side by side.
    pub fn of_nodes(left: &Self, right: &Self) -> Self {
        Self(Sha256::new().chain_update([NODE]).chain_update(left.0).chain_update(right.0).finalize().into())
    }

    /// Of the tree without leaves.
    pub fn of_nothing() -> Self {
        Self::of(&[])
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
