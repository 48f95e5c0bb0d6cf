//! Withdrawal (C1).

use aggregates::demand::{Demand, DemandEvent};
use aggregates::ids::DemandId;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Whoever asked for a demand, or entered it, takes it back (C1). A live claim ends with it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawDemand {
    /// The demand.
    pub demand: DemandId,
}

#[async_trait]
impl Command for WithdrawDemand {
    const NAME: &'static str = "withdraw-demand";
    const TITLE: &'static str = "撤回需求";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let demand = sitting.open::<Demand>(self.demand.as_str()).await?;
        let id = self.demand.clone();
        for fact in sitting.record(demand, move |demand| demand.withdraw(&id, &at)).await? {
            if let DemandEvent::DemandWithdrawn { taker: Some(taker), .. } = fact {
                super::give_back(sitting, &taker, &self.demand, false).await?;
            }
        }
        Ok(())
    }
}
