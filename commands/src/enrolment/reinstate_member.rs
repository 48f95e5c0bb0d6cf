//! Back from an exclusion (A5).

use aggregates::ids::MemberId;
use aggregates::member::Member;
use async_trait::async_trait;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Ends an exclusion, today or from an earlier day on, or takes back one that has not begun (A5).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReinstateMember {
    /// The member.
    pub member: MemberId,
    /// First day back; the business day when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
}

#[async_trait]
impl Command for ReinstateMember {
    const NAME: &'static str = "reinstate-member";
    const TITLE: &'static str = "恢复纳入";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let member = sitting.open::<Member>(self.member.as_str()).await?;
        let (id, from) = (self.member.clone(), self.from.unwrap_or_else(|| at.date()));
        sitting.record(member, move |member| member.reinstate(&id, from, &at)).await?;
        Ok(())
    }
}
