//! Pulling a verified record under a request (E1).

use aggregates::ids::{MemberId, OpinionId};
use aggregates::opinion::Opinion;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Notes that the verified record of a member is pulled under a request for an opinion; refused where the request gives no right to it (E1).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PullRecord {
    /// The request.
    pub opinion: OpinionId,
    /// Whose record.
    pub member: MemberId,
}

#[async_trait]
impl Command for PullRecord {
    const NAME: &'static str = "pull-record";
    const TITLE: &'static str = "调取核验记录";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let opinion = sitting.open::<Opinion>(self.opinion.as_str()).await?;
        let it = self.clone();
        sitting.record(opinion, move |opinion| opinion.pull(&it.opinion, &it.member, &at)).await?;
        Ok(())
    }
}
