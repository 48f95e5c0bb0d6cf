//! Forming a service group (C6).

use aggregates::group::Group;
use aggregates::ids::{CommunityCode, GroupId, Term};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Forms a service group that offers categories of service in a community (C6): 四点半课堂, 法律援助.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FormGroup {
    /// The group.
    pub group: GroupId,
    /// Its community.
    pub community: CommunityCode,
    /// Its public name.
    pub name: String,
    /// The categories of service that it offers.
    pub categories: Vec<Term>,
}

#[async_trait]
impl Command for FormGroup {
    const NAME: &'static str = "form-group";
    const TITLE: &'static str = "成立服务组";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        super::must_know_community(sitting, &self.community).await?;
        let group = sitting.open::<Group>(self.group.as_str()).await?;
        let it = self.clone();
        sitting
            .record(group, move |group| group.form(&it.group, &it.community, &it.name, &it.categories))
            .await?;
        Ok(())
    }
}
