//! The file of the vault's key, and beside it the register of erasures. Both are outside the database, and in no backup of it.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use aggregates::Subject;
use zeroize::Zeroizing;

use super::cipher::Key;
use crate::store::LedgerName;

/// Only its owner may read and write it.
const SECRET: u32 = 0o600;
const FOLDER: u32 = 0o700;

/// Why the files cannot be worked with.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// A file cannot be read or written.
    #[error("{}: {error}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Others may read the key.
    #[error("{} can be read by others (mode {mode:o}): chmod 600 it, and think about who has read it", path.display())]
    Open {
        /// Which.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
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
}

impl Plan {
    /// The file for the ledger of this name at this address; none where nothing is said and the ledger is no file.
    pub fn of(&self, name: &LedgerName, url: &str) -> Option<PathBuf> {
        match &self.key {
            Some(file) if *name == LedgerName::default() => Some(file.clone()),
            Some(file) => Some(beside(file, &format!("-{}", name.as_str()))),
            None => crate::store::file(url).map(|file| beside(&file, "-vault").join("key")),
        }
    }
}

/// The files.
#[derive(Debug, Clone)]
pub struct Home {
    key: PathBuf,
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    file.with_file_name(name)
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> HomeError {
    let path = path.to_owned();
    move |error| HomeError::Io { path, error }
}

impl Home {
    /// The files around this file of a key. Nothing is made yet.
    pub fn new(key: PathBuf) -> Self {
        Self { key }
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
        if let Some(folder) = self.folder() {
            DirBuilder::new().recursive(true).mode(FOLDER).create(folder).map_err(failed(folder))?;
        }
        let key = Key::new();
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
                self.sync_folder()?;
                Ok(key)
            }
        }
    }

    /// Puts a key aside that is going to take over.
    pub fn write_next(&self, key: &Key) -> Result<(), HomeError> {
        let path = self.next();
        let write = || {
            let mut file =
                OpenOptions::new().create(true).write(true).truncate(true).mode(SECRET).open(&path)?;
            file.write_all(key.told().as_bytes())?;
            file.write_all(b"\n")?;
            file.sync_all()
        };
        write().map_err(failed(&path))?;
        self.sync_folder()
    }

    /// Lets the key that was put aside take over: the file of the old one is destroyed by it.
    pub fn complete(&self) -> Result<(), HomeError> {
        fs::rename(self.next(), &self.key).map_err(failed(&self.key))?;
        self.sync_folder()
    }

    /// Who is registered as erased.
    pub fn erased(&self) -> Result<BTreeSet<Subject>, HomeError> {
        let path = self.register();
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
            read => read.map_err(failed(&path))?,
        };
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
        if let Some(folder) = self.folder() {
            DirBuilder::new().recursive(true).mode(FOLDER).create(folder).map_err(failed(folder))?;
        }
        let write = || {
            let mut file =
                OpenOptions::new().create(true).append(true).read(true).mode(SECRET).open(&path)?;
            // A line that was cut off is ended: it is nobody's id then, unless it was whole.
            if fs::read(&path)?.last().is_some_and(|last| *last != b'\n') {
                file.set_len(
                    u64::try_from(fs::read_to_string(&path)?.rfind('\n').map_or(0, |at| at + 1)).unwrap_or(0),
                )?;
            }
            file.write_all(format!("{}\n", new.join("\n")).as_bytes())?;
            file.sync_all()
        };
        write().map_err(failed(&path))?;
        self.sync_folder()
    }

    fn folder(&self) -> Option<&Path> {
        self.key.parent().filter(|folder| !folder.as_os_str().is_empty())
    }

    fn sync_folder(&self) -> Result<(), HomeError> {
        let folder = self.folder().unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed(folder))
    }
}

fn read_key(path: &Path) -> Result<Option<Key>, HomeError> {
    let metadata = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        found => found.map_err(failed(path))?,
    };
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(HomeError::Open { path: path.to_owned(), mode });
    }
    let text = Zeroizing::new(fs::read_to_string(path).map_err(failed(path))?);
    Key::parse(text.trim()).map(Some).ok_or_else(|| HomeError::Damaged(path.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;

    use super::*;

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
        let next = Key::new();
        home.write_next(&next).unwrap();
        assert_eq!(home.key_named(&made.id()).unwrap().unwrap().id(), made.id());
        assert_eq!(home.key_named(&next.id()).unwrap().unwrap().id(), next.id());
        assert_eq!(home.key().unwrap().unwrap().id(), next.id());
        assert!(home.key_named(&made.id()).unwrap().is_none());
        fs::set_permissions(home.path(), Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(home.key(), Err(HomeError::Open { mode: 0o644, .. })));
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
