//! Adopting a duty catalogue (职责清单, C4).

use aggregates::rulebook::{self, Rulebook, STREAM};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::digest;
use crate::{Command, Sitting, Trouble};

aggregates::refusals! { "catalogue_file";
    /// The file has faults; each is told with its line.
    faulty(faults: &str) Invalid at "text":
        "职责清单文件有误：{faults}", "the duty catalogue file is faulty: {faults}";
}

/// Adopts a duty catalogue from its effective date on (C4).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdoptDutyCatalogue {
    /// The catalogue as TOML text.
    pub text: String,
}

#[async_trait]
impl Command for AdoptDutyCatalogue {
    const NAME: &'static str = "adopt-duty-catalogue";
    const TITLE: &'static str = "采纳职责清单";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let catalogue = rulebook::read_catalogue(&self.text).map_err(|faults| {
            faulty(&faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
        })?;
        let digest = digest(&self.text);
        let book = sitting.open::<Rulebook>(STREAM).await?;
        sitting.record(book, move |book| book.adopt_catalogue(&catalogue, &digest)).await?;
        Ok(())
    }
}
