//! Rows as they are read for a caller. Whoever reads for one reads through here: then the database holds, too, to what the caller may see.

use aggregates::circumstance::Actor;
use projections::ports::{Find, FoundRow, Sheet, StoreError};

use super::{Backend, Store};

/// The rows of a ledger, read for a caller.
pub struct SeenBy<'a> {
    store: &'a Store,
    caller: &'a Actor,
}

impl Store {
    /// The rows, read for this caller.
    pub fn seen_by<'a>(&'a self, caller: &'a Actor) -> SeenBy<'a> {
        SeenBy { store: self, caller }
    }

    /// Whether the database holds to what callers may see, too (docs/adr/0018).
    pub fn is_locked_twice(&self) -> bool {
        match &self.backend {
            Backend::Sqlite { .. } => false,
            Backend::Postgres { sheets, .. } => super::sql::SheetDb::is_locked_twice(sheets.db()),
        }
    }
}

impl SeenBy<'_> {
    /// Live rows and the checkpoint they reflect, read in one snapshot. Where the database has a second lock, it gives what the caller may see
    /// and no more, whatever was asked.
    pub async fn find(&self, sheet: &Sheet, find: &Find) -> Result<(Vec<FoundRow>, u64), StoreError> {
        match &self.store.backend {
            Backend::Sqlite { sheets, .. } => sheets.find_for(Some(self.caller), sheet, find).await,
            Backend::Postgres { sheets, .. } => sheets.find_for(Some(self.caller), sheet, find).await,
        }
    }
}
