//! Use cases: one struct and one file per verb, and the [`Desk`], the only way to change anything.
//!
//! A command is what a form, a JSON body, a line of a batch and a row of an import all become. It opens the streams
//! that it decides over in a [`Sitting`], asks their intention methods, and the desk appends the facts of all of
//! them in one atomic step.

pub mod authority;
pub mod clock;
pub mod command;
pub mod desk;
pub mod in_order;
mod intake;
pub mod journal;
mod keys;
mod line;
pub mod personal;
pub mod reactions;
pub mod registry;
pub mod rehearse;
mod scout;
pub mod sitting;
mod states;
pub mod trouble;
pub mod vault;
pub mod whole;

mod access;
mod appraisal;
mod discipline;
mod emergency;
mod enrolment;
mod grids;
mod log;
mod opinion;
mod person;
mod points;
mod praise;
mod reading;
mod rulebook;
mod service;
mod visits;

pub use access::*;
pub use appraisal::*;
pub use clock::Clock;
pub use command::{AnyCommand, Command};
pub use desk::{Desk, Envelope, Reply, TRACE};
pub use discipline::*;
pub use emergency::*;
pub use enrolment::*;
pub use grids::*;
pub use in_order::Submission;
pub use journal::{Journal, JournalError, Receipt};
pub use log::*;
pub use opinion::*;
pub use person::*;
pub use points::*;
pub use praise::*;
pub use reading::*;
pub use rehearse::Rehearsal;
pub use rulebook::*;
pub use service::*;
pub use sitting::Sitting;
pub use trouble::Trouble;
pub use vault::{Vault, VaultError};
pub use visits::*;
pub use whole::{RowRefusal, Whole};
