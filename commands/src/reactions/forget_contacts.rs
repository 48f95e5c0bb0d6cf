//! What was told of a demand is forgotten so many days after its end (PIPL art. 19).

use std::sync::Arc;

use aggregates::ids::DemandId;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use projections::ports::Shelf;
use projections::{Askers, StoreError};

use super::{Timer, Wake};
use crate::ForgetContact;

/// Finds demands whose words have been kept long enough. A row may be behind the journal: the command looks again, and does nothing when
/// the demand is open again.
pub struct ForgetContacts {
    shelf: Arc<dyn Shelf>,
}

impl ForgetContacts {
    /// A timer over the askers on a shelf.
    pub fn new(shelf: Arc<dyn Shelf>) -> Self {
        Self { shelf }
    }
}

#[async_trait]
impl Timer for ForgetContacts {
    fn name(&self) -> &'static str {
        "forget_contacts"
    }

    async fn due(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Wake>, StoreError> {
        let due = Askers::due(self.shelf.as_ref(), now, limit).await?;
        Ok(due
            .into_iter()
            .filter_map(|asker| {
                let demand = DemandId::new(asker.demand).ok()?;
                let cause = format!("{demand}/{}", asker.forget_at.unwrap_or_default());
                Some(Wake { cause, command: Box::new(ForgetContact { demand }) })
            })
            .collect())
    }
}
