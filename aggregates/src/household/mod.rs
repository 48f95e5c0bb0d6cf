//! Key households (重点居民户): opaque, with need tags; paired with members, who visit them (C8, C9, C13).

mod event;
mod pair;
pub mod refusal;
mod register;
mod state;
mod terms;
mod visit;

pub use event::HouseholdEvent;
pub use register::NewHousehold;
pub use state::Household;
pub use terms::{FiveHundreds, NeedTag, VisitDetails};

#[cfg(test)]
mod tests;
