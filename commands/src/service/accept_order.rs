//! Accepting a dispatch (C1, C2).

use aggregates::demand::Demand;
use aggregates::ids::{DemandId, MemberId, UnitId};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// The member or unit accepts what was dispatched to it (党员接单、单位接单, C1, C2). Name exactly one of the two. A unit
/// names the members who served when it completes.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptOrder {
    /// The demand.
    pub demand: DemandId,
    /// The member who accepts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// The unit that accepts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
}

#[async_trait]
impl Command for AcceptOrder {
    const NAME: &'static str = "accept-order";
    const TITLE: &'static str = "接单";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let taker = super::taker(self.member.as_ref(), self.unit.as_ref())?;
        let demand = sitting.open::<Demand>(self.demand.as_str()).await?;
        let (id, by) = (self.demand.clone(), taker.clone());
        sitting.record(demand, move |demand| demand.accept(&id, &by, &at)).await?;
        let Some(work) = sitting.see(demand).taker().map(|(_, work)| work) else { return Ok(()) };
        super::take(sitting, &taker, &self.demand, work).await
    }
}
