//! Merging grids (B3).

use aggregates::grid::NewGrid;
use aggregates::ids::GridCode;
use async_trait::async_trait;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Joins several grids of one community into one (B3). See [`super::RedrawGrids`].
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeGrids {
    /// The grids that end: two or more.
    pub grids: Vec<GridCode>,
    /// The grid that begins.
    pub into: NewGrid,
    /// First day of the new grid; the business day when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<NaiveDate>,
}

#[async_trait]
impl Command for MergeGrids {
    const NAME: &'static str = "merge-grids";
    const TITLE: &'static str = "合并网格";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let new = [self.into.clone()];
        super::redraw_grids::redraw(sitting, &self.grids, &new, self.effective).await
    }
}
