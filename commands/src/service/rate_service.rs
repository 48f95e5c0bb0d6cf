//! Rating (C5).

use aggregates::demand::{Demand, Phase, Rater};
use aggregates::ids::DemandId;
use aggregates::member::MemberEvent;
use aggregates::points::{PointLine, ShareOf};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::command::told;
use crate::personal::Sentences;
use crate::vault::Whose;
use crate::{Command, Sitting, Trouble, points};

/// The resident, or in aggregate the community, rates a completed service; difficulty and stars become points (C5).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RateService {
    /// The demand.
    pub demand: DemandId,
    /// 1 to 5.
    #[schemars(range(min = 1, max = 5))]
    pub stars: u8,
    /// Who rates; the resident when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rated_by: Option<Rater>,
    /// What the rater says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<Sentences>,
}

#[async_trait]
impl Command for RateService {
    const NAME: &'static str = "rate-service";
    const TITLE: &'static str = "评单";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let rater = self.rated_by.unwrap_or(Rater::Resident);
        let demand = sitting.open::<Demand>(self.demand.as_str()).await?;
        let (id, stars, now, comment) =
            (self.demand.clone(), self.stars, at.clone(), sitting.sealed("comment"));
        let facts = sitting
            .record(demand, move |demand| demand.rate(&id, stars, rater, comment.as_ref(), &now))
            .await?;
        if facts.is_empty() {
            return Ok(());
        }
        let rated = sitting.see(demand);
        let Phase::Completed { served, work, .. } = rated.phase() else { return Ok(()) };
        let Some(community) = rated.community() else { return Ok(()) };
        for one in served {
            let (id, place, now) = (self.demand.clone(), community.clone(), at.clone());
            let (points, work, unit) = (rated.points(), *work, one.unit.clone());
            let facts = points::on_member(sitting, &one.member, move |member| {
                member.be_rated(&id, &place, stars, points, work, Some(&unit), &now)
            })
            .await?;
            let Some(line) = facts.into_iter().find_map(line) else { continue };
            let share = ShareOf { member: one.member.clone(), line: line.line };
            let (id, place, now) = (self.demand.clone(), community.clone(), at.clone());
            points::on_unit(sitting, &one.unit, move |unit| {
                unit.share_service(line.points, work, &place, &id, &share, &now)
            })
            .await?;
        }
        Ok(())
    }

    fn personal(&self) -> Vec<(&'static str, &str)> {
        told([("comment", self.comment.as_ref().map(Sentences::as_str))])
    }

    async fn whose(&self, sitting: &mut Sitting<'_>) -> Result<Whose, Trouble> {
        super::asked(sitting, &self.demand).await
    }
}

fn line(fact: MemberEvent) -> Option<PointLine> {
    match fact {
        MemberEvent::PointsAwarded { line } | MemberEvent::PointsDeducted { line } => Some(line),
        _ => None,
    }
}
