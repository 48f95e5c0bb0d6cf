//! Read models: rows and pure folds of the journal, the projector that keeps them, and the two ports it needs.
//!
//! No projection issues a command, and none knows SQL.

pub mod ports;
//pub mod projection;
//pub mod projector;

pub use ports::{Feed, Shelf};
