//! What a command is.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};

use crate::sitting::Sitting;
use crate::trouble::Trouble;

/// A use case: the same struct for JSON, forms, batches and imports.
#[async_trait]
pub trait Command: Serialize + DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// Kebab-case: the name in `POST /v1/commands/{name}`.
    const NAME: &'static str;
    /// What it is called in Chinese.
    const TITLE: &'static str;
    /// Opens streams, asks them, and records what they answer.
    async fn decide(&self, sitting: &mut Sitting<'_>) -> Result<(), Trouble>;
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
        self.decide(sitting).await
    }
}
