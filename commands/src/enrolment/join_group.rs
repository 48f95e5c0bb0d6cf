//! Joining a service group (C6).

use aggregates::group::Group;
use aggregates::ids::{GroupId, MemberId};
use aggregates::member::Member;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// A member joins a group of own choice, in a community reported to (C6).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinGroup {
    /// The member.
    pub member: MemberId,
    /// The group.
    pub group: GroupId,
}

#[async_trait]
impl Command for JoinGroup {
    const NAME: &'static str = "join-group";
    const TITLE: &'static str = "自选编组";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let group = sitting.open::<Group>(self.group.as_str()).await?;
        let community = sitting.see(group).community(&self.group)?.clone();
        let member = sitting.open::<Member>(self.member.as_str()).await?;
        let it = self.clone();
        sitting
            .record(member, move |member| member.join_group(&it.member, &it.group, &community, &at))
            .await?;
        let joined = sitting.see(member);
        let it = self.clone();
        sitting
            .record(group, move |group| group.join(&it.group, &it.member, joined.unit(), joined.skills()))
            .await?;
        Ok(())
    }
}
