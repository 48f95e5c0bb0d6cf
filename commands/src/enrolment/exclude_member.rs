//! 三类不纳入 (A5).

use aggregates::ids::MemberId;
use aggregates::member::{ExclusionReason, Member};
use async_trait::async_trait;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Leaves a member out for one of the three reasons, from a day to a day (A5). The reason is shown to nobody but those
/// who may know it. The same reason and first day with another last day corrects the last day.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExcludeMember {
    /// The member.
    pub member: MemberId,
    /// One of the policy's closed list.
    pub reason: ExclusionReason,
    /// First day; it may lie ahead.
    pub from: NaiveDate,
    /// Last day, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
}

#[async_trait]
impl Command for ExcludeMember {
    const NAME: &'static str = "exclude-member";
    const TITLE: &'static str = "不纳入";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let member = sitting.open::<Member>(self.member.as_str()).await?;
        let it = self.clone();
        let facts = sitting
            .record(member, move |member| member.exclude(&it.member, it.reason, it.from, it.until, &at))
            .await?;
        super::departure::leave_if_excluded(sitting, &self.member, &facts).await
    }
}
