//! Exclusions begin and end on their days by themselves (A5).

use std::sync::Arc;

use aggregates::ids::MemberId;
use aggregates::when;
use async_trait::async_trait;
use chrono::{DateTime, Days, Utc};
use projections::ports::{Condition, Find, Shelf};
use projections::{Members, Projection, StoreError};

use super::{Timer, Wake};
use crate::TurnExclusion;

const TURNS_ON: &str = "turns_on";

/// Finds members whose exclusion begins or ends by the business day. A row may be behind the journal: the command
/// looks again, and does nothing when the day was turned meanwhile.
pub struct TurnExclusions {
    shelf: Arc<dyn Shelf>,
}

impl TurnExclusions {
    /// A timer over the members on a shelf.
    pub fn new(shelf: Arc<dyn Shelf>) -> Self {
        Self { shelf }
    }
}

#[async_trait]
impl Timer for TurnExclusions {
    fn name(&self) -> &'static str {
        "turn_exclusions"
    }

    async fn due(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Wake>, StoreError> {
        let today = when::date_of(&when::local(now));
        let Some(tomorrow) = today.checked_add_days(Days::new(1)) else { return Ok(vec![]) };
        let find = Find {
            // Every day told is at or after the first.
            conditions: vec![
                Condition::AtLeast(TURNS_ON, "0".to_owned()),
                Condition::Below(TURNS_ON, tomorrow.to_string()),
            ],
            order: Some(TURNS_ON),
            limit,
            ..Find::default()
        };
        let (found, _) = self.shelf.find(&Members::sheet(), &find).await?;
        Ok(found
            .into_iter()
            .filter_map(|row| {
                let member = MemberId::new(row.key.clone()).ok()?;
                let cause = format!("{}/{}", row.key, row.order);
                Some(Wake { cause, command: Box::new(TurnExclusion { member }) })
            })
            .collect())
    }
}
