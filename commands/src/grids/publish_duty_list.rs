//! Publishing a duty list (B17).

use aggregates::grid::{Grid, NewDuty};
use aggregates::ids::{GridCode, Term};

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Publishes a duty list of a grid: 网格日常任务清单 (B17).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishDutyList {
    /// The grid.
    pub grid: GridCode,
    /// Its name: `2026-03`.
    pub list: Term,
    /// What is to be done, by the holders of which slot, until when.
    pub items: Vec<NewDuty>,
}

#[async_trait]
impl Command for PublishDutyList {
    const NAME: &'static str = "publish-duty-list";
    const TITLE: &'static str = "发布任务清单";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let grid = sitting.open::<Grid>(self.grid.as_str()).await?;
        let it = self.clone();
        sitting.record(grid, move |grid| grid.publish_duties(&it.grid, &it.list, &it.items, &at)).await?;
        Ok(())
    }
}
