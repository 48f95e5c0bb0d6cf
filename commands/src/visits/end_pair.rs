//! The end of a pair (C8, C9).

use aggregates::household::Household;
use aggregates::ids::{HouseholdId, MemberId};
use aggregates::member::Member;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Ends a pair; its visits stay on record (C8, C9).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndPair {
    /// Opaque.
    pub household: HouseholdId,
    /// The member who helps.
    pub member: MemberId,
}

#[async_trait]
impl Command for EndPair {
    const NAME: &'static str = "end-pair";
    const TITLE: &'static str = "解除结对";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let household = sitting.open::<Household>(self.household.as_str()).await?;
        let community = sitting.see(household).community(&self.household)?.clone();
        let it = self.clone();
        sitting
            .record(household, move |household| household.end_pair(&it.household, &it.member, &at))
            .await?;
        let member = sitting.open::<Member>(self.member.as_str()).await?;
        let it = self.clone();
        sitting.record(member, move |member| member.unpair(&it.household, &community)).await?;
        Ok(())
    }
}
