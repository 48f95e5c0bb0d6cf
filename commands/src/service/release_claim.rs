//! Giving back (C2).

use aggregates::demand::Demand;
use aggregates::ids::{DemandId, MemberId, UnitId};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Gives a claimed or accepted demand back; costs nothing. Name exactly one of member and unit.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseClaim {
    /// The demand.
    pub demand: DemandId,
    /// The member who holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// The unit that holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
}

#[async_trait]
impl Command for ReleaseClaim {
    const NAME: &'static str = "release-claim";
    const TITLE: &'static str = "退回认领";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let taker = super::taker(self.member.as_ref(), self.unit.as_ref())?;
        let demand = sitting.open::<Demand>(self.demand.as_str()).await?;
        let (id, by) = (self.demand.clone(), taker.clone());
        sitting.record(demand, move |demand| demand.release(&id, &by)).await?;
        super::give_back(sitting, &taker, &self.demand, false).await
    }
}
