//! The edges of Baodao: HTTP, command line, configuration, clock, and the store adapters.

pub mod clock;
pub mod demo;
pub mod store;
