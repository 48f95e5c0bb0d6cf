//! Declaring an emergency (F3).

use aggregates::division::{Division, unknown};
use aggregates::emergency::{Emergency, NewEmergency, Scope};
use aggregates::grid::Grid;
use aggregates::ids::{DivisionCode, EmergencyId, GridCode, Term};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Turns a county, street or community, or some grids of it, from routine to emergency, with its plan (F3: 平急一键转换).
/// Whoever holds a duty post in a grid there is due at the grid from then on (F4).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclareEmergency {
    /// The emergency; made from the command when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<EmergencyId>,
    /// The division that it is for: a county, street or community.
    pub scope: DivisionCode,
    /// Only these grids of it; all of it when empty.
    #[serde(default)]
    pub grids: Vec<GridCode>,
    /// Code of the plan that is put in force.
    pub plan: Term,
    /// The plan's public title: 1 to 100 characters; never a person's name.
    pub title: String,
}

#[async_trait]
impl Command for DeclareEmergency {
    const NAME: &'static str = "declare-emergency";
    const TITLE: &'static str = "启动应急响应";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let derived = format!("e-{}", sitting.derived_id().simple());
        let id = self.emergency.clone().unwrap_or_else(|| EmergencyId::new(derived).unwrap_or_default());
        let scope = Scope { division: self.scope.clone(), grids: self.grids.clone() };
        let emergency = sitting.open::<Emergency>(id.as_str()).await?;
        let new = NewEmergency { scope: scope.clone(), plan: self.plan.clone(), title: self.title.clone() };
        let it = id.clone();
        let facts = sitting.record(emergency, move |emergency| emergency.declare(&it, &new)).await?;
        if facts.is_empty() {
            return Ok(());
        }
        if !sitting.look::<Division>(self.scope.as_str()).await?.is_registered() {
            return Err(unknown(self.scope.to_string()).at("scope").into());
        }
        for grid in &self.grids {
            let known = sitting.look::<Grid>(grid.as_str()).await?;
            known.must_stay(grid).map_err(|refusal| refusal.at("grids"))?;
        }
        let county = sitting.open::<Division>(scope.county().as_str()).await?;
        sitting.record(county, move |county| county.begin_emergency(&id, &scope)).await?;
        Ok(())
    }
}
