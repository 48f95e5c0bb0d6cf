//! Claiming (C2).

use aggregates::demand::Demand;
use aggregates::ids::{DemandId, MemberId, UnitId};
use aggregates::points::Work;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// A member or a unit claims a published demand (C2). Name exactly one of the two.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimWish {
    /// The demand.
    pub demand: DemandId,
    /// The member who claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// The unit that claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
}

#[async_trait]
impl Command for ClaimWish {
    const NAME: &'static str = "claim-wish";
    const TITLE: &'static str = "认领";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let taker = super::taker(self.member.as_ref(), self.unit.as_ref())?;
        let demand = sitting.open::<Demand>(self.demand.as_str()).await?;
        let (id, by) = (self.demand.clone(), taker.clone());
        let facts = sitting.record(demand, move |demand| demand.claim(&id, &by, &at)).await?;
        if facts.is_empty() {
            return Ok(());
        }
        super::take(sitting, &taker, &self.demand, Work::Voluntary).await
    }
}
