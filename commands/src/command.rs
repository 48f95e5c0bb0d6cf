//! What a command is.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};

use crate::journal::JournalError;
use crate::sitting::Sitting;
use crate::trouble::Trouble;
use crate::vault::{Disclosure, Whose};

/// A use case: the same struct for JSON, forms, batches and imports.
#[async_trait]
pub trait Command: Serialize + DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// Kebab-case: the name in `POST /v1/commands/{name}`.
    const NAME: &'static str;
    /// What it is called in Chinese.
    const TITLE: &'static str;
    /// Opens streams, asks them, and records what they answer.
    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble>;
    /// What it tells that is personal, by field. Of most commands nothing.
    fn personal(&self) -> Vec<(&'static str, &str)> {
        vec![]
    }
    /// Whom that is about. Asked only where something personal is told.
    async fn whose(&self, _: &mut Sitting<'_>) -> Result<Whose, Trouble> {
        Err(Trouble::Journal(JournalError::Malformed(format!("{} is about nobody", Self::NAME))))
    }
}

/// The fields of a command that tell something personal.
pub(crate) fn told<'a>(
    fields: impl IntoIterator<Item = (&'static str, Option<&'a str>)>,
) -> Vec<(&'static str, &'a str)> {
    fields.into_iter().filter_map(|(field, text)| Some((field, text?))).collect()
}

/// A command of any kind.
#[async_trait]
pub trait AnyCommand: Send + Sync {
    /// See [`Command::NAME`].
    fn name(&self) -> &'static str;
    /// The input as JSON text in one canonical form: what the idempotency key is bound to.
    fn canonical(&self) -> String;
    /// See [`Command::decide`].
    async fn decide_any(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble>;
    /// Whether anything personal is told.
    fn is_personal(&self) -> bool {
        false
    }
    /// What is told that is personal, with whom it is about. Refused of whoever was erased.
    async fn disclose(&self, _: &mut Sitting<'_>) -> Result<Vec<Disclosure<'_>>, Trouble> {
        Ok(vec![])
    }
}

#[async_trait]
impl<C: Command> AnyCommand for C {
    fn name(&self) -> &'static str {
        C::NAME
    }

    fn canonical(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    async fn decide_any(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble> {
        sitting.must_be_allowed(C::NAME)?;
        if self.is_personal() {
            let whose = self.whose(sitting).await?;
            sitting.must_not_be_erased(&whose).await?;
        }
        self.decide(sitting).await
    }

    fn is_personal(&self) -> bool {
        !self.personal().is_empty()
    }

    async fn disclose(&self, sitting: &mut Sitting<'_>) -> Result<Vec<Disclosure<'_>>, Trouble> {
        sitting.must_be_allowed(C::NAME)?;
        let personal = self.personal();
        if personal.is_empty() {
            return Ok(vec![]);
        }
        let whose = self.whose(sitting).await?;
        sitting.must_not_be_erased(&whose).await?;
        let row = sitting.row();
        Ok(personal
            .into_iter()
            .map(|(field, text)| Disclosure { row, field, whose: whose.clone(), text })
            .collect())
    }
}
