//! Screening (C3, C5).

use aggregates::demand::Demand;
use aggregates::ids::{DemandId, Term};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// The community screens a demand: members' service gets its difficulty; another body's duty is referred to it (C3, C5).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScreenDemand {
    /// The demand.
    pub demand: DemandId,
    /// The right entry of the duty catalogue, where the resident's was wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Term>,
    /// Its difficulty, where it is not the usual one of its category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difficulty: Option<Term>,
}

#[async_trait]
impl Command for ScreenDemand {
    const NAME: &'static str = "screen-demand";
    const TITLE: &'static str = "受理需求";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let demand = sitting.open::<Demand>(self.demand.as_str()).await?;
        let it = self.clone();
        sitting
            .record(demand, move |demand| {
                demand.screen(&it.demand, it.category.as_ref(), it.difficulty.as_ref(), &at)
            })
            .await?;
        Ok(())
    }
}
