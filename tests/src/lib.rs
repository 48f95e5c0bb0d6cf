//! What black-box tests stand on: throw-away databases, ledgers in them, and connections that can be cut.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::missing_panics_doc)]

pub mod append;
pub mod browser;
pub mod checker;
pub mod cluster;
pub mod door;
pub mod fuzz;
pub mod memory;
pub mod place;
pub mod program;
pub mod provider;
pub mod proxy;
pub mod race;
pub mod rigs;
pub mod schema;
pub mod serving;
pub mod simulation;
pub mod soak;
pub mod town;
