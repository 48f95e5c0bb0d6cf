//! Drafting (D2).

use aggregates::ids::{CommunityCode, MemberId, UnitId};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Drafts a holder's feedback card of a year from the point card as it stands, or drafts it anew when that moved (D2).
/// Name exactly one of member and unit.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftCard {
    /// The member whose card it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// The unit whose card it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// The card's year.
    pub year: i32,
    /// The community that reports: one that the holder has reported to, or is linked to.
    pub community: CommunityCode,
}

#[async_trait]
impl Command for DraftCard {
    const NAME: &'static str = "draft-card";
    const TITLE: &'static str = "起草反馈卡";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let holder = crate::points::holder(self.member.as_ref(), self.unit.as_ref())?;
        let (year, community) = (self.year, self.community.clone());
        crate::enrolment::must_know_community(sitting, &community).await?;
        let found = super::find(sitting, &holder, year, &community).await?;
        let card = super::open(sitting, &holder, year).await?;
        sitting.record(card, move |card| card.draft(&found.findings(&holder, year, &community), &at)).await?;
        Ok(())
    }
}
