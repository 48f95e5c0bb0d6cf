//! Filing (D2).

use aggregates::appraisal::{AppraisalEvent, refusal};
use aggregates::ids::{MemberId, UnitId};
use aggregates::member::Member;
use aggregates::points::{Filing, Holder};
use aggregates::unit::Unit;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Sends the signed card to its recipients and files it with the organisation department: frozen, and the year's lines with
/// it (D2). Name exactly one of member and unit.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileCard {
    /// The member whose card it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// The unit whose card it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// The card's year.
    pub year: i32,
}

#[async_trait]
impl Command for FileCard {
    const NAME: &'static str = "file-card";
    const TITLE: &'static str = "反馈卡备案";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let holder = crate::points::holder(self.member.as_ref(), self.unit.as_ref())?;
        let year = self.year;
        let (figures, eligible) = super::figures(sitting, &holder, year).await?;
        let card = super::open(sitting, &holder, year).await?;
        let Some(community) = sitting.see(card).community().cloned() else {
            return Err(refusal::unknown(year).into());
        };
        let county = community.county();
        let facts = sitting.record(card, move |card| card.file(year, figures, eligible, &county)).await?;
        let Some(filing) = facts.into_iter().find_map(filing) else { return Ok(()) };
        match holder {
            Holder::Member(id) => {
                let member = sitting.open::<Member>(id.as_str()).await?;
                sitting.record(member, move |member| member.close_year(&id, &filing)).await?;
            }
            Holder::Unit(id) => {
                let unit = sitting.open::<Unit>(id.as_str()).await?;
                sitting.record(unit, move |unit| unit.close_year(&id, &filing)).await?;
            }
        }
        Ok(())
    }
}

fn filing(fact: AppraisalEvent) -> Option<Filing> {
    match fact {
        AppraisalEvent::CardFiled { year, community, revision, figures, grade, award_eligible, .. } => {
            Some(Filing { year, community, revision, total: figures.total, grade, award_eligible })
        }
        _ => None,
    }
}
