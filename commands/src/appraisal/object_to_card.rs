//! Objecting (D2; PIPL art. 24).

use aggregates::appraisal::ObjectionGround;
use aggregates::ids::{MemberId, Term, UnitId};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// The holder objects to the draft, once and within its days (D2; PIPL art. 24). What there is to say in words goes to the
/// community, not here. Name exactly one of member and unit.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectToCard {
    /// The member whose card it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// The unit whose card it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// The card's year.
    pub year: i32,
    /// To what.
    pub ground: ObjectionGround,
    /// The lines disputed: `2026-1` …
    #[serde(default)]
    pub lines: Vec<Term>,
}

#[async_trait]
impl Command for ObjectToCard {
    const NAME: &'static str = "object-to-card";
    const TITLE: &'static str = "对反馈卡提出异议";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let holder = crate::points::holder(self.member.as_ref(), self.unit.as_ref())?;
        let (year, ground, lines) = (self.year, self.ground, self.lines.clone());
        let (cards, _) = super::cards(sitting, &holder, year).await?;
        let card = super::open(sitting, &holder, year).await?;
        sitting
            .record(card, move |card| {
                let has_line = |line: &Term| cards.of(year).is_some_and(|card| card.has_line(line));
                card.object(year, ground, &lines, has_line, &at)
            })
            .await?;
        Ok(())
    }
}
