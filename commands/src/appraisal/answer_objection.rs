//! Answering an objection (D2; PIPL art. 24).

use aggregates::appraisal::{RejectionReason, refusal};
use aggregates::ids::{MemberId, UnitId};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// A human answers the holder's objection: upheld, the card is drafted anew from what the point card shows by now;
/// rejected, with a reason code, the draft stands (D2). Name exactly one of member and unit.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerObjection {
    /// The member whose card it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// The unit whose card it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// The card's year.
    pub year: i32,
    /// Whether it is upheld.
    pub upheld: bool,
    /// Why it is rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<RejectionReason>,
}

#[async_trait]
impl Command for AnswerObjection {
    const NAME: &'static str = "answer-objection";
    const TITLE: &'static str = "答复异议";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let holder = crate::points::holder(self.member.as_ref(), self.unit.as_ref())?;
        let (year, upheld, reason) = (self.year, self.upheld, self.reason);
        let card = super::open(sitting, &holder, year).await?;
        let Some(community) = sitting.see(card).community().cloned() else {
            return Err(refusal::unknown(year).into());
        };
        let found = super::find(sitting, &holder, year, &community).await?;
        sitting
            .record(card, move |card| {
                card.answer(upheld, reason, &found.findings(&holder, year, &community), &at)
            })
            .await?;
        Ok(())
    }
}
