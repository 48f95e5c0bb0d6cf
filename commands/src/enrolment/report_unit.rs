//! A unit reports (A3).

use aggregates::ids::{CommunityCode, Term, UnitId};
use aggregates::unit::Unit;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// The unit's responsible person reports to a linked community, handing in needs and resources (A3).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportUnit {
    /// The unit.
    pub unit: UnitId,
    /// The community.
    pub community: CommunityCode,
    /// Categories in which the unit needs something.
    #[serde(default)]
    pub needs: Vec<Term>,
    /// Categories in which it can give something.
    #[serde(default)]
    pub resources: Vec<Term>,
}

#[async_trait]
impl Command for ReportUnit {
    const NAME: &'static str = "report-unit";
    const TITLE: &'static str = "单位报到";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let unit = sitting.open::<Unit>(self.unit.as_str()).await?;
        let it = self.clone();
        let now = at.clone();
        sitting
            .record(unit, move |unit| unit.report(&it.unit, &it.community, &it.needs, &it.resources, &now))
            .await?;
        sitting.record(unit, move |unit| Ok(unit.open_card(&at))).await?;
        Ok(())
    }
}
