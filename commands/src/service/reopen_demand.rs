//! Reopening after an unsatisfied rating (C5).

use aggregates::demand::{Demand, Phase};
use aggregates::ids::{DemandId, MemberId};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble, points};

/// Opens a demand again whose rating was unsatisfied (C5). What the rating gave or took on cards of members and units is
/// reversed in the same step; the minutes served stay.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReopenDemand {
    /// The demand.
    pub demand: DemandId,
}

#[async_trait]
impl Command for ReopenDemand {
    const NAME: &'static str = "reopen-demand";
    const TITLE: &'static str = "不满意重办";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let demand = sitting.open::<Demand>(self.demand.as_str()).await?;
        let before = sitting.see(demand);
        let id = self.demand.clone();
        if sitting.record(demand, move |demand| demand.reopen(&id, &at)).await?.is_empty() {
            return Ok(());
        }
        let Phase::Completed { served, .. } = before.phase() else { return Ok(()) };
        let members: Vec<MemberId> = served.iter().map(|one| one.member.clone()).collect();
        points::take_back_ratings(sitting, &self.demand, &members).await
    }
}
