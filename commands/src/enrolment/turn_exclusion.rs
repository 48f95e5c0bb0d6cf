//! The first and the last day of an exclusion (A5).

use aggregates::ids::MemberId;
use aggregates::member::Member;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Lets an exclusion begin or end whose day has come; nothing to do otherwise. Due for members whose `turns_on` is past.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TurnExclusion {
    /// The member.
    pub member: MemberId,
}

#[async_trait]
impl Command for TurnExclusion {
    const NAME: &'static str = "turn-exclusion";
    const TITLE: &'static str = "不纳入起止";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let member = sitting.open::<Member>(self.member.as_str()).await?;
        let facts = sitting.record(member, move |member| member.turn(&at)).await?;
        super::departure::leave_if_excluded(sitting, &self.member, &facts).await
    }
}
