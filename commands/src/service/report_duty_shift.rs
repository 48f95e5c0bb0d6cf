//! Saying that a demand is another body's duty (C3).

use aggregates::demand::Demand;
use aggregates::ids::{DemandId, MemberId, Term, UnitId};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Whoever was given a demand says that it is another body's duty (C3). Name exactly one of member and unit. The demand
/// leaves the taker without any consequence and is screened again.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportDutyShift {
    /// The demand.
    pub demand: DemandId,
    /// The member to whom it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// The unit to which it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// The entry of the duty catalogue that it belongs to.
    pub category: Term,
}

#[async_trait]
impl Command for ReportDutyShift {
    const NAME: &'static str = "report-duty-shift";
    const TITLE: &'static str = "反映转嫁";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let taker = super::taker(self.member.as_ref(), self.unit.as_ref())?;
        let demand = sitting.open::<Demand>(self.demand.as_str()).await?;
        let (it, by) = (self.clone(), taker.clone());
        sitting
            .record(demand, move |demand| demand.report_duty_shift(&it.demand, &by, &it.category, &at))
            .await?;
        super::give_back(sitting, &taker, &self.demand, false).await
    }
}
