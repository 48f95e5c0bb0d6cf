//! Taking a duty role off (B9).

use aggregates::grid::{Grid, GridEvent};
use aggregates::ids::{ActorId, GridCode, MemberId, Term};
use aggregates::member::Member;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Takes a duty role off a holder (B9). Name exactly one of member and person.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RelieveDuty {
    /// The grid.
    pub grid: GridCode,
    /// The slot that the holder is in.
    pub slot: Term,
    /// The member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// The person outside the member ledger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<ActorId>,
    /// The role, from the policy's list.
    pub role: Term,
}

#[async_trait]
impl Command for RelieveDuty {
    const NAME: &'static str = "relieve-duty";
    const TITLE: &'static str = "解除职责";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let holder = super::holder(self.member.as_ref(), self.person.as_ref())?;
        let grid = sitting.open::<Grid>(self.grid.as_str()).await?;
        let it = self.clone();
        let facts = sitting
            .record(grid, move |grid| grid.relieve_duty(&it.grid, &it.slot, &holder, &it.role, &at))
            .await?;
        if let (Some(GridEvent::DutyRelieved { on, .. }), Some(id)) = (facts.first(), &self.member) {
            let member = sitting.open::<Member>(id.as_str()).await?;
            let (it, id, on) = (self.clone(), id.clone(), *on);
            sitting
                .record(member, move |member| member.be_relieved_of_duty(&id, &it.grid, &it.role, on))
                .await?;
        }
        Ok(())
    }
}
