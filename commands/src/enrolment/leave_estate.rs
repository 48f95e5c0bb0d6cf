//! The end of service in an estate (A8).

use aggregates::ids::{EstateId, MemberId};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Ends a member's service in an estate (A8).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaveEstate {
    /// The member.
    pub member: MemberId,
    /// The estate.
    pub estate: EstateId,
}

#[async_trait]
impl Command for LeaveEstate {
    const NAME: &'static str = "leave-estate";
    const TITLE: &'static str = "退出小区服务";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        super::departure::leave_estate(sitting, &self.member, &self.estate).await
    }
}
