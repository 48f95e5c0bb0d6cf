//! Everything that may stand in a command's way.

use aggregates::Refusal;
use uuid::Uuid;

use crate::journal::JournalError;

/// Why a command did not succeed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Trouble {
    /// A rule says no; nothing was stored.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Others kept moving the same streams; nothing was stored. Try again.
    #[error("stream {0} is being changed by others; try again")]
    Conflict(String),
    /// The idempotency key was used before for other content.
    #[error("command id {0} was used before with other content")]
    KeyReused(Uuid),
    /// The journal failed.
    #[error(transparent)]
    Journal(JournalError),
}

impl From<JournalError> for Trouble {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::Conflict(stream) => Self::Conflict(stream),
            JournalError::KeyReused(id) => Self::KeyReused(id),
            other => Self::Journal(other),
        }
    }
}
