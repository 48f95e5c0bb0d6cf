//! That personal records were read (查阅登记).

use aggregates::reading::{Reading, Readings};
use aggregates::when;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Records what was shown to somebody of an office, before it is shown. Only the house itself does.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordReading {
    /// Who, what, about whom.
    pub reading: Reading,
}

#[async_trait]
impl Command for RecordReading {
    const NAME: &'static str = "record-reading";
    const TITLE: &'static str = "登记查阅";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        // A stream for each reader and day, so that none grows without end.
        let stream = format!("{}:{}", self.reading.by, when::date_of(&at.at));
        let readings = sitting.open::<Readings>(&stream).await?;
        let reading = self.reading.clone();
        sitting.record(readings, move |readings| readings.record(&reading, &at)).await?;
        Ok(())
    }
}
