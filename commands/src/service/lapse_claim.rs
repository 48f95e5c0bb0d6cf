//! Lapsing (C2).

use aggregates::demand::{Demand, DemandEvent};
use aggregates::ids::DemandId;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Lets a claim or an unanswered dispatch lapse whose time is past; nothing to do otherwise.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LapseClaim {
    /// The demand.
    pub demand: DemandId,
}

#[async_trait]
impl Command for LapseClaim {
    const NAME: &'static str = "lapse-claim";
    const TITLE: &'static str = "认领到期";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let demand = sitting.open::<Demand>(self.demand.as_str()).await?;
        let id = self.demand.clone();
        for fact in sitting.record(demand, move |demand| demand.lapse(&id, &at)).await? {
            if let DemandEvent::ClaimLapsed { taker, .. } = fact {
                super::give_back(sitting, &taker, &self.demand, true).await?;
            }
        }
        Ok(())
    }
}
