//! Retirement (A1).

use aggregates::ids::MemberId;
use aggregates::member::Member;
use async_trait::async_trait;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Retires a member, today or from an earlier day on: out of denominators and rosters, history kept (A1).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RetireMember {
    /// The member.
    pub member: MemberId,
    /// First day of retirement; the business day when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<NaiveDate>,
}

#[async_trait]
impl Command for RetireMember {
    const NAME: &'static str = "retire-member";
    const TITLE: &'static str = "成员退休";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let member = sitting.open::<Member>(self.member.as_str()).await?;
        let (id, on) = (self.member.clone(), self.on.unwrap_or_else(|| at.date()));
        if sitting.record(member, move |member| member.retire(&id, on, &at)).await?.is_empty() {
            return Ok(());
        }
        super::departure::leave_all(sitting, &self.member, on).await
    }
}
