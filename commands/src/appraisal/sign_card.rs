//! Signing (D2).

use aggregates::ids::{MemberId, UnitId};
use aggregates::policy::Grade;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// A human signs the card's grade, after the objection period or the holder's agreement; another grade than the proposed
/// one needs the envelope's reason (D2, E6). Name exactly one of member and unit.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignCard {
    /// The member whose card it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// The unit whose card it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// The card's year.
    pub year: i32,
    /// 优秀、良好、一般、差.
    pub grade: Grade,
}

#[async_trait]
impl Command for SignCard {
    const NAME: &'static str = "sign-card";
    const TITLE: &'static str = "签署反馈卡";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let holder = crate::points::holder(self.member.as_ref(), self.unit.as_ref())?;
        let (year, grade) = (self.year, self.grade);
        let (figures, eligible) = super::figures(sitting, &holder, year).await?;
        let card = super::open(sitting, &holder, year).await?;
        sitting.record(card, move |card| card.sign(year, grade, figures, eligible, &at)).await?;
        Ok(())
    }
}
