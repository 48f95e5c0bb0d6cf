//! Emergencies (平急转换): a scope is turned from routine to emergency with a plan, members come to its grids, and it is turned back (F3, F4).
//!
//! A plan is told by its code and public title by whoever declares: plans are local papers that change more often than the
//! policy, and a list of them in the policy would change the policies already adopted.

mod decide;
mod event;
pub mod refusal;
mod scope;
mod state;

pub use decide::{Arrived, NewEmergency};
pub use event::{EmergencyEvent, EmergencyOutcome};
pub use scope::Scope;
pub use state::Emergency;

#[cfg(test)]
mod tests;
