//! Rating (C5).

use aggregates::demand::{Demand, Phase, Rater};
use aggregates::ids::DemandId;
use aggregates::member::{Member, MemberEvent};
use aggregates::unit::Unit;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// The resident, or in aggregate the community, rates a completed service; difficulty and stars become points (C5).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RateService {
    /// The demand.
    pub demand: DemandId,
    /// 1 to 5.
    pub stars: u8,
    /// Who rates; the resident when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rated_by: Option<Rater>,
}

#[async_trait]
impl Command for RateService {
    const NAME: &'static str = "rate-service";
    const TITLE: &'static str = "评单";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let rater = self.rated_by.unwrap_or(Rater::Resident);
        let demand = sitting.open::<Demand>(self.demand.as_str()).await?;
        let (id, stars, now) = (self.demand.clone(), self.stars, at.clone());
        if sitting.record(demand, move |demand| demand.rate(&id, stars, rater, &now)).await?.is_empty() {
            return Ok(());
        }
        let rated = sitting.see(demand);
        let Phase::Completed { served, work, .. } = rated.phase() else { return Ok(()) };
        let Some(community) = rated.community() else { return Ok(()) };
        for one in served {
            let member = sitting.open::<Member>(one.member.as_str()).await?;
            let (id, place, now) = (self.demand.clone(), community.clone(), at.clone());
            let (points, work) = (rated.points(), *work);
            let facts = sitting
                .record(member, move |member| member.be_rated(&id, &place, stars, points, work, &now))
                .await?;
            let earned: i64 = facts.iter().map(line_points).sum();
            let unit = sitting.open::<Unit>(one.unit.as_str()).await?;
            let (id, place, now) = (self.demand.clone(), community.clone(), at.clone());
            sitting.record(unit, move |unit| unit.share_service(earned, work, &place, &id, &now)).await?;
        }
        Ok(())
    }
}

fn line_points(fact: &MemberEvent) -> i64 {
    match fact {
        MemberEvent::PointsAwarded { line } | MemberEvent::PointsDeducted { line } => line.points,
        _ => 0,
    }
}
