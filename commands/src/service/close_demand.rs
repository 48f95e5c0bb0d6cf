//! Closing without a service (C3, C12).

use aggregates::demand::Demand;
use aggregates::ids::DemandId;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Closes a demand that no service ends: its owner solved it, it was settled on the spot, or it cannot be solved (C12).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseDemand {
    /// The demand.
    pub demand: DemandId,
    /// Whether it was solved.
    pub solved: bool,
}

#[async_trait]
impl Command for CloseDemand {
    const NAME: &'static str = "close-demand";
    const TITLE: &'static str = "结案";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let demand = sitting.open::<Demand>(self.demand.as_str()).await?;
        let (id, solved) = (self.demand.clone(), self.solved);
        sitting.record(demand, move |demand| demand.close(&id, solved, &at)).await?;
        Ok(())
    }
}
