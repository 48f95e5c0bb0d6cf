//! Misconduct on duty (E6).

use aggregates::ids::{GridCode, MemberId};
use aggregates::member::MisconductGround;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble, points};

/// Records misconduct on a duty post in a grid: 无故不参加, 添乱 or 不作为 (E6). Voluntary service is never a ground.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordMisconduct {
    /// The member.
    pub member: MemberId,
    /// One of the policy's grounds.
    pub ground: MisconductGround,
    /// The grid where the member holds a duty post.
    pub grid: GridCode,
}

#[async_trait]
impl Command for RecordMisconduct {
    const NAME: &'static str = "record-misconduct";
    const TITLE: &'static str = "登记履职不到位";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let it = self.clone();
        points::on_member(sitting, &self.member, move |member| {
            member.record_misconduct(&it.member, it.ground, &it.grid, &at)
        })
        .await?;
        Ok(())
    }
}
