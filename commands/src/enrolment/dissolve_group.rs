//! Dissolving a service group (C6).

use aggregates::group::Group;
use aggregates::ids::GroupId;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Dissolves a group; its members leave it in the same step (C6).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DissolveGroup {
    /// The group.
    pub group: GroupId,
}

#[async_trait]
impl Command for DissolveGroup {
    const NAME: &'static str = "dissolve-group";
    const TITLE: &'static str = "解散服务组";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let group = sitting.open::<Group>(self.group.as_str()).await?;
        for member in sitting.see(group).members() {
            super::departure::leave_group(sitting, member, &self.group).await?;
        }
        let id = self.group.clone();
        sitting.record(group, move |group| group.dissolve(&id)).await?;
        Ok(())
    }
}
