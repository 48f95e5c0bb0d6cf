//! Linking a unit to a community (A2, A7).

use aggregates::estate::Estate;
use aggregates::ids::{CommunityCode, EstateId, UnitId};
use aggregates::unit::Unit;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Links a unit to a community, and perhaps to a key estate there (A2, A7, 包联).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkUnit {
    /// The unit.
    pub unit: UnitId,
    /// The community.
    pub community: CommunityCode,
    /// The key estate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estate: Option<EstateId>,
}

#[async_trait]
impl Command for LinkUnit {
    const NAME: &'static str = "link-unit";
    const TITLE: &'static str = "结对联系";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        super::must_know_community(sitting, &self.community).await?;
        if let Some(estate) = &self.estate {
            sitting.look::<Estate>(estate.as_str()).await?.must_lie_in(estate, &self.community)?;
        }
        let unit = sitting.open::<Unit>(self.unit.as_str()).await?;
        let it = self.clone();
        sitting.record(unit, move |unit| unit.link(&it.unit, &it.community, it.estate.as_ref())).await?;
        Ok(())
    }
}
