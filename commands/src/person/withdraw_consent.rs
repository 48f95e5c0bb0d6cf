//! Taking consent back.

use aggregates::ids::ActorId;
use aggregates::person::{ConsentPurpose, Person};
use aggregates::{Subject, SubjectKind};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Notes that a person does not agree to a use of personal data any more (PIPL art. 15).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawConsent {
    /// What sort of person.
    pub kind: SubjectKind,
    /// Opaque.
    pub id: ActorId,
    /// To what.
    pub purpose: ConsentPurpose,
}

#[async_trait]
impl Command for WithdrawConsent {
    const NAME: &'static str = "withdraw-consent";
    const TITLE: &'static str = "撤回同意";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let subject = Subject { kind: self.kind, id: self.id.clone() };
        let person = sitting.open::<Person>(&subject.to_string()).await?;
        let purpose = self.purpose;
        sitting.record(person, move |person| person.disagree(&subject, purpose, &at)).await?;
        Ok(())
    }
}
