//! Registering a division (区划).

use aggregates::division::Division;
use aggregates::ids::{DivisionCode, Level};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Enters a division in the register, or corrects its name and aliases.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterDivision {
    /// National or local code.
    pub code: DivisionCode,
    /// Official name.
    pub name: String,
    /// Other names and codes in local use (gap G6).
    #[serde(default)]
    pub aliases: Vec<String>,
}

#[async_trait]
impl Command for RegisterDivision {
    const NAME: &'static str = "register-division";
    const TITLE: &'static str = "登记区划";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let parent_known = match self.code.parent() {
            Some(above) if self.code.level() > Level::Prefecture => {
                sitting.look::<Division>(above.as_str()).await?.is_registered()
            }
            _ => true,
        };
        let division = sitting.open::<Division>(self.code.as_str()).await?;
        let Self { code, name, aliases } = self.clone();
        sitting
            .record(division, move |division| division.register(&code, &name, &aliases, parent_known))
            .await?;
        Ok(())
    }
}
