//! Extension of a deadline (C11).

use aggregates::demand::Demand;
use aggregates::ids::DemandId;
use aggregates::policy::Stage;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Moves a running deadline by working days of the Chinese calendar (C11). The reason goes in the envelope (`reason`).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtendDeadline {
    /// The demand.
    pub demand: DemandId,
    /// Whose deadline.
    pub stage: Stage,
    /// By so many working days.
    pub workdays: u32,
}

#[async_trait]
impl Command for ExtendDeadline {
    const NAME: &'static str = "extend-deadline";
    const TITLE: &'static str = "延长时限";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let demand = sitting.open::<Demand>(self.demand.as_str()).await?;
        let it = self.clone();
        sitting.record(demand, move |demand| demand.extend(&it.demand, it.stage, it.workdays, &at)).await?;
        Ok(())
    }
}
