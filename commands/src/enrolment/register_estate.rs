//! Registering an estate or building (A4).

use aggregates::estate::{Estate, Particulars};
use aggregates::ids::{CommunityCode, EstateId};
use aggregates::member::DwellingKind;
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Enters an estate or a dormitory building, or corrects its name and size (A4).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterEstate {
    /// The estate.
    pub estate: EstateId,
    /// Its community.
    pub community: CommunityCode,
    /// What kind of dwelling it is; self-built houses and relocation streets have no estate.
    pub kind: DwellingKind,
    /// Its public name.
    pub name: String,
    /// How many households live there.
    pub households: u32,
    /// How many buildings it has; 1 in the ledger kept by building.
    #[serde(default = "one")]
    pub buildings: u32,
}

#[async_trait]
impl Command for RegisterEstate {
    const NAME: &'static str = "register-estate";
    const TITLE: &'static str = "登记小区（楼栋）";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        super::must_know_community(sitting, &self.community).await?;
        let estate = sitting.open::<Estate>(self.estate.as_str()).await?;
        let Self { estate: id, community, kind, name, households, buildings } = self.clone();
        let new = Particulars { community, kind, name, households, buildings };
        sitting.record(estate, move |estate| estate.register(&id, &new, &at)).await?;
        Ok(())
    }
}

fn one() -> u32 {
    1
}
