//! Claims whose last day is past, and dispatches that nobody answered, lapse by themselves (C1, C2).

use std::sync::Arc;

use aggregates::ids::DemandId;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use projections::ports::Shelf;
use projections::{RunningClaims, StoreError};

use super::{Timer, Wake};
use crate::LapseClaim;

/// Finds what has run out among the running claims and dispatches. A row may be behind the journal: the command looks
/// again, and does nothing when the demand was completed or given back meanwhile.
pub struct LapseClaims {
    shelf: Arc<dyn Shelf>,
}

impl LapseClaims {
    /// A timer over the running claims on a shelf.
    pub fn new(shelf: Arc<dyn Shelf>) -> Self {
        Self { shelf }
    }
}

#[async_trait]
impl Timer for LapseClaims {
    fn name(&self) -> &'static str {
        "lapse_claims"
    }

    async fn due(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Wake>, StoreError> {
        let overdue = RunningClaims::overdue(self.shelf.as_ref(), now, limit).await?;
        Ok(overdue
            .into_iter()
            .filter_map(|claim| {
                let demand = DemandId::new(claim.demand.clone()).ok()?;
                let cause = format!("{}/{}", claim.demand, claim.lapses_at);
                Some(Wake { cause, command: Box::new(LapseClaim { demand }) })
            })
            .collect())
    }
}
