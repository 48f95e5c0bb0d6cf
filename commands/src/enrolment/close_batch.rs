//! Reconciling a batch (A6).

use std::collections::BTreeSet;

use aggregates::batch::Batch;
use aggregates::ids::{BatchId, MemberId};
use aggregates::member::Member;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Closes a batch with its reconciliation: received, missing, unexpected (A6). Nobody excluded or retired is missing (A5).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseBatch {
    /// The batch.
    pub batch: BatchId,
}

#[async_trait]
impl Command for CloseBatch {
    const NAME: &'static str = "close-batch";
    const TITLE: &'static str = "批次对账";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let batch = sitting.open::<Batch>(self.batch.as_str()).await?;
        let absent: Vec<MemberId> = sitting.see(batch).absent().cloned().collect();
        let mut not_due = BTreeSet::new();
        for id in absent {
            let member = sitting.look::<Member>(id.as_str()).await?;
            if member.is_retired() || member.is_excluded_on(at.date()) {
                not_due.insert(id);
            }
        }
        let it = self.batch.clone();
        sitting.record(batch, move |batch| batch.close(&it, &not_due, &at)).await?;
        Ok(())
    }
}
