//! The vault at work: everything personal, sealed by a key of its subject, which is wrapped by a key outside the database. To forget
//! somebody is to destroy that key ([ADR 15](../../../docs/adr/0015-what-is-personal-is-in-a-vault-that-forgets.md)).

pub(crate) mod cipher;
mod forget;
pub mod home;
mod read;
mod rotate;
pub mod suite;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, PoisonError, RwLock};

use aggregates::ids::Sealed;
use async_trait::async_trait;
use commands::Clock;
use commands::vault::{Disclosure, Forgetting, Sealing, Vault, VaultError, Whose};
use projections::ports::StoreError;
use uuid::Uuid;

use crate::store::Store;
use crate::store::vault::{EntryRow, Kept, KeyRow};
use cipher::{Key, NotOpened};
use home::{Home, HomeError};
use suite::Suite;

pub use forget::Forgot;
pub use read::{Opened, Unsound};
pub use rotate::RotateError;

/// How often keys are read again that others made or destroyed meanwhile.
const TRIES: u32 = 8;

/// The vault of one ledger.
pub struct LedgerVault {
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
    home: Option<Home>,
    kek: RwLock<Option<Arc<Kek>>>,
    /// Whether what was destroyed may still stand in the files of the database.
    unscrubbed: AtomicBool,
}

/// The key that the others are wrapped by.
struct Kek {
    key: Key,
    id: String,
}

/// How the vault stands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Standing {
    /// Where its key is.
    pub key: Option<PathBuf>,
    /// What is sealed from now on is sealed with; none while the vault is closed.
    pub suite: Option<Suite>,
    /// Why nothing personal is taken or shown, if so.
    pub closed: Option<String>,
    /// Subjects that something is kept of.
    pub subjects: u64,
    /// Entries.
    pub entries: u64,
    /// Registered as erased.
    pub erased: usize,
}

impl LedgerVault {
    /// The vault of a ledger, with its key in this home; without one it is closed, and still forgets.
    pub fn new(store: Arc<Store>, home: Option<Home>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, home, kek: RwLock::new(None), unscrubbed: AtomicBool::new(false) }
    }

    /// Makes the key of a new vault, or says in the log why the vault is closed.
    pub async fn prepare(&self) {
        if self.home.is_some()
            && let Err(error) = self.kek(true).await
        {
            tracing::error!(ledger = %self.store.name(), %error, "nothing personal is taken or shown");
        }
    }

    /// How it stands.
    pub async fn standing(&self) -> Result<Standing, VaultError> {
        let holdings = self.store.vault().holdings().await.map_err(unavailable)?;
        let (suite, closed) = match self.kek(false).await {
            Ok(kek) => (Some(kek.key.suite()), None),
            Err(error) => (None, Some(error.to_string())),
        };
        let erased = match &self.home {
            Some(home) => home.erased().map_err(unavailable)?.len(),
            None => 0,
        };
        let key = self.home.as_ref().map(|home| home.path().to_owned());
        Ok(Standing { key, suite, closed, subjects: holdings.keys, entries: holdings.entries, erased })
    }

    /// The key that this vault is closed with now. `make`: of a new vault it is made.
    async fn kek(&self, make: bool) -> Result<Arc<Kek>, VaultError> {
        let closed = |why: String| VaultError::Closed(why);
        let home = self.home.as_ref().ok_or_else(|| {
            closed("name the file of its key with --vault-key, or in BAODAO_VAULT_KEY".to_owned())
        })?;
        for _ in 0..TRIES {
            let Some(id) = self.store.vault().kek_id().await.map_err(unavailable)? else {
                if !make {
                    return Err(closed("it has no key yet: one is made when a server starts".to_owned()));
                }
                let key = match home.key().map_err(unavailable)? {
                    Some(key) => key,
                    None => home.make().map_err(unavailable)?,
                };
                self.store.vault().begin(&key.id()).await.map_err(unavailable)?;
                continue;
            };
            if let Some(kek) = self.known().filter(|kek| kek.id == id) {
                return Ok(kek);
            }
            let Some(key) = home.key_named(&id).map_err(unavailable)? else {
                let file = home.path().display();
                return Err(closed(format!(
                    "{file} does not hold the key that this ledger's vault was closed with"
                )));
            };
            let kek = Arc::new(Kek { key, id });
            *self.kek.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&kek));
            return Ok(kek);
        }
        Err(VaultError::Unavailable("others keep changing its key".to_owned()))
    }

    fn known(&self) -> Option<Arc<Kek>> {
        self.kek.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn home(&self) -> Option<&Home> {
        self.home.as_ref()
    }
}

