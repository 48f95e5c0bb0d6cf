//! The file of the vault's key, and beside it the register of erasures. Both are outside the database, and in no backup of it.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use aggregates::Subject;

use super::cipher::Key;
use super::suite::Suite;
use crate::keyfile::{self, FileError, beside, failed};
use crate::store::LedgerName;

/// Why the files cannot be worked with.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// A file cannot be read or written, or others may read it.
    #[error(transparent)]
    File(#[from] FileError),
    /// What is in the file is something else.
    #[error("{} holds no key and no register of a vault", .0.display())]
    Damaged(PathBuf),
}

/// Where the keys of the vaults of one process are.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// The file for the ledger at the root; those of the others have its name, `-`, and theirs. By default beside the file of a ledger in
    /// SQLite.
    pub key: Option<PathBuf>,
    /// What a new vault is sealed with. One that is there is sealed as its key says.
    pub suite: Suite,
}

impl Plan {
    /// The files for the ledger of this name at this address; none where nothing is said and the ledger is no file.
    pub fn of(&self, name: &LedgerName, url: &str) -> Option<Home> {
        let key = match &self.key {
            Some(file) if *name == LedgerName::default() => Some(file.clone()),
            Some(file) => Some(beside(file, &format!("-{}", name.as_str()))),
            None => crate::store::file(url).map(|file| beside(&file, "-vault").join("key")),
        };
        key.map(|key| Home { key, suite: self.suite })
    }
}

/// The files.
#[derive(Debug, Clone)]
pub struct Home {
    key: PathBuf,
    suite: Suite,
}

impl Home {
    /// The files around this file of a key. Nothing is made yet.
    pub fn new(key: PathBuf) -> Self {
        Self { key, suite: Suite::default() }
    }

    /// What a new vault is sealed with.
    pub fn suite(&self) -> Suite {
        self.suite
    }

    /// Where the key is.
    pub fn path(&self) -> &Path {
        &self.key
    }

    /// The key that takes over when it is changed, until the change is complete.
    fn next(&self) -> PathBuf {
        beside(&self.key, ".next")
    }

    fn register(&self) -> PathBuf {
        beside(&self.key, ".erased")
    }

    /// The key with this name: in its file, or left by a change that broke off, which is completed then.
    pub fn key_named(&self, id: &str) -> Result<Option<Key>, HomeError> {
        if let Some(key) = read_key(&self.key)?
            && key.id() == id
        {
            return Ok(Some(key));
        }
        match read_key(&self.next())? {
            Some(key) if key.id() == id => {
                self.complete()?;
                Ok(Some(key))
            }
            _ => Ok(None),
        }
    }

    /// The key in the file, if there is one.
    pub fn key(&self) -> Result<Option<Key>, HomeError> {
        read_key(&self.key)
    }

    /// Makes a key. One that is there is never replaced.
    pub fn make(&self) -> Result<Key, HomeError> {
        if let Some(folder) = keyfile::folder_of(&self.key) {
            keyfile::make_folder(folder)?;
        }
        let key = Key::new(self.suite);
        self.write_next(&key)?;
        // Unlike a rename, a link never takes the place of what is there.
        let next = self.next();
        let linked = fs::hard_link(&next, &self.key);
        fs::remove_file(&next).map_err(failed(&next))?;
        match linked {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                read_key(&self.key)?.ok_or_else(|| HomeError::Damaged(self.key.clone()))
            }
            linked => {
                linked.map_err(failed(&self.key))?;
                keyfile::sync_folder(&self.key)?;
                Ok(key)
            }
        }
    }

    /// Puts a key aside that is going to take over.
    pub fn write_next(&self, key: &Key) -> Result<(), HomeError> {
        let mut text = key.told();
        text.push('\n');
        Ok(keyfile::write(&self.next(), &text)?)
    }

    /// Lets the key that was put aside take over: the file of the old one is destroyed by it.
    pub fn complete(&self) -> Result<(), HomeError> {
        Ok(keyfile::rename(&self.next(), &self.key)?)
    }

    /// Who is registered as erased.
    pub fn erased(&self) -> Result<BTreeSet<Subject>, HomeError> {
        let path = self.register();
        let text = keyfile::read(&path)?.unwrap_or_default();
        // The last line may have been cut off by a crash: then nothing was recorded either.
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        whole.lines().map(|line| line.parse().map_err(|_| HomeError::Damaged(path.clone()))).collect()
    }

    /// Registers who is going to be erased; on disk when this returns.
    pub fn register_erasure(&self, subjects: &[Subject]) -> Result<(), HomeError> {
        let path = self.register();
        let there = self.erased()?;
        let new: Vec<String> =
            subjects.iter().filter(|one| !there.contains(one)).map(ToString::to_string).collect();
        if new.is_empty() {
            return Ok(());
        }
        if let Some(folder) = keyfile::folder_of(&self.key) {
            keyfile::make_folder(folder)?;
        }
        let text = keyfile::read(&path)?.unwrap_or_default();
        let mut file = keyfile::open(&path)?;
        let mut write = || {
            // A line that was cut off goes: it is nobody's id.
            let whole = u64::try_from(text.rfind('\n').map_or(0, |at| at + 1)).unwrap_or(0);
            file.set_len(whole)?;
            file.seek(SeekFrom::Start(whole))?;
            file.write_all(format!("{}\n", new.join("\n")).as_bytes())?;
            file.sync_all()
        };
        write().map_err(failed(&path))?;
        Ok(keyfile::sync_folder(&path)?)
    }
}

fn read_key(path: &Path) -> Result<Option<Key>, HomeError> {
    let Some(text) = keyfile::read_secret(path)? else { return Ok(None) };
    Key::parse(text.trim()).map(Some).ok_or_else(|| HomeError::Damaged(path.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::fs::{OpenOptions, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::keyfile::{FOLDER, SECRET};

    /// Issue 4 C: the key is for its owner only, is never replaced by another, and changes as a whole or not at all.
    #[test]
    fn a_key_is_kept_for_its_owner_and_changes_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::new(folder.path().join("ledger.db-vault/key"));
        assert!(home.key().unwrap().is_none());
        let made = home.make().unwrap();
        assert_eq!(home.make().unwrap().id(), made.id());
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(home.path()), mode(home.path().parent().unwrap())), (SECRET, FOLDER));
        let next = Key::new(Suite::Sm);
        home.write_next(&next).unwrap();
        assert_eq!(home.key_named(&made.id()).unwrap().unwrap().id(), made.id());
        assert_eq!(home.key_named(&next.id()).unwrap().unwrap().id(), next.id());
        assert_eq!(home.key().unwrap().unwrap().id(), next.id());
        assert!(home.key_named(&made.id()).unwrap().is_none());
        fs::set_permissions(home.path(), Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(home.key(), Err(HomeError::File(FileError::Open { mode: 0o644, .. }))));
    }

    /// Issue 4 C: the register outlives a crash in the middle of a line.
    #[test]
    fn the_register_of_erasures_outlives_a_crash() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::new(folder.path().join("v/key"));
        let (one, two): (Subject, Subject) = ("resident:r-1".parse().unwrap(), "member:m-1".parse().unwrap());
        home.register_erasure(std::slice::from_ref(&one)).unwrap();
        let mut torn = OpenOptions::new().append(true).open(home.register()).unwrap();
        torn.write_all(b"memb").unwrap();
        assert_eq!(home.erased().unwrap(), BTreeSet::from([one.clone()]));
        home.register_erasure(&[one.clone(), two.clone()]).unwrap();
        assert_eq!(home.erased().unwrap(), BTreeSet::from([one, two]));
    }
}
