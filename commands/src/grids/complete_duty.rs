//! Doing an item of a duty list (B17).

use aggregates::grid::{Grid, GridEvent};
use aggregates::ids::{ActorId, GridCode, MemberId, Term};
use aggregates::member::Member;
use async_trait::async_trait;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// A holder of the item's slot has done it (B17). Name exactly one of member and person.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompleteDuty {
    /// The grid.
    pub grid: GridCode,
    /// The list.
    pub list: Term,
    /// The item.
    pub item: Term,
    /// The member who did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// The person outside the member ledger who did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<ActorId>,
    /// On which day; the business day when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<NaiveDate>,
}

#[async_trait]
impl Command for CompleteDuty {
    const NAME: &'static str = "complete-duty";
    const TITLE: &'static str = "完成任务";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let by = super::holder(self.member.as_ref(), self.person.as_ref())?;
        let on = self.on.unwrap_or_else(|| at.date());
        let grid = sitting.open::<Grid>(self.grid.as_str()).await?;
        let it = self.clone();
        let facts = sitting
            .record(grid, move |grid| grid.complete_duty(&it.grid, (&it.list, &it.item), &by, on, &at))
            .await?;
        if let (Some(GridEvent::DutyDone { late, .. }), Some(id)) = (facts.first(), &self.member) {
            let member = sitting.open::<Member>(id.as_str()).await?;
            let (it, id, late) = (self.clone(), id.clone(), *late);
            sitting
                .record(member, move |member| member.do_duty(&id, &it.grid, (&it.list, &it.item), on, late))
                .await?;
        }
        Ok(())
    }
}
