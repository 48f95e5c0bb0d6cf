//! Publication (C2).

use aggregates::demand::Demand;
use aggregates::ids::DemandId;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Opens a screened demand for claims (C2).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishWish {
    /// The demand.
    pub demand: DemandId,
}

#[async_trait]
impl Command for PublishWish {
    const NAME: &'static str = "publish-wish";
    const TITLE: &'static str = "公开认领";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let demand = sitting.open::<Demand>(self.demand.as_str()).await?;
        let id = self.demand.clone();
        sitting.record(demand, move |demand| demand.publish(&id, &at)).await?;
        Ok(())
    }
}
