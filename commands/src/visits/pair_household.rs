//! Pairing (C8, C9).

use aggregates::household::Household;
use aggregates::ids::{HouseholdId, MemberId};
use aggregates::member::Member;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// A member begins to help a household (结对帮扶, C8, C9): at most as many as the policy says, in a community reported to.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PairHousehold {
    /// Opaque.
    pub household: HouseholdId,
    /// The member who helps.
    pub member: MemberId,
}

#[async_trait]
impl Command for PairHousehold {
    const NAME: &'static str = "pair-household";
    const TITLE: &'static str = "结对";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let now = at.clone();
        let household = sitting.open::<Household>(self.household.as_str()).await?;
        let community = sitting.see(household).community(&self.household)?.clone();
        let it = self.clone();
        sitting.record(household, move |household| household.pair(&it.household, &it.member, &now)).await?;
        let member = sitting.open::<Member>(self.member.as_str()).await?;
        let it = self.clone();
        sitting.record(member, move |member| member.pair(&it.member, &it.household, &community, &at)).await?;
        Ok(())
    }
}
