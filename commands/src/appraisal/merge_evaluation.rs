//! Merging the community's score with the unit's own (D3, E10).

use aggregates::agreement::{self, Agreement};
use aggregates::appraisal::{Weight, refusal};
use aggregates::ids::{CommunityCode, MemberId, UnitId};
use aggregates::member::Member;
use aggregates::points::Holder;
use async_trait::async_trait;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Merges a member's filed card with the unit's own 先锋量化考评, by the agreed weight or else the policy's (D3, E10).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeEvaluation {
    /// The member.
    pub member: MemberId,
    /// The card's year.
    pub year: i32,
    /// The unit's own score in hundredths of a point: 8750 for 87.5.
    pub unit_score_hundredths: i64,
}

#[async_trait]
impl Command for MergeEvaluation {
    const NAME: &'static str = "merge-evaluation";
    const TITLE: &'static str = "合并计算综合评价";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let (year, score) = (self.year, self.unit_score_hundredths);
        let holder = Holder::Member(self.member.clone());
        super::cards(sitting, &holder, year).await?;
        let card = super::open(sitting, &holder, year).await?;
        let Some(community) = sitting.see(card).community().cloned() else {
            return Err(refusal::unknown(year).into());
        };
        let unit = sitting.look::<Member>(self.member.as_str()).await?.unit().cloned();
        let weight = weight(sitting, unit.as_ref(), &community, year).await?;
        sitting.record(card, move |card| card.merge(year, score, &weight, &at)).await?;
        Ok(())
    }
}

/// The weight that the community, or else its street, agreed on with the unit for the card's year; else the policy's.
async fn weight(
    sitting: &mut Sitting<'_>,
    unit: Option<&UnitId>,
    community: &CommunityCode,
    year: i32,
) -> Result<Weight, Trouble> {
    let policy = super::policy_of(sitting, year).await?;
    let last = NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or(NaiveDate::MAX);
    let own = community.division();
    let street = own.parent();
    for division in std::iter::once(own).chain(street) {
        let Some(unit) = unit else { break };
        let agreement = sitting.look::<Agreement>(&agreement::stream(&division, unit)).await?;
        if let Some(percent) = agreement.weight_on(last) {
            return Ok(Weight { percent, agreed_by: Some(division) });
        }
    }
    Ok(Weight { percent: policy.appraisal.community_weight_percent.value, agreed_by: None })
}
