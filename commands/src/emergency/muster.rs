//! Coming to the grid in an emergency (F4).

use aggregates::emergency::{Arrived, Emergency};
use aggregates::ids::{EmergencyId, GridCode, MemberId};
use aggregates::member::{Member, MemberEvent};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// A member comes to the grid in an emergency that is in force (F4: 急时全员下沉), once. It is for who holds a post in the
/// scope, lives there or has reported there; outside of emergencies nobody checks in.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Muster {
    /// The emergency.
    pub emergency: EmergencyId,
    /// The member.
    pub member: MemberId,
    /// The grid come to; the one of the member's post when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grid: Option<GridCode>,
}

#[async_trait]
impl Command for Muster {
    const NAME: &'static str = "muster";
    const TITLE: &'static str = "应急到岗";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let emergency = sitting.open::<Emergency>(self.emergency.as_str()).await?;
        let scope = sitting.see(emergency).must_be_in_force(&self.emergency)?.clone();
        let member = sitting.open::<Member>(self.member.as_str()).await?;
        let unit = sitting.see(member).unit().cloned();
        let it = self.clone();
        let facts = sitting
            .record(member, move |member| {
                member.muster(&it.member, &it.emergency, &scope, it.grid.as_ref(), &at)
            })
            .await?;
        for fact in facts {
            let MemberEvent::Mustered { community, grid, posted, .. } = fact else { continue };
            let arrived = Arrived { community, grid, posted };
            let it = self.clone();
            sitting
                .record(emergency, move |emergency| {
                    emergency.receive(&it.emergency, &it.member, unit.as_ref(), &arrived)
                })
                .await?;
            return Ok(());
        }
        Ok(())
    }
}
