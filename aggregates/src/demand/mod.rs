//! Demands (居民需求): whatever a resident asks: orders, wishes, grid issues, 百姓说事. Two ways lead to a taker:
//! *claimed* after publication, or *dispatched and accepted* (C1, C2).

mod claim;
mod complete;
mod event;
mod place;
mod rate;
pub mod refusal;
mod state;

pub use event::{Channel, DemandEvent, DemandKind, Due, Rater, Served, ServiceForm, Taker, Urgency};
pub use place::NewDemand;
pub use state::{Demand, Phase};
