//! Facts of the log.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A fact of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum LogEvent {
    /// The map of heads was made: where each stream of a member or unit ends.
    HeadsPublished {
        /// Events that it is of: all up to this position.
        size: u64,
        /// How many streams are in it.
        streams: u64,
        /// Its root, 32 bytes in Base 64.
        root: String,
    },
}

crate::facts!(LogEvent: HeadsPublished "1.0");
