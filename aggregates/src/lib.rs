//! The domain of Baodao: facts, states, decisions and policy, in reading order.
//!
//! Everything here is pure. No aggregate reads a clock, a file, a database or a random number: what a
//! decision may know besides its own streams (time, actor, policy in force) arrives as a [`Circumstance`].

pub mod decider;
pub mod refusal;

pub mod ids;
pub mod subject;
pub mod when;

pub mod calendar;
pub mod document;
pub mod policy;
pub mod visits;

pub mod circumstance;

pub mod ledger;
pub mod log;
pub mod recorded;
pub mod upcast;

pub mod access;
pub mod opinion;
pub mod points;
pub mod reading;

#[cfg(test)]
pub(crate) mod sample;

pub mod agreement;
pub mod appraisal;
pub mod batch;
pub mod demand;
pub mod division;
pub mod emergency;
pub mod estate;
pub mod grid;
pub mod group;
pub mod household;
pub mod member;
pub mod person;
pub mod rulebook;
pub mod unit;

#[cfg(test)]
mod given;

pub use circumstance::{Actor, Circumstance, Role};
pub use decider::{Act, Decider, Stream};
pub use ledger::LedgerEvent;
pub use recorded::{EventRow, Meta, Recorded, StoredEvent};
pub use refusal::{Kind, Refusal};
pub use subject::{Subject, SubjectKind};
