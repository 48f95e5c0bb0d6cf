//! Splitting a grid (B3).

use aggregates::grid::NewGrid;
use aggregates::ids::GridCode;
use async_trait::async_trait;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Cuts one grid into several (B3). See [`super::RedrawGrids`].
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitGrid {
    /// The grid that ends.
    pub grid: GridCode,
    /// The grids that begin: two or more.
    pub into: Vec<NewGrid>,
    /// First day of the new grids; the business day when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<NaiveDate>,
}

#[async_trait]
impl Command for SplitGrid {
    const NAME: &'static str = "split-grid";
    const TITLE: &'static str = "拆分网格";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let old = [self.grid.clone()];
        super::redraw_grids::redraw(sitting, &old, &self.into, self.effective).await
    }
}