#[async_trait]
impl Vault for LedgerVault {
    async fn seal(
        &self,
        command_id: Uuid,
        disclosures: &[Disclosure<'_>],
        how: Sealing,
    ) -> Result<Option<Vec<Sealed>>, VaultError> {
        if let Some(home) = self.home.as_ref().filter(|_| how == Sealing::Rehearse) {
            // Under keys that nobody keeps.
            let key = Key::new(home.suite());
            let kek = Kek { id: key.id(), key };
            let entries = Keys::of(&kek, &HashMap::new(), disclosures)?.seal(command_id, disclosures)?;
            return Ok(Some(digests(&entries)));
        }
        for _ in 0..TRIES {
            let kek = self.kek(how == Sealing::Keep).await?;
            let mut subjects: Vec<String> =
                disclosures.iter().map(|one| one.whose.subject.to_string()).collect();
            subjects.sort();
            subjects.dedup();
            let rows = self.store.vault().keys(&subjects).await.map_err(unavailable)?;
            if how == Sealing::Recall && rows.len() < subjects.len() {
                return Ok(None);
            }
            let keys = Keys::of(&kek, &rows, disclosures)?;
            let entries = keys.seal(command_id, disclosures)?;
            let sealed = digests(&entries);
            if how != Sealing::Keep {
                return Ok(Some(sealed));
            }
            let kept =
                self.store.vault().keep(&kek.id, &keys.new, &keys.known, &entries, self.clock.now()).await;
            if kept.map_err(unavailable)? == Kept::Kept {
                crate::fault::point("vault_kept");
                return Ok(Some(sealed));
            }
        }
        Err(VaultError::Unavailable("others keep changing its keys".to_owned()))
    }

    async fn announce(&self, forgettings: &[Forgetting]) -> Result<(), VaultError> {
        self.register(forgettings)
    }

    async fn forget(&self, forgettings: &[Forgetting]) -> Result<(), VaultError> {
        crate::fault::point("erasure_recorded");
        self.destroy(forgettings).await
    }
}

/// The keys of the subjects of a command: those that there are, and new ones for the others.
struct Keys {
    by_subject: HashMap<String, Key>,
    new: Vec<KeyRow>,
    /// With the owner that is known now.
    known: Vec<KeyRow>,
}

impl Keys {
    fn of(
        kek: &Kek,
        rows: &HashMap<String, KeyRow>,
        disclosures: &[Disclosure<'_>],
    ) -> Result<Self, VaultError> {
        let mut all = Self { by_subject: HashMap::new(), new: vec![], known: vec![] };
        for Disclosure { whose: Whose { subject, owner }, .. } in disclosures {
            let subject = subject.to_string();
            if all.by_subject.contains_key(&subject) {
                continue;
            }
            let owner = owner.as_ref().map(ToString::to_string);
            let key = if let Some(row) = rows.get(&subject) {
                all.known.push(KeyRow { owner, ..row.clone() });
                kek.key.unwrap_key(&row.wrapped, &subject).map_err(|error| damaged(&subject, error))?
            } else {
                let key = Key::new(kek.key.suite());
                let wrapped = kek.key.wrap(&key, &subject).map_err(|error| damaged(&subject, error))?;
                all.new.push(KeyRow { subject: subject.clone(), owner, wrapped });
                key
            };
            all.by_subject.insert(subject, key);
        }
        Ok(all)
    }

    fn seal(&self, command_id: Uuid, disclosures: &[Disclosure<'_>]) -> Result<Vec<EntryRow>, VaultError> {
        let mut entries = Vec::with_capacity(disclosures.len());
        for Disclosure { row, field, whose, text } in disclosures {
            let subject = whose.subject.to_string();
            let Some(key) = self.by_subject.get(&subject) else { continue };
            let disclosure = key.disclosure(command_id, *row, field, text);
            let digest = String::from(cipher::digest_of(&disclosure));
            let place = cipher::place(&digest, &subject, field);
            let sealed =
                key.close(disclosure.as_bytes(), &place).map_err(|error| damaged(&subject, error))?;
            entries.push(EntryRow {
                digest,
                subject,
                field: (*field).to_owned(),
                command_id: command_id.to_string(),
                stored_at: String::new(),
                sealed,
            });
        }
        Ok(entries)
    }
}

fn digests(entries: &[EntryRow]) -> Vec<Sealed> {
    entries.iter().map(|entry| Sealed::new(entry.digest.as_str()).unwrap_or_default()).collect()
}

fn damaged(subject: &str, error: NotOpened) -> VaultError {
    VaultError::Damaged(format!("the key of {subject}: {error}"))
}

fn unavailable(error: impl Into<Unavailable>) -> VaultError {
    VaultError::Unavailable(error.into().0)
}

struct Unavailable(String);

impl From<StoreError> for Unavailable {
    fn from(error: StoreError) -> Self {
        Self(error.to_string())
    }
}

impl From<HomeError> for Unavailable {
    fn from(error: HomeError) -> Self {
        Self(error.to_string())
    }
}
