//! Demands (居民需求): whatever a resident asks: orders, wishes, grid issues, 百姓说事. Two ways lead to a taker:
//! *claimed* after publication, or *dispatched and accepted* (C1, C2).

mod claim;
mod complete;
mod deadline;
mod dispatch;
mod event;
mod evolve;
mod finish;
mod phase;
mod place;
mod rate;
pub mod refusal;
mod screen;
mod state;
mod terms;
mod whistle;
mod words;

pub use deadline::{awaits, lapses_at};
pub use event::DemandEvent;
pub use phase::{Phase, Rating};
pub use place::NewDemand;
pub use state::{BadRating, Demand};
pub use terms::{Channel, Completion, DemandKind, Due, Rater, Served, ServiceForm, Taker, Urgency};
pub use words::DemandWords;

#[cfg(test)]
mod tests;
