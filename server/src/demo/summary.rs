//! What a department head wants to know of the season.

use std::fmt;

use super::{City, Driven};

/// The summary of a demonstration.
pub struct Summary {
    /// The city.
    pub city: City,
    /// What came of the script.
    pub driven: Driven,
    /// Events in the ledger.
    pub events: u64,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: {} commands, {} events, {:.1?}",
            self.city.title, self.driven.accepted, self.events, self.driven.took
        )?;
        writeln!(f, "refused as meant: {:?}", self.driven.refused)?;
        writeln!(f, "surprises: {:?}", self.driven.surprises)
    }
}
