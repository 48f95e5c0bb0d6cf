//! Grids (网格): their codes, filing at the prefecture, redrawing, and who stands on their rosters (B1–B17).
//!
//! A grid is a stream for ever: a redraw ends the old ones on a day and begins new ones that name them as
//! predecessors, so that history stays with the code under which it happened (B3).

mod define;
mod duty;
mod event;
mod holder;
mod post;
mod redraw;
pub mod refusal;
mod state;
#[cfg(test)]
mod tests;

pub use duty::NewDuty;
pub use event::{DutyItem, GridEvent, GridKind, HouseholdBounds, RosterSlot};
pub use holder::{Holder, member_sources};
pub use post::Appointment;
pub use redraw::{NewGrid, Redraw};
pub use state::{Grid, Tenure};
