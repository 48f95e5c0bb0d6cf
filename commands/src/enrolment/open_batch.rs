//! Announcing a batch of reports (A6).

use aggregates::batch::Batch;
use aggregates::ids::{BatchId, CommunityCode, MemberId, UnitId};
use aggregates::member::{Member, refusal};
use aggregates::unit::Unit;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Announces a batch of reports to a community, with the list of those expected (A6).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenBatch {
    /// The batch.
    pub batch: BatchId,
    /// Where it reports.
    pub community: CommunityCode,
    /// The unit that sends it, when it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// Who is expected: 1 to 1000 members, each once.
    pub expected: Vec<MemberId>,
}

#[async_trait]
impl Command for OpenBatch {
    const NAME: &'static str = "open-batch";
    const TITLE: &'static str = "建立报到批次";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        super::must_know_community(sitting, &self.community).await?;
        if let Some(unit) = &self.unit {
            sitting.look::<Unit>(unit.as_str()).await?.must_be_enrolled(unit)?;
        }
        let batch = sitting.open::<Batch>(self.batch.as_str()).await?;
        let it = self.clone();
        sitting
            .record(batch, move |batch| {
                batch.open(&it.batch, &it.community, it.unit.as_ref(), &it.expected, &at)
            })
            .await?;
        for (row, member) in self.expected.iter().enumerate() {
            if !sitting.look::<Member>(member.as_str()).await?.is_enrolled() {
                return Err(refusal::unknown(member).at(format!("expected[{row}]")).into());
            }
        }
        Ok(())
    }
}
