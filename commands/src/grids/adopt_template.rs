//! Giving a grid its slots (B6–B13).

use aggregates::grid::Grid;
use aggregates::ids::{GridCode, Term};

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Lets a grid's roster follow a template of the policy: A/B posts, 4+N, double heads, 1+1+N … (B6–B13).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdoptTemplate {
    /// The grid.
    pub grid: GridCode,
    /// Short name of the template in the policy in force.
    pub template: Term,
}

#[async_trait]
impl Command for AdoptTemplate {
    const NAME: &'static str = "adopt-template";
    const TITLE: &'static str = "确定名册模板";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let grid = sitting.open::<Grid>(self.grid.as_str()).await?;
        let it = self.clone();
        sitting.record(grid, move |grid| grid.adopt_template(&it.grid, &it.template, &at)).await?;
        Ok(())
    }
}
