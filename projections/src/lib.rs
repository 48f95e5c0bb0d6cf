//! Read models: rows and pure folds of the journal, the projector that keeps them, and the two ports it needs.
//!
//! No projection issues a command, and none knows SQL.

pub mod as_of;
pub mod changes;
mod courtesy;
pub mod fold;
pub mod ports;
pub mod projection;
pub mod projector;
pub mod rebuild;
pub mod replay;
pub mod resource;
pub mod sheets;

mod access;
mod appraisal;
mod emergency;
mod enrolment;
mod grids;
mod history;
mod point_cards;
mod running_claims;
mod service;
mod statistics;
mod timer;
mod what_if;

pub use access::*;
pub use appraisal::*;
pub use as_of::as_of;
pub use changes::{Change, ChangeKind};
pub use emergency::*;
pub use enrolment::*;
pub use grids::*;
pub use history::{History, HistoryLine};
pub use point_cards::{CardLine, PointCard, PointCards};
pub use ports::{Feed, Shelf, StoreError};
pub use projection::Projection;
pub use projector::Projector;
pub use replay::{Replay, RowChange, RowState};
pub use resource::{Resource, Told};
pub use running_claims::{RunningClaim, RunningClaims};
pub use service::*;
pub use statistics::*;
pub use what_if::*;
