//! What the ledger says about its own log (透明日志): where all streams of members and units ended at a position, as the root of a
//! map. Being an event, it is in the tree itself: a wrong map is a lie that can be proved.

mod decide;
mod event;

pub use decide::{CATALOGUE as REFUSALS, Log};
pub use event::LogEvent;

/// The one stream of this kind in a ledger.
pub const STREAM: &str = "heads";
