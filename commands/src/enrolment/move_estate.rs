//! An estate in another community, after a re-cut (A4).

use aggregates::estate::Estate;
use aggregates::ids::{CommunityCode, EstateId};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Puts an estate in another community after communities were re-cut. Who lives there is recorded anew, report kept.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveEstate {
    /// The estate.
    pub estate: EstateId,
    /// The community that it lies in now.
    pub community: CommunityCode,
}

#[async_trait]
impl Command for MoveEstate {
    const NAME: &'static str = "move-estate";
    const TITLE: &'static str = "小区划入其他社区";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        super::must_know_community(sitting, &self.community).await?;
        let estate = sitting.open::<Estate>(self.estate.as_str()).await?;
        let it = self.clone();
        sitting.record(estate, move |estate| estate.move_to(&it.estate, &it.community)).await?;
        Ok(())
    }
}
