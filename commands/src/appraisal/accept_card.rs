//! Agreeing before the objection period ends (D2).

use aggregates::ids::{MemberId, UnitId};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// The holder agrees to the draft, so that it may be signed before the objection period ends (D2). Name exactly one of
/// member and unit.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptCard {
    /// The member whose card it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// The unit whose card it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// The card's year.
    pub year: i32,
}

#[async_trait]
impl Command for AcceptCard {
    const NAME: &'static str = "accept-card";
    const TITLE: &'static str = "同意反馈卡";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let holder = crate::points::holder(self.member.as_ref(), self.unit.as_ref())?;
        let year = self.year;
        let card = super::open(sitting, &holder, year).await?;
        sitting.record(card, move |card| card.accept(year, &at)).await?;
        Ok(())
    }
}
