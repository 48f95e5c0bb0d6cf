//! Asking a community about a member (E1).

use aggregates::division::{Division, unknown_community};
use aggregates::ids::{CommunityCode, MemberId, OpinionId, Term};
use aggregates::member::{Member, refusal};
use aggregates::opinion::{Asked, Opinion, OpinionPurpose};
use async_trait::async_trait;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Asks a community for its opinion of a member before a promotion, an appointment or an award (E1). Whoever asks may pull that member's verified
/// record until the day named.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestOpinion {
    /// The request.
    pub opinion: OpinionId,
    /// About whom.
    pub member: MemberId,
    /// What for.
    pub purpose: OpinionPurpose,
    /// Number of the document behind it.
    pub document: Term,
    /// Who is asked.
    pub community: CommunityCode,
    /// When the answer is due.
    pub due: NaiveDate,
    /// The last day on which the record may be pulled.
    pub until: NaiveDate,
}

#[async_trait]
impl Command for RequestOpinion {
    const NAME: &'static str = "request-opinion";
    const TITLE: &'static str = "征求意见";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        if !sitting.look::<Division>(self.community.as_str()).await?.is_registered() {
            return Err(unknown_community(self.community.to_string()).into());
        }
        if !sitting.look::<Member>(self.member.as_str()).await?.is_enrolled() {
            return Err(refusal::unknown(&self.member).into());
        }
        let Self { opinion: id, member, purpose, document, community, due, until } = self.clone();
        let opinion = sitting.open::<Opinion>(id.as_str()).await?;
        let asked = Asked { member, purpose, document, community, due, until };
        sitting.record(opinion, move |opinion| opinion.request(&id, &asked, &at)).await?;
        Ok(())
    }
}
