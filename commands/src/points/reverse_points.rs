//! Taking a line back (D1).

use aggregates::demand::Taker;
use aggregates::ids::{MemberId, Term, UnitId};
use aggregates::member::Member;
use aggregates::unit::Unit;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Takes a line of a card back: lines are never edited. Name exactly one of member and unit.
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
        let it = self.clone();
        match crate::service::taker(self.member.as_ref(), self.unit.as_ref())? {
            Taker::Member(id) => {
                let member = sitting.open::<Member>(id.as_str()).await?;
                sitting.record(member, move |member| member.reverse(&id, it.year, &it.line)).await?;
            }
            Taker::Unit(id) => {
                let unit = sitting.open::<Unit>(id.as_str()).await?;
                sitting.record(unit, move |unit| unit.reverse(&id, it.year, &it.line)).await?;
            }
        }
        Ok(())
    }
}
