//! Forgetting what was told of a demand that is over (PIPL art. 19, 47).

use aggregates::demand::Demand;
use aggregates::ids::DemandId;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::vault::Forgetting;
use crate::{Command, Sitting, Trouble};

/// Forgets what was wanted and how to reach whoever asked, once a demand was over for as long as its policy says; nothing to do while it is
/// open, and where nothing is kept.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ForgetContact {
    /// The demand.
    pub demand: DemandId,
}

#[async_trait]
impl Command for ForgetContact {
    const NAME: &'static str = "forget-contact";
    const TITLE: &'static str = "清除联系信息";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let demand = sitting.open::<Demand>(self.demand.as_str()).await?;
        let id = self.demand.clone();
        if !sitting.record(demand, move |demand| demand.forget_contact(&id)).await?.is_empty() {
            sitting.forget(Forgetting::Contact(self.demand.clone()));
        }
        Ok(())
    }
}
