//! Disqualification (E6).

use aggregates::ids::MemberId;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble, points};

/// Disqualifies a member from the year's awards, on enough standing records of misconduct (E6).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DisqualifyMember {
    /// The member.
    pub member: MemberId,
    /// The year.
    pub year: i32,
}

#[async_trait]
impl Command for DisqualifyMember {
    const NAME: &'static str = "disqualify-member";
    const TITLE: &'static str = "取消年度评先评优资格";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let it = self.clone();
        points::on_member(sitting, &self.member, move |member| member.disqualify(&it.member, it.year, &at))
            .await?;
        Ok(())
    }
}
