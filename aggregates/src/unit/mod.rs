//! Units (机关企事业单位): class, links, reports with needs and resources, and their point card.

mod card;
mod enrolment;
mod event;
pub mod refusal;
#[cfg(test)]
mod service_tests;
mod state;

pub use card::SERVICE_SHARE;
pub use event::{UnitClass, UnitEvent};
pub use state::Unit;

#[cfg(test)]
mod tests;
