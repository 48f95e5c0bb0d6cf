//! The community whistles (F15).

use aggregates::demand::Demand;
use aggregates::ids::{DemandId, UnitId};
use aggregates::unit::Unit;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// The community whistles for departments about a demand (吹哨, F15); each is to report within the policy's time.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BlowWhistle {
    /// The demand.
    pub demand: DemandId,
    /// The departments called: units.
    pub departments: Vec<UnitId>,
}

#[async_trait]
impl Command for BlowWhistle {
    const NAME: &'static str = "blow-whistle";
    const TITLE: &'static str = "吹哨";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        for department in &self.departments {
            sitting.look::<Unit>(department.as_str()).await?.must_be_enrolled(department)?;
        }
        let demand = sitting.open::<Demand>(self.demand.as_str()).await?;
        let it = self.clone();
        sitting.record(demand, move |demand| demand.whistle(&it.demand, &it.departments, &at)).await?;
        Ok(())
    }
}
