//! Service in an estate (A8).

use aggregates::estate::Estate;
use aggregates::ids::{EstateId, MemberId};
use aggregates::member::Member;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Assigns a member to serve in an estate of a community reported to: 报到在社区、服务在小区 (A8).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignToEstate {
    /// The member.
    pub member: MemberId,
    /// The estate.
    pub estate: EstateId,
}

#[async_trait]
impl Command for AssignToEstate {
    const NAME: &'static str = "assign-to-estate";
    const TITLE: &'static str = "编入小区";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let estate = sitting.open::<Estate>(self.estate.as_str()).await?;
        let it = self.clone();
        sitting.record(estate, move |estate| estate.assign(&it.estate, &it.member)).await?;
        let Some(community) = sitting.see(estate).community().cloned() else { return Ok(()) };
        let member = sitting.open::<Member>(self.member.as_str()).await?;
        let it = self.clone();
        sitting
            .record(member, move |member| member.assign_to_estate(&it.member, &it.estate, &community, &at))
            .await?;
        Ok(())
    }
}
