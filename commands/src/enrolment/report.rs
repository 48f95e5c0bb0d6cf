//! 报到 (A2).

use aggregates::ids::{BatchId, CommunityCode, MemberId};
use aggregates::member::Member;
use aggregates::policy::ReportKind;
use aggregates::unit::Unit;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// A member reports: to the community that the unit is linked to, or to the one lived in (A2).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// The member.
    pub member: MemberId,
    /// To which of the two.
    pub kind: ReportKind,
    /// The community.
    pub community: CommunityCode,
    /// The batch it comes in (A6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<BatchId>,
}

#[async_trait]
impl Command for Report {
    const NAME: &'static str = "report";
    const TITLE: &'static str = "报到";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        super::must_know_community(sitting, &self.community).await?;
        let member = sitting.open::<Member>(self.member.as_str()).await?;
        let unit = sitting.see(member).unit().cloned();
        let unit_linked = match (&self.kind, unit) {
            (ReportKind::UnitLinked, Some(unit)) => {
                sitting.look::<Unit>(unit.as_str()).await?.is_linked_to(&self.community)
            }
            _ => false,
        };
        let it = self.clone();
        sitting
            .record(member, move |member| {
                member.report(&it.member, it.kind, &it.community, unit_linked, it.batch.as_ref(), &at)
            })
            .await?;
        Ok(())
    }
}
