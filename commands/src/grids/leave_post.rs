//! Leaving a post (B7).

use aggregates::grid::Grid;
use aggregates::ids::{ActorId, GridCode, MemberId, Term};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Somebody leaves a slot of a grid's roster on the business day. Name exactly one of member and person.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeavePost {
    /// The grid.
    pub grid: GridCode,
    /// The slot.
    pub slot: Term,
    /// The member who leaves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// The person outside the member ledger who leaves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<ActorId>,
}

#[async_trait]
impl Command for LeavePost {
    const NAME: &'static str = "leave-post";
    const TITLE: &'static str = "离岗";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let on = sitting.at()?.date();
        let holder = super::holder(self.member.as_ref(), self.person.as_ref())?;
        let grid = sitting.open::<Grid>(self.grid.as_str()).await?;
        let it = self.clone();
        let facts =
            sitting.record(grid, move |grid| grid.vacate_post(&it.grid, &it.slot, &holder, on)).await?;
        super::posts::tell_members(sitting, &self.grid, &facts).await
    }
}
