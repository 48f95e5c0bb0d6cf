//! Withdrawing a request for an opinion (E1).

use aggregates::ids::OpinionId;
use aggregates::opinion::Opinion;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Withdraws a request for an opinion: nobody answers it or pulls a record under it any more (E1).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawOpinion {
    /// The request.
    pub opinion: OpinionId,
}

#[async_trait]
impl Command for WithdrawOpinion {
    const NAME: &'static str = "withdraw-opinion";
    const TITLE: &'static str = "撤回征求意见";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let opinion = sitting.open::<Opinion>(self.opinion.as_str()).await?;
        let it = self.clone();
        sitting.record(opinion, move |opinion| opinion.withdraw(&it.opinion, &at)).await?;
        Ok(())
    }
}
