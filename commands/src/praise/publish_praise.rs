//! Praise (E9).

use aggregates::demand::{Demand, Phase};
use aggregates::ids::{DemandId, MemberId};
use aggregates::member::{Member, refusal};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Puts a well-rated service of a consenting member on the community's praise list (好评张榜, E9).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishPraise {
    /// The demand that was served well.
    pub demand: DemandId,
    /// The member who served.
    pub member: MemberId,
}

#[async_trait]
impl Command for PublishPraise {
    const NAME: &'static str = "publish-praise";
    const TITLE: &'static str = "好评张榜";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        sitting.at()?;
        let demand = sitting.look::<Demand>(self.demand.as_str()).await?;
        let community = demand.particulars(&self.demand)?.community.clone();
        let stars = match demand.phase() {
            Phase::Completed { served, rating: Some(rating), .. }
                if rating.satisfied && served.iter().any(|one| one.member == self.member) =>
            {
                rating.stars
            }
            _ => return Err(refusal::not_rated_well(&self.demand).into()),
        };
        let member = sitting.open::<Member>(self.member.as_str()).await?;
        let it = self.clone();
        sitting
            .record(member, move |member| member.be_praised(&it.member, &it.demand, &community, stars))
            .await?;
        Ok(())
    }
}
