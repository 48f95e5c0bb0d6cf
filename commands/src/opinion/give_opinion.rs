//! Giving an opinion (E1).

use aggregates::ids::OpinionId;
use aggregates::opinion::{Opinion, Stance};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// The community that was asked gives its opinion, once (E1).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GiveOpinion {
    /// The request.
    pub opinion: OpinionId,
    /// What it says.
    pub stance: Stance,
}

#[async_trait]
impl Command for GiveOpinion {
    const NAME: &'static str = "give-opinion";
    const TITLE: &'static str = "出具意见";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let opinion = sitting.open::<Opinion>(self.opinion.as_str()).await?;
        let it = self.clone();
        sitting.record(opinion, move |opinion| opinion.give(&it.opinion, it.stance, &at)).await?;
        Ok(())
    }
}
