//! Drawing a grid (B1, B5).

use aggregates::grid::{Grid, GridKind, NewGrid};
use aggregates::ids::{EstateId, GridCode, Term};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::enrolment::must_know_community;
use crate::{Command, Sitting, Trouble};

/// Draws a grid in a registered community, under a code that no other grid ever had (B1, B2). An emergency grid keeps
/// the policy's bounds of households (B5).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DefineGrid {
    /// Its code: community and a sequence of 3.
    pub grid: GridCode,
    /// The kind.
    pub kind: GridKind,
    /// Name of the place, where it has one beside the code: 1 to 50 characters; never a person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Households in it.
    pub households: u32,
    /// Estates and buildings in it.
    #[serde(default)]
    pub estates: Vec<EstateId>,
    /// The roster's template; may be adopted later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<Term>,
}

#[async_trait]
impl Command for DefineGrid {
    const NAME: &'static str = "define-grid";
    const TITLE: &'static str = "划定网格";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        must_know_community(sitting, &self.grid.community()).await?;
        let grid = sitting.open::<Grid>(self.grid.as_str()).await?;
        let it = self.clone();
        let new = NewGrid {
            grid: it.grid,
            name: it.name,
            households: it.households,
            estates: it.estates,
            template: it.template,
        };
        let (code, template) = (new.grid.clone(), new.template.clone());
        let circumstance = at.clone();
        let facts = sitting.record(grid, move |grid| grid.define(&new, it.kind, &circumstance)).await?;
        if facts.is_empty() {
            return Ok(());
        }
        if let Some(template) = template {
            sitting.record(grid, move |grid| grid.adopt_template(&code, &template, &at)).await?;
        }
        Ok(())
    }
}
