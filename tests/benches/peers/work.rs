//! What everybody is asked to do at appending.

use serde::{Deserialize, Serialize};

use crate::measure::Pace;

/// What everybody is asked to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Work {
    /// How hard and how long.
    pub pace: Pace,
    /// Streams filled before.
    pub streams: usize,
    /// Events that each of them has then.
    pub length: usize,
    /// Whether all clients want one and the same stream.
    pub hot: bool,
}

impl Work {
    /// The stream that a client's n-th command is for, and how many of its commands that stream has had. No two clients share one.
    pub fn own(&self, client: usize, n: u64) -> (usize, u64) {
        let each = (self.streams / self.pace.clients).max(1) as u64;
        (client + self.pace.clients * (n % each) as usize, n / each)
    }
}
