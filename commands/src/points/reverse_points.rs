//! Taking a line back (D1).

use aggregates::ids::{MemberId, Term, UnitId};
use aggregates::member::Member;
use aggregates::points::{Holder, ShareOf};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Takes a line of a card back: lines are never edited. A unit's share goes with its member's line. Name exactly one of
/// member and unit.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReversePoints {
    /// The member whose card it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// The unit whose card it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// The card's year.
    pub year: i32,
    /// The line: `2026-1` …
    pub line: Term,
}

#[async_trait]
impl Command for ReversePoints {
    const NAME: &'static str = "reverse-points";
    const TITLE: &'static str = "冲正";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let (year, line) = (self.year, self.line.clone());
        match super::holder(self.member.as_ref(), self.unit.as_ref())? {
            Holder::Member(id) => {
                let cards = sitting.look::<Member>(id.as_str()).await?;
                let sharer = cards.cards().of(year).and_then(|card| card.shared_with(&line)).cloned();
                let (who, name, now) = (id.clone(), line.clone(), at.clone());
                super::on_member(sitting, &id, move |member| member.reverse(&who, year, &name, &now)).await?;
                if let Some(unit) = sharer {
                    let share = ShareOf { member: id, line };
                    super::on_unit(sitting, &unit, move |unit| unit.reverse_share(&share, &at)).await?;
                }
            }
            Holder::Unit(id) => {
                let who = id.clone();
                super::on_unit(sitting, &id, move |unit| unit.reverse(&who, year, &line, &at)).await?;
            }
        }
        Ok(())
    }
}
