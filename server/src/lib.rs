//! The edges of Baodao: HTTP, command line, configuration, clock, the demonstration, and the store adapters.

pub mod app;
pub mod certificate;
pub mod cli;
pub mod clock;
mod console;
pub mod demo;
pub mod exchange;
mod fault;
pub mod http;
pub mod keyfile;
pub mod measures;
mod pace;
pub mod persons;
pub mod reach;
pub mod signin;
pub mod store;
pub mod telemetry;
pub mod tlog;
pub mod vault;

pub use app::App;
