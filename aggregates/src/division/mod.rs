//! Divisions (区划): prefecture, county, street, community, by national code, with local aliases (gap G6).

mod decide;
mod event;

pub use decide::{CATALOGUE as REFUSALS, Division, unknown, unknown_community};
pub use event::DivisionEvent;
