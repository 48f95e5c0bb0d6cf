//! Agreeing.

use aggregates::ids::ActorId;
use aggregates::person::{ConsentPurpose, Person};
use aggregates::{Subject, SubjectKind};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Sitting, Trouble};

/// Notes that a person agrees to a use of personal data, where that is the ground for it (PIPL art. 13, 29).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GiveConsent {
    /// What sort of person.
    pub kind: SubjectKind,
    /// Opaque.
    pub id: ActorId,
    /// To what.
    pub purpose: ConsentPurpose,
}

#[async_trait]
impl Command for GiveConsent {
    const NAME: &'static str = "give-consent";
    const TITLE: &'static str = "同意处理个人信息";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let subject = Subject { kind: self.kind, id: self.id.clone() };
        let person = sitting.open::<Person>(&subject.to_string()).await?;
        let purpose = self.purpose;
        sitting.record(person, move |person| person.agree(&subject, purpose, &at)).await?;
        Ok(())
    }
}
