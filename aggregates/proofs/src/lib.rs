//! What makes a ledger provable to somebody who does not trust whoever keeps it.
//!
//! Every event is a [`leaf`] of a Merkle tree as in RFC 6962 ([`tree`]), kept in [`tile`]s (C2SP tlog-tiles). A [`checkpoint`] says how large the
//! tree is and what its root is; it is a signed [`note`], signed by the log and cosigned by witnesses, of which a [`policy`] says
//! how many there must be. [`heads`] shows that nothing of a stream was left out.
//!
//! Pure: no clock, no files, no network. It depends on none of the other crates, so that a suspicious reader can read, build and
//! use it alone.

pub mod checkpoint;
pub mod cosignature;
pub mod encoding;
pub mod growth;
pub mod hash;
pub mod heads;
pub mod leaf;
pub mod note;
pub mod policy;
pub mod record;
pub mod tile;
pub mod tlog_proof;
pub mod tree;

pub use checkpoint::Checkpoint;
pub use hash::Hash;
