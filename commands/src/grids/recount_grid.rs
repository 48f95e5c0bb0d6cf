//! Counting a grid anew (B1).

use aggregates::grid::Grid;
use aggregates::ids::{EstateId, GridCode};

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Counts the households and estates of a grid anew (B1). Bounds that no longer hold are listed, not refused.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecountGrid {
    /// The grid.
    pub grid: GridCode,
    /// Households in it.
    pub households: u32,
    /// Estates and buildings in it.
    pub estates: Vec<EstateId>,
}

#[async_trait]
impl Command for RecountGrid {
    const NAME: &'static str = "recount-grid";
    const TITLE: &'static str = "核定网格户数";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let grid = sitting.open::<Grid>(self.grid.as_str()).await?;
        let it = self.clone();
        sitting.record(grid, move |grid| grid.recount(&it.grid, it.households, &it.estates, &at)).await?;
        Ok(())
    }
}
