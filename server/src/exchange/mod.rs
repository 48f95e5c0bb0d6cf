//! Files in and out: CSV and Excel, the same columns both ways, all or nothing, errors by row and column (design §5).
//!
//! [`kinds`] is the one table that reading, writing, templates and explanations draw on.

pub mod column;
pub mod export;
pub mod fault;
pub mod import;
pub mod kinds;
pub mod write;

mod cell;
mod list;
mod read;
#[cfg(test)]
mod tests;

pub use export::{ExportError, Exported, export};
pub use fault::{ColumnAt, Fault, Faults, Said};
pub use import::{Import, Imported, NotImported};
pub use kinds::{KINDS, Kind, NAMES, kind};
pub use write::{Format, WriteError, template};
