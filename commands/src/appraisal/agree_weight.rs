//! Agreeing on the weight of the community's score (D3).

use aggregates::agreement::{self, Agreement};
use aggregates::division::{Division, unknown_community};
use aggregates::ids::{DivisionCode, Term, UnitId};
use aggregates::unit::Unit;
use async_trait::async_trait;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// A street or community and a unit agree on the weight of the community's score, and on the items of service that count
/// (六枝特区九龙街道: 40 %, D3).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreeWeight {
    /// The street or community.
    pub division: DivisionCode,
    /// The unit.
    pub unit: UnitId,
    /// The community's share in percent.
    pub percent: u32,
    /// The items of service whose ratings count, by their code in the duty catalogue or a local name.
    pub items: Vec<Term>,
    /// From this day on.
    pub from: NaiveDate,
}

#[async_trait]
impl Command for AgreeWeight {
    const NAME: &'static str = "agree-weight";
    const TITLE: &'static str = "约定评价权重";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        if !sitting.look::<Division>(self.division.as_str()).await?.is_registered() {
            return Err(unknown_community(self.division.to_string()).at("division").into());
        }
        sitting.look::<Unit>(self.unit.as_str()).await?.must_be_enrolled(&self.unit)?;
        let agreement = sitting.open::<Agreement>(&agreement::stream(&self.division, &self.unit)).await?;
        let it = self.clone();
        sitting
            .record(agreement, move |agreement| {
                agreement.agree_weight(&it.division, &it.unit, it.percent, &it.items, it.from, &at)
            })
            .await?;
        Ok(())
    }
}
