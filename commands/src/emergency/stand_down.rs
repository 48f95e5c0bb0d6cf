//! Standing down (F3).

use aggregates::division::Division;
use aggregates::emergency::{Emergency, EmergencyOutcome};
use aggregates::ids::EmergencyId;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Turns the scope of an emergency back to routine (F3).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StandDown {
    /// The emergency.
    pub emergency: EmergencyId,
    /// How it ended; resolved when absent.
    #[serde(default)]
    pub outcome: EmergencyOutcome,
}

#[async_trait]
impl Command for StandDown {
    const NAME: &'static str = "stand-down";
    const TITLE: &'static str = "解除应急响应";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let emergency = sitting.open::<Emergency>(self.emergency.as_str()).await?;
        let county = sitting.see(emergency).scope(&self.emergency)?.county();
        let it = self.clone();
        sitting.record(emergency, move |emergency| emergency.stand_down(&it.emergency, it.outcome)).await?;
        let county = sitting.open::<Division>(county.as_str()).await?;
        let id = self.emergency.clone();
        sitting.record(county, move |county| county.end_emergency(&id)).await?;
        Ok(())
    }
}
