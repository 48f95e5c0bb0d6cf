//! Redrawing grids (B3: 5 into 7).

use aggregates::grid::{Grid, NewGrid, Redraw};
use aggregates::ids::GridCode;
use async_trait::async_trait;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::enrolment::must_know_community;
use crate::{Command, Sitting, Trouble};

/// Cuts several grids of one community anew into several (B3): the old ones end on the effective day and keep their
/// history, the new ones begin with an empty roster and are filed anew. Households and estates are the same before and
/// after.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RedrawGrids {
    /// The grids that end.
    pub grids: Vec<GridCode>,
    /// The grids that begin.
    pub into: Vec<NewGrid>,
    /// First day of the new grids; the business day when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<NaiveDate>,
}

#[async_trait]
impl Command for RedrawGrids {
    const NAME: &'static str = "redraw-grids";
    const TITLE: &'static str = "重划网格";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        redraw(sitting, &self.grids, &self.into, self.effective).await
    }
}

/// Ends the old grids, with their posts on the members' streams too, and begins the new ones.
pub(super) async fn redraw(
    sitting: &mut Sitting<'_>,
    old: &[GridCode],
    new: &[NewGrid],
    effective: Option<NaiveDate>,
) -> Result<(), Trouble> {
    let at = sitting.at()?;
    let effective = effective.unwrap_or_else(|| at.date());
    let mut states = Vec::with_capacity(old.len());
    for code in old {
        states.push((code.clone(), sitting.look::<Grid>(code.as_str()).await?));
    }
    let seen: Vec<(GridCode, &Grid)> = states.iter().map(|(code, grid)| (code.clone(), &**grid)).collect();
    let template = one_template(&seen);
    let new: Vec<NewGrid> = new
        .iter()
        .cloned()
        .map(|grid| NewGrid { template: grid.template.or_else(|| template.clone()), ..grid })
        .collect();
    let plan = Redraw::plan(&seen, &new, effective)?;
    for code in old {
        let grid = sitting.open::<Grid>(code.as_str()).await?;
        let (asked, plan, at) = (code.clone(), plan.clone(), at.clone());
        let facts = sitting.record(grid, move |grid| grid.give_way(&asked, &plan, &at)).await?;
        super::posts::tell_members(sitting, code, &facts).await?;
    }
    for new in plan.new_grids() {
        must_know_community(sitting, &new.grid.community()).await?;
        let grid = sitting.open::<Grid>(new.grid.as_str()).await?;
        let (drawn, plan, circumstance) = (new.clone(), plan.clone(), at.clone());
        let facts = sitting.record(grid, move |grid| grid.succeed(&drawn, &plan, &circumstance)).await?;
        if let Some(template) = new.template.clone().filter(|_| !facts.is_empty()) {
            let (code, at) = (new.grid.clone(), at.clone());
            sitting.record(grid, move |grid| grid.adopt_template(&code, &template, &at)).await?;
        }
    }
    Ok(())
}

/// The template that all of the old grids follow, when they follow one.
fn one_template(grids: &[(GridCode, &Grid)]) -> Option<aggregates::ids::Term> {
    let first = grids.first().and_then(|(_, grid)| grid.template());
    first.filter(|_| grids.iter().all(|(_, grid)| grid.template() == first)).cloned()
}
