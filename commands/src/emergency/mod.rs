//! Turning a scope from routine to emergency and back, and coming to its grids (F3, F4).
//!
//! The county's stream keeps what is in force in it, so that two who declare the same place at once are told of each other.

mod declare_emergency;
mod muster;
mod stand_down;

pub use declare_emergency::DeclareEmergency;
pub use muster::Muster;
pub use stand_down::StandDown;
