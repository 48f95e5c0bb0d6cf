//! Opening what is kept.

use std::collections::HashMap;

use aggregates::ids::Sealed;
use commands::vault::VaultError;
use zeroize::Zeroizing;

use super::cipher::{self, Key};
use super::{Kek, LedgerVault, unavailable};
use crate::store::vault::{EntryRow, KeyRow};

/// Entries read at once.
const PAGE: i64 = 500;

/// An entry that is open.
pub struct Opened {
    /// The field.
    pub field: String,
    /// What was told.
    pub value: Zeroizing<String>,
}

/// An entry that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsound {
    /// Its digest.
    pub digest: String,
    /// What is wrong with it.
    pub why: String,
}

impl LedgerVault {
    /// What stands behind these digests, as far as it is still there.
    pub async fn opened(&self, digests: &[Sealed]) -> Result<HashMap<Sealed, Opened>, VaultError> {
        if digests.is_empty() {
            return Ok(HashMap::new());
        }
        let kek = self.kek(true).await?;
        let digests: Vec<String> = digests.iter().map(ToString::to_string).collect();
        let entries = self.store.vault().entries(&digests).await.map_err(unavailable)?;
        let keys = self.keys_of(&entries).await?;
        let mut opened = HashMap::with_capacity(entries.len());
        for entry in entries {
            // An erasure may have come between the two.
            let Some(row) = keys.get(&entry.subject) else { continue };
            let open = open(&kek, row, &entry)
                .map_err(|why| VaultError::Damaged(format!("entry {}: {why}", entry.digest)))?;
            opened.insert(Sealed::new(entry.digest).unwrap_or_default(), open);
        }
        Ok(opened)
    }

    /// Opens every entry and tells those that are not what their digests say. `see` is shown each; without the vault's key nothing is
    /// opened, and only `see` is shown.
    pub async fn check(&self, mut see: impl FnMut(&EntryRow)) -> Result<(u64, Option<Unsound>), VaultError> {
        let kek = self.kek(false).await.ok();
        let (mut count, mut first, mut after) = (0, None, String::new());
        loop {
            let entries = self.store.vault().page(&after, PAGE).await.map_err(unavailable)?;
            let Some(last) = entries.last() else { return Ok((count, first)) };
            after.clone_from(&last.digest);
            let keys = self.keys_of(&entries).await?;
            for entry in &entries {
                see(entry);
                let Some(kek) = &kek else { continue };
                count += 1;
                let wrong = match keys.get(&entry.subject) {
                    None => Some("its key is gone".to_owned()),
                    Some(row) => open(kek, row, entry).err(),
                };
                if let Some(why) = wrong {
                    first.get_or_insert(Unsound { digest: entry.digest.clone(), why });
                }
            }
        }
    }

    async fn keys_of(&self, entries: &[EntryRow]) -> Result<HashMap<String, KeyRow>, VaultError> {
        let subjects: Vec<String> = entries.iter().map(|entry| entry.subject.clone()).collect();
        self.store.vault().keys(&subjects).await.map_err(unavailable)
    }
}

/// The entry in plain, if it is what its digest, its subject and its field say.
fn open(kek: &Kek, row: &KeyRow, entry: &EntryRow) -> Result<Opened, String> {
    let key: Key = kek
        .key
        .unwrap_key(&row.wrapped, &entry.subject)
        .map_err(|error| format!("the key of {}: {error}", entry.subject))?;
    let place = cipher::place(&entry.digest, &entry.subject, &entry.field);
    let bytes = Zeroizing::new(key.open(&entry.sealed, &place).map_err(|error| error.to_string())?);
    let disclosure = std::str::from_utf8(&bytes).map_err(|_| "it is no disclosure".to_owned())?;
    if cipher::digest_of(disclosure).as_str() != entry.digest {
        return Err("its digest is another".to_owned());
    }
    let (field, value) = cipher::read(disclosure).ok_or("it is no disclosure")?;
    if field != entry.field {
        return Err("it is of another field".to_owned());
    }
    Ok(Opened { field, value })
}
