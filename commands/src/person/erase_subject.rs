//! Forgetting a person for good (PIPL art. 47).

use aggregates::ids::ActorId;
use aggregates::person::{ErasureGround, Person};
use aggregates::{Subject, SubjectKind};
use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::vault::Forgetting;
use crate::{Command, Sitting, Trouble};

/// Forgets a person for good: everything in the vault about them, and about the demands that they placed, is destroyed with its key. What
/// was recorded stays, and says nothing personal.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EraseSubject {
    /// What sort of subject: for somebody without an account, the demand.
    pub kind: SubjectKind,
    /// Opaque.
    pub id: ActorId,
    /// Why.
    pub ground: ErasureGround,
}

#[async_trait]
impl Command for EraseSubject {
    const NAME: &'static str = "erase-subject";
    const TITLE: &'static str = "删除个人信息";

    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        let at = sitting.at()?;
        let subject = Subject { kind: self.kind, id: self.id.clone() };
        let person = sitting.open::<Person>(&subject.to_string()).await?;
        let (whom, ground) = (subject.clone(), self.ground);
        sitting.record(person, move |person| person.erase(&whom, ground, &at)).await?;
        // Once more where it was done before: a copy may have come back.
        sitting.forget(Forgetting::Subject(subject));
        Ok(())
    }
}
