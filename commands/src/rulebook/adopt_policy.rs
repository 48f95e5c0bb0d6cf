//! Adopting a policy (办法).

use aggregates::Refusal;
use aggregates::policy::{self, Fault, Policy};
use aggregates::rulebook::{Rulebook, STREAM};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::digest;
use crate::{Command, Sitting, Trouble};

aggregates::refusals! { "policy_file";
    /// The file has faults; each is told with its line.
    faulty(faults: &str) Invalid at "text":
        "办法文件有误：{faults}", "the policy file is faulty: {faults}";
}

/// Adopts a policy file from its effective date on. Nothing past changes by it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdoptPolicy {
    /// The policy as TOML text.
    pub text: String,
}

#[async_trait]
impl Command for AdoptPolicy {
    const NAME: &'static str = "adopt-policy";
    const TITLE: &'static str = "采纳办法";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let policy = policy::read(&self.text).map_err(|faults| told(&faults))?;
        let digest = digest(&self.text);
        let book = sitting.open::<Rulebook>(STREAM).await?;
        sitting.record(book, move |book| book.adopt(&policy, &digest)).await?;
        Ok(())
    }
}

fn told(faults: &[Fault]) -> Refusal {
    faulty(&faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
}

/// Reads a draft that is not to be adopted: a policy file, or the same as JSON.
pub fn read_draft(text: &str) -> Result<Policy, Refusal> {
    if !text.trim_start().starts_with('{') {
        return policy::read(text).map_err(|faults| told(&faults));
    }
    policy::read_json(text).map_err(|faults| told(&faults))
}
