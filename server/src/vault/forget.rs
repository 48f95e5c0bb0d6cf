//! Forgetting, so that a crash anywhere and a restored backup change nothing: who is going to be erased is registered outside the database
//! first, then the fact is recorded, then key and content are destroyed; and whatever is left over is destroyed again.

use std::sync::atomic::Ordering;

use aggregates::circumstance::{Actor, Role};
use aggregates::ids::{ActorId, Sealed};
use aggregates::person::{ErasureGround, Person};
use aggregates::{Subject, SubjectKind};
use chrono::TimeDelta;
use commands::vault::{Forgetting, VaultError};
use commands::{Desk, Envelope, EraseSubject, Trouble};
use uuid::Uuid;

use super::{LedgerVault, unavailable};

/// What was told for commands that were never recorded is swept after this.
const SWEPT_AFTER: TimeDelta = TimeDelta::days(1);
/// The name space of erasures that are recorded again.
const REPLAYED: Uuid = Uuid::from_u128(0xba0d_a000_0000_4000_8000_0000_0000_0015);

/// What was left over and is gone now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Forgot {
    /// Subjects.
    pub subjects: usize,
    /// Demands whose words were left.
    pub demands: usize,
    /// Entries of commands that were never recorded, and details that others took the place of.
    pub orphans: usize,
}

impl LedgerVault {
    pub(super) fn register(&self, forgettings: &[Forgetting]) -> Result<(), VaultError> {
        let subjects: Vec<Subject> = forgettings
            .iter()
            .filter_map(|one| match one {
                Forgetting::Subject(subject) => Some(subject.clone()),
                Forgetting::Contact(_) | Forgetting::Replaced(_) => None,
            })
            .collect();
        if subjects.is_empty() {
            return Ok(());
        }
        let Some(home) = self.home() else {
            tracing::warn!(ledger = %self.store.name(), "no file for the vault's key is named, so there is no register of erasures: a backup from before this erasure must not be restored");
            return Ok(());
        };
        home.register_erasure(&subjects).map_err(unavailable)?;
        crate::fault::point("erasure_registered");
        Ok(())
    }

    pub(super) async fn destroy(&self, forgettings: &[Forgetting]) -> Result<(), VaultError> {
        let vault = self.store.vault();
        for one in forgettings {
            match one {
                Forgetting::Subject(subject) => vault.forget_subjects(&[subject.to_string()]).await,
                Forgetting::Contact(demand) => {
                    let subject =
                        Subject::new(SubjectKind::Demand, demand).map(|subject| subject.to_string());
                    vault.forget_words(&subject.into_iter().collect::<Vec<_>>()).await
                }
                Forgetting::Replaced(digests) => {
                    vault.forget_entries(&digests.iter().map(ToString::to_string).collect::<Vec<_>>()).await
                }
            }
            .map_err(unavailable)?;
        }
        crate::fault::point("erasure_done");
        self.scrub().await;
        Ok(())
    }

    /// What cannot be cleared away now is cleared away with the next erasure or the next round.
    async fn scrub(&self) {
        if let Err(error) = self.store.vault().scrub().await {
            self.unscrubbed.store(true, Ordering::SeqCst);
            tracing::warn!(ledger = %self.store.name(), %error, "what was erased could not be cleared out of the files of the database yet");
        }
    }

    /// Destroys again whatever register and journal call forgotten: before anybody is served, since an old backup may have brought it back.
    pub async fn replay(&self) -> Result<Forgot, VaultError> {
        let vault = self.store.vault();
        let mut subjects = vault.erased().await.map_err(unavailable)?;
        if let Some(home) = self.home() {
            let registered = home.erased().map_err(unavailable)?.into_iter().map(|one| one.to_string());
            let registered: Vec<String> = registered.collect();
            subjects.extend(vault.held(&registered).await.map_err(unavailable)?);
        }
        subjects.sort();
        subjects.dedup();
        let demands = vault.forgotten_words().await.map_err(unavailable)?;
        if !subjects.is_empty() {
            vault.forget_subjects(&subjects).await.map_err(unavailable)?;
        }
        if !demands.is_empty() {
            vault.forget_words(&demands).await.map_err(unavailable)?;
        }
        let unscrubbed = self.unscrubbed.swap(false, Ordering::SeqCst);
        if unscrubbed || !subjects.is_empty() || !demands.is_empty() {
            self.scrub().await;
        }
        Ok(Forgot { subjects: subjects.len(), demands: demands.len(), orphans: 0 })
    }

    /// Records anew the erasures that the register knows and the journal does not: a restored backup lacks them.
    pub async fn record_again(&self, desk: &Desk) -> Result<usize, Trouble> {
        let Some(home) = self.home() else { return Ok(0) };
        let actor =
            Actor { id: ActorId::new("vault").unwrap_or_default(), role: Role::System, organisation: None };
        let mut count = 0;
        for subject in home.erased().map_err(unavailable)? {
            if desk.look_anew::<Person>(&subject.to_string()).await?.erased().is_some() {
                continue;
            }
            let key = Uuid::new_v5(&REPLAYED, subject.to_string().as_bytes());
            let Subject { kind, id } = subject;
            let command = EraseSubject { kind, id, ground: ErasureGround::Replayed };
            desk.submit(&Envelope::new(actor.clone()).keyed(key), &command).await?;
            count += 1;
        }
        Ok(count)
    }

    /// One round of keeping: what is forgotten is destroyed again, and so is what no event will ever tell of.
    pub async fn keep_house(&self, desk: &Desk) -> Result<Forgot, Trouble> {
        let mut forgot = self.replay().await?;
        let before = self.clock.now() - SWEPT_AFTER;
        let vault = self.store.vault();
        forgot.orphans = vault.sweep(before).await.map_err(unavailable)?;
        let mut gone = vec![];
        for entry in vault.replaced(before).await.map_err(unavailable)? {
            let person = desk.look_anew::<Person>(&entry.subject).await?;
            let is_current = |sealed: &Sealed| sealed.as_str() == entry.digest;
            if !person.details().values().any(is_current) {
                gone.push(entry.digest);
            }
        }
        if !gone.is_empty() {
            vault.forget_entries(&gone).await.map_err(unavailable)?;
        }
        forgot.orphans += gone.len();
        if forgot.orphans > 0 {
            self.scrub().await;
        }
        Ok(forgot)
    }
}
