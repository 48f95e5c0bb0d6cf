//! The port to the vault: where everything personal is kept, so that it can be forgotten.

use std::collections::HashMap;

use aggregates::Subject;
use aggregates::ids::{DemandId, Sealed};
use async_trait::async_trait;
use uuid::Uuid;

use crate::journal::JournalError;
use crate::trouble::Trouble;

aggregates::refusals! { "vault";
    /// There is no vault here, or it cannot be opened.
    closed(why: &str) Rule:
        "本账本的个人信息库未启用，不能填写个人信息：{why}", "the vault of this ledger is closed, so nothing personal is taken: {why}";
    /// The content of an answered command is gone.
    forgotten() Rule:
        "该命令已受理，其个人信息已删除，无法比对", "the command was answered before, and what was personal in it is forgotten: it cannot be compared";
}

/// Why the vault did not do what it was asked to.
#[derive(Debug, Clone, thiserror::Error)]
pub enum VaultError {
    /// It has no key.
    #[error("the vault is closed: {0}")]
    Closed(String),
    /// The database or the file of the key cannot be reached.
    #[error("the vault is not available: {0}")]
    Unavailable(String),
    /// What is kept cannot be opened.
    #[error("the vault is damaged: {0}")]
    Damaged(String),
}

impl From<VaultError> for Trouble {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Closed(why) => closed(&why).into(),
            VaultError::Unavailable(why) => Self::Journal(JournalError::Unavailable(why)),
            VaultError::Damaged(why) => Self::Journal(JournalError::Damaged(why)),
        }
    }
}

/// Whom something is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whose {
    /// Under whose key it is kept.
    pub subject: Subject,
    /// With whom it is forgotten, too: the resident behind a demand.
    pub owner: Option<Subject>,
}

impl From<Subject> for Whose {
    fn from(subject: Subject) -> Self {
        Self { subject, owner: None }
    }
}

/// One personal field of a command.
#[derive(Clone)]
pub struct Disclosure<'a> {
    /// The row of a file, from 1; 0 for a command by itself.
    pub row: u32,
    /// The field.
    pub field: &'static str,
    /// Whom it is about.
    pub whose: Whose,
    /// What it says.
    pub text: &'a str,
}

/// What becomes of what is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sealing {
    /// It is kept.
    Keep,
    /// Nothing is kept: only the digests are wanted that it was kept under before.
    Recall,
    /// Nothing is kept: a rehearsal.
    Rehearse,
}

/// What is to be forgotten with a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Forgetting {
    /// Everything of a subject, and of whatever it owns.
    Subject(Subject),
    /// The words of a demand that was over long enough.
    Contact(DemandId),
    /// Details that others took the place of.
    Replaced(Vec<Sealed>),
}

/// Where everything personal is kept.
#[async_trait]
pub trait Vault: Send + Sync {
    /// Seals the fields of a command, in their order. The same field of the same command has the same digest, as long as the key of
    /// its subject lives. None when digests are recalled and a key is gone.
    async fn seal(
        &self,
        command_id: Uuid,
        disclosures: &[Disclosure<'_>],
        how: Sealing,
    ) -> Result<Option<Vec<Sealed>>, VaultError>;
    /// Notes durably, outside the database, who is going to be erased: before the fact of it is recorded.
    async fn announce(&self, forgettings: &[Forgetting]) -> Result<(), VaultError>;
    /// Forgets: after the fact of it is recorded. What fails here is done again later.
    async fn forget(&self, forgettings: &[Forgetting]) -> Result<(), VaultError>;
}

/// No vault: nothing personal is taken.
pub struct NoVault;

#[async_trait]
impl Vault for NoVault {
    async fn seal(
        &self,
        _: Uuid,
        _: &[Disclosure<'_>],
        _: Sealing,
    ) -> Result<Option<Vec<Sealed>>, VaultError> {
        Err(VaultError::Closed("no vault is configured".to_owned()))
    }

    async fn announce(&self, _: &[Forgetting]) -> Result<(), VaultError> {
        Ok(())
    }

    async fn forget(&self, _: &[Forgetting]) -> Result<(), VaultError> {
        Ok(())
    }
}

/// The digests of a command's personal fields, by row and field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seals(HashMap<(u32, &'static str), Sealed>);

impl Seals {
    pub(crate) fn of(disclosures: &[Disclosure<'_>], sealed: Vec<Sealed>) -> Self {
        Self(disclosures.iter().map(|one| (one.row, one.field)).zip(sealed).collect())
    }

    pub(crate) fn get(&self, row: u32, field: &'static str) -> Option<&Sealed> {
        self.0.get(&(row, field))
    }

    /// All digests, in the order of rows and fields.
    pub(crate) fn in_order(&self) -> Vec<&Sealed> {
        let mut all: Vec<_> = self.0.iter().collect();
        all.sort_by_key(|(key, _)| **key);
        all.into_iter().map(|(_, sealed)| sealed).collect()
    }
}
