//! Batches of reports (分批报到): who is expected in a community, who arrives, and what is missing when the batch is
//! closed (A6).

mod decide;
mod event;
pub mod refusal;
mod state;

pub use event::{Arrival, BatchEvent};
pub use state::Batch;
