//! 报到 (A2).

use aggregates::batch::{Arrival, Batch, refusal};
use aggregates::ids::{BatchId, CommunityCode, MemberId};
use aggregates::policy::ReportKind;
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
        super::must_know_community(sitting, &self.community).await?;
        let arrival = Arrival { member: self.member.clone(), kind: self.kind };
        if let Some(id) = &self.batch {
            let at = sitting.at()?;
            let batch = sitting.open::<Batch>(id.as_str()).await?;
            if *sitting.see(batch).must_be_open(id)? != self.community {
                return Err(refusal::elsewhere(id, &self.community).into());
            }
            let (it, row) = (id.clone(), arrival.clone());
            sitting.record(batch, move |batch| batch.receive(&it, &[row], &at)).await?;
        }
        super::reporting::report(sitting, &arrival, &self.community, self.batch.as_ref()).await
    }
}
