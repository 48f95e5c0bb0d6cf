//! Leaving a service group (C6).

use aggregates::group::Group;
use aggregates::ids::{GroupId, MemberId};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// A member leaves a group (C6).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaveGroup {
    /// The member.
    pub member: MemberId,
    /// The group.
    pub group: GroupId,
}

#[async_trait]
impl Command for LeaveGroup {
    const NAME: &'static str = "leave-group";
    const TITLE: &'static str = "退出服务组";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        sitting.look::<Group>(self.group.as_str()).await?.community(&self.group)?;
        super::departure::leave_group(sitting, &self.member, &self.group).await
    }
}
