//! Declining a dispatch (C1).

use aggregates::demand::{Demand, DemandEvent, Taker};
use aggregates::ids::{DemandId, MemberId, UnitId};
use aggregates::member::Member;
use aggregates::unit::Unit;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// The member or unit declines what was dispatched to it (C1). Name exactly one of the two. Declining voluntary service
/// costs nothing, on no card; a declined duty is recorded as such.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclineOrder {
    /// The demand.
    pub demand: DemandId,
    /// The member who declines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// The unit that declines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
}

#[async_trait]
impl Command for DeclineOrder {
    const NAME: &'static str = "decline-order";
    const TITLE: &'static str = "谢绝派单";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let taker = super::taker(self.member.as_ref(), self.unit.as_ref())?;
        let demand = sitting.open::<Demand>(self.demand.as_str()).await?;
        let (id, by) = (self.demand.clone(), taker.clone());
        for fact in sitting.record(demand, move |demand| demand.decline(&id, &by)).await? {
            let DemandEvent::OrderDeclined { community, work, .. } = fact else { continue };
            let demand = self.demand.clone();
            match taker.clone() {
                Taker::Member(id) => {
                    let member = sitting.open::<Member>(id.as_str()).await?;
                    sitting
                        .record(member, move |member| member.decline(&id, &demand, &community, work))
                        .await?;
                }
                Taker::Unit(id) => {
                    let unit = sitting.open::<Unit>(id.as_str()).await?;
                    sitting.record(unit, move |unit| unit.decline(&id, &demand, &community)).await?;
                }
            }
        }
        Ok(())
    }
}
