//! Many reports in one step (A6).

use aggregates::batch::{Arrival, Batch};
use aggregates::ids::BatchId;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// The members of a batch report, all of them in one step; one row that is wrong refuses the whole, naming the row (A6).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchReport {
    /// The batch.
    pub batch: BatchId,
    /// Who reports, and of which kind: 1 to 500 rows.
    pub reports: Vec<Arrival>,
}

#[async_trait]
impl Command for BatchReport {
    const NAME: &'static str = "batch-report";
    const TITLE: &'static str = "分批报到";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let batch = sitting.open::<Batch>(self.batch.as_str()).await?;
        let community = sitting.see(batch).must_be_open(&self.batch)?.clone();
        let it = self.clone();
        sitting.record(batch, move |batch| batch.receive(&it.batch, &it.reports, &at)).await?;
        for (row, arrival) in self.reports.iter().enumerate() {
            super::reporting::report(sitting, arrival, &community, Some(&self.batch))
                .await
                .map_err(|trouble| super::reporting::at_row(trouble, "reports", row))?;
        }
        Ok(())
    }
}
