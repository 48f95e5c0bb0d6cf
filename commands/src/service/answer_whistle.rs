//! A department reports to a whistle (F15).

use aggregates::demand::Demand;
use aggregates::ids::{DemandId, UnitId};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// A department reports to a whistle (报到, F15).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerWhistle {
    /// The demand.
    pub demand: DemandId,
    /// The department: a unit.
    pub department: UnitId,
}

#[async_trait]
impl Command for AnswerWhistle {
    const NAME: &'static str = "answer-whistle";
    const TITLE: &'static str = "部门报到";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let demand = sitting.open::<Demand>(self.demand.as_str()).await?;
        let it = self.clone();
        sitting.record(demand, move |demand| demand.answer_whistle(&it.demand, &it.department, &at)).await?;
        Ok(())
    }
}
