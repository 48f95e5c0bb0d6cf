//! Filing at the prefecture (B2).

use aggregates::grid::Grid;
use aggregates::ids::GridCode;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// The prefecture's organisation department takes a grid into its register (B2); only then can its roster change.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileGrid {
    /// The grid.
    pub grid: GridCode,
}

#[async_trait]
impl Command for FileGrid {
    const NAME: &'static str = "file-grid";
    const TITLE: &'static str = "网格备案";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let grid = sitting.open::<Grid>(self.grid.as_str()).await?;
        let it = self.clone();
        sitting.record(grid, move |grid| grid.file(&it.grid, &at)).await?;
        Ok(())
    }
}
