//! Emergencies as they are read (F3, F4): the register, who came, the roster of who is due, and the mode of a place.

mod emergencies;
mod mode;
mod musters;
mod roster;

pub use emergencies::{Emergencies, EmergencyRow, EmergencyState};
pub use mode::{Mode, ModeOfPlace, mode_of};
pub use musters::{MusterRow, Musters};
pub use roster::{EmergencyRoster, GridMuster, RosterEntry, emergency_roster};

#[cfg(test)]
mod tests;
