//! Reminders (E9).

use aggregates::demand::{Demand, Taker};
use aggregates::ids::DemandId;
use aggregates::member::{Member, refusal};
use aggregates::unit::Unit;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Reminds those who served, and the unit that took the demand, after a bad rating (差评提醒, E9). Once for a rating.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SendReminder {
    /// The demand with the bad rating.
    pub demand: DemandId,
}

#[async_trait]
impl Command for SendReminder {
    const NAME: &'static str = "send-reminder";
    const TITLE: &'static str = "差评提醒";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        sitting.at()?;
        let demand = sitting.look::<Demand>(self.demand.as_str()).await?;
        let community = demand.particulars(&self.demand)?.community.clone();
        let Some(bad) = demand.badly_rated().cloned() else {
            return Err(refusal::no_bad_rating(&self.demand).into());
        };
        let stars = bad.stars;
        for member in bad.served {
            let member = sitting.open::<Member>(member.as_str()).await?;
            let (id, place) = (self.demand.clone(), community.clone());
            sitting.record(member, move |member| member.remind(&id, &place, stars)).await?;
        }
        if let Taker::Unit(unit) = bad.taker {
            let unit = sitting.open::<Unit>(unit.as_str()).await?;
            let id = self.demand.clone();
            sitting.record(unit, move |unit| unit.remind(&id, &community, stars)).await?;
        }
        Ok(())
    }
}
