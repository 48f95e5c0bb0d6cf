//! Ending a link.

use aggregates::ids::{CommunityCode, UnitId};
use aggregates::unit::Unit;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Ends the link of a unit with a community.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnlinkUnit {
    /// The unit.
    pub unit: UnitId,
    /// The community.
    pub community: CommunityCode,
}

#[async_trait]
impl Command for UnlinkUnit {
    const NAME: &'static str = "unlink-unit";
    const TITLE: &'static str = "解除结对";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let unit = sitting.open::<Unit>(self.unit.as_str()).await?;
        let it = self.clone();
        sitting.record(unit, move |unit| unit.unlink(&it.unit, &it.community)).await?;
        Ok(())
    }
}
