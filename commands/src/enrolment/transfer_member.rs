//! Moving a member between units (A1).

use aggregates::ids::{MemberId, UnitId};
use aggregates::member::Member;
use aggregates::unit::Unit;
use async_trait::async_trait;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Moves a member from one unit to another, today or from an earlier day on; the history stays (A1).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferMember {
    /// The member.
    pub member: MemberId,
    /// The unit left.
    pub from: UnitId,
    /// The unit joined.
    pub to: UnitId,
    /// First day there; the business day when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<NaiveDate>,
}

#[async_trait]
impl Command for TransferMember {
    const NAME: &'static str = "transfer-member";
    const TITLE: &'static str = "成员调动";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let to = sitting.look::<Unit>(self.to.as_str()).await?;
        to.must_be_enrolled(&self.to).map_err(|refusal| refusal.at("to"))?;
        let member = sitting.open::<Member>(self.member.as_str()).await?;
        let it = self.clone();
        let on = it.on.unwrap_or_else(|| at.date());
        sitting.record(member, move |member| member.transfer(&it.member, &it.from, &it.to, on, &at)).await?;
        Ok(())
    }
}
