//! Entering a key household (C8, C9).

use std::collections::BTreeSet;

use aggregates::household::{Household, NeedTag, NewHousehold};
use aggregates::ids::{CommunityCode, GridCode, HouseholdId};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Enters a key household under an opaque id (C8, C9). Sensitive need tags require consent.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterHousehold {
    /// Opaque.
    pub household: HouseholdId,
    /// Its community.
    pub community: CommunityCode,
    /// Its grid, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grid: Option<GridCode>,
    /// Why it needs help.
    #[serde(default)]
    pub needs: BTreeSet<NeedTag>,
    /// Whether the person, or a minor's guardian, consents to these tags.
    #[serde(default)]
    pub consent: bool,
}

#[async_trait]
impl Command for RegisterHousehold {
    const NAME: &'static str = "register-household";
    const TITLE: &'static str = "登记重点户";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        crate::enrolment::must_know_community(sitting, &self.community).await?;
        let household = sitting.open::<Household>(self.household.as_str()).await?;
        let it = self.clone();
        let new =
            NewHousehold { community: it.community, grid: it.grid, needs: it.needs, consent: it.consent };
        sitting.record(household, move |household| household.register(&it.household, &new)).await?;
        Ok(())
    }
}
