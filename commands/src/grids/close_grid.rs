//! Closing a grid without a successor (B3, B5).

use aggregates::grid::Grid;
use aggregates::ids::GridCode;
use async_trait::async_trait;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Ends a dedicated or emergency grid, or a base grid in which no household is left (B3).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseGrid {
    /// The grid that ends.
    pub grid: GridCode,
    /// First day without it; the business day when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<NaiveDate>,
}

#[async_trait]
impl Command for CloseGrid {
    const NAME: &'static str = "close-grid";
    const TITLE: &'static str = "撤销网格";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let effective = self.effective.unwrap_or_else(|| at.date());
        let grid = sitting.open::<Grid>(self.grid.as_str()).await?;
        let code = self.grid.clone();
        let facts = sitting.record(grid, move |grid| grid.close(&code, effective, &at)).await?;
        super::posts::tell_members(sitting, &self.grid, &facts).await
    }
}
