//! Dispatch (C1, C3).

use aggregates::demand::{Demand, Taker};
use aggregates::ids::{DemandId, MemberId, UnitId};
use aggregates::member::Member;
use aggregates::points::Work;
use aggregates::unit::Unit;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// The community offers a screened demand to a member or a unit (组织派单, C1). Name exactly one of the two. Another
/// body's duty is refused, naming the entry of the duty catalogue (C3).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DispatchOrder {
    /// The demand.
    pub demand: DemandId,
    /// The member to whom it is offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// The unit to which it is offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// Voluntary service when absent; a duty only for issues and petitions, and only to a member on a post of the grid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work: Option<Work>,
}

#[async_trait]
impl Command for DispatchOrder {
    const NAME: &'static str = "dispatch-order";
    const TITLE: &'static str = "派单";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let taker = super::taker(self.member.as_ref(), self.unit.as_ref())?;
        let work = self.work.unwrap_or(Work::Voluntary);
        let demand = sitting.open::<Demand>(self.demand.as_str()).await?;
        let placed = sitting.see(demand).particulars(&self.demand)?.clone();
        let has_duty = match &taker {
            Taker::Member(id) => {
                let member = sitting.look::<Member>(id.as_str()).await?;
                placed.grid.as_ref().is_some_and(|grid| member.has_duty_in(grid, at.date()))
            }
            Taker::Unit(_) => false,
        };
        let (id, to, now) = (self.demand.clone(), taker.clone(), at.clone());
        sitting.record(demand, move |demand| demand.dispatch(&id, &to, work, has_duty, &now)).await?;
        match &taker {
            Taker::Member(id) => {
                let member = sitting.look::<Member>(id.as_str()).await?;
                member.must_be_offerable(id, &placed.community, &at)?;
            }
            Taker::Unit(id) => {
                sitting.look::<Unit>(id.as_str()).await?.must_be_offerable(id, &placed.community)?;
            }
        }
        Ok(())
    }
}
