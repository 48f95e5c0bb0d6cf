//! Changing the vault's key: all keys are wrapped anew and the old one is destroyed, so that old backups of the database cannot be opened
//! any more.

use commands::vault::VaultError;
use projections::ports::StoreError;

use super::cipher::Key;
use super::suite::Suite;
use super::{LedgerVault, unavailable};
use crate::store::vault::{Kept, KeyRow};

/// Why the key is what it was.
#[derive(Debug, thiserror::Error)]
pub enum RotateError {
    /// The vault cannot be opened.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// Another process was changing it.
    #[error("the key was changed by another process meanwhile")]
    Meanwhile,
}

impl LedgerVault {
    /// Changes the key, to one of this suite or of the same as before. What was sealed for a subject stays as it was; the key that its key is
    /// wrapped by, and whatever is sealed of new subjects, is of the new one. A crash at any moment leaves the old key at work or the new one, never neither. A server that runs finds the new
    /// one by itself.
    pub async fn rotate(&self, suite: Option<Suite>) -> Result<(), RotateError> {
        let old = self.kek(true).await?;
        let Some(home) = self.home() else { return Ok(()) };
        let new = Key::new(suite.unwrap_or(old.key.suite()));
        home.write_next(&new).map_err(unavailable)?;
        let wrap = |row: &KeyRow| {
            let damaged = |error| StoreError::Damaged(format!("the key of {}: {error}", row.subject));
            let key = old.key.unwrap_key(&row.wrapped, &row.subject).map_err(damaged)?;
            new.wrap(&key, &row.subject).map_err(damaged)
        };
        crate::fault::point("key_put_aside");
        if self.store.vault().rewrap(&old.id, &new.id(), &wrap).await.map_err(unavailable)? != Kept::Kept {
            return Err(RotateError::Meanwhile);
        }
        crate::fault::point("keys_rewrapped");
        home.complete().map_err(unavailable)?;
        self.kek(false).await?;
        if let Err(error) = self.store.vault().scrub().await {
            tracing::warn!(%error, "keys as they were wrapped before could not be cleared out of the files of the database yet");
        }
        Ok(())
    }
}
