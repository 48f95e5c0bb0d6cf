//! Entering a unit (A1).

use aggregates::division::{Division, unknown};
use aggregates::ids::{DivisionCode, UnitId};
use aggregates::unit::{Unit, UnitClass};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Enters a unit of one of the classes in scope (A1).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrolUnit {
    /// The unit.
    pub unit: UnitId,
    /// Its public name.
    pub name: String,
    /// Its class.
    pub class: UnitClass,
    /// The division whose department manages it.
    pub division: DivisionCode,
    /// The upper party organisation, which receives its feedback card (D2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upper: Option<UnitId>,
}

#[async_trait]
impl Command for EnrolUnit {
    const NAME: &'static str = "enrol-unit";
    const TITLE: &'static str = "登记单位";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        if !sitting.look::<Division>(self.division.as_str()).await?.is_registered() {
            return Err(unknown(self.division.to_string()).into());
        }
        if let Some(upper) = &self.upper {
            let above = sitting.look::<Unit>(upper.as_str()).await?;
            if upper != &self.unit {
                above.must_be_enrolled(upper).map_err(|refusal| refusal.at("upper"))?;
            }
        }
        let unit = sitting.open::<Unit>(self.unit.as_str()).await?;
        let it = self.clone();
        sitting
            .record(unit, move |unit| {
                unit.enrol(&it.unit, &it.name, it.class, &it.division, it.upper.as_ref(), &at)
            })
            .await?;
        Ok(())
    }
}
