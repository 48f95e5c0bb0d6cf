//! Needs of a key household (C8, C9).

use std::collections::BTreeSet;

use aggregates::household::{Household, NeedTag};
use aggregates::ids::HouseholdId;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Records a household's needs anew, or that the consent to tell them is given or withdrawn (C9).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordNeeds {
    /// Opaque.
    pub household: HouseholdId,
    /// Why it needs help, from now on.
    #[serde(default)]
    pub needs: BTreeSet<NeedTag>,
    /// Whether the person, or a minor's guardian, consents to these tags.
    #[serde(default)]
    pub consent: bool,
}

#[async_trait]
impl Command for RecordNeeds {
    const NAME: &'static str = "record-needs";
    const TITLE: &'static str = "登记需求标签";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let household = sitting.open::<Household>(self.household.as_str()).await?;
        let it = self.clone();
        sitting
            .record(household, move |household| household.record_needs(&it.household, &it.needs, it.consent))
            .await?;
        Ok(())
    }
}
