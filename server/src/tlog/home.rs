//! The folder of whoever signs or witnesses: one key, and what was signed last. Nobody else writes there, and no backup of the
//! database may bring an old state of it back.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use proofs::note::{Kind, NoteError, Signer};

/// The private key.
const KEY: &str = "private.key";
/// The public key, to be handed out.
const PUBLIC: &str = "public.key";
/// The private key for statements, beside that of a log.
const STATEMENT: &str = "statement.key";
/// Its public key.
const STATEMENT_PUBLIC: &str = "statement-public.key";
/// Held by the one process that works here.
const LOCK: &str = "lock";
/// Only its owner may read and write it.
const SECRET: u32 = 0o600;
const FOLDER: u32 = 0o700;

/// Why a folder cannot be worked in.
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
    /// What is in the file is no key.
    #[error("{}: {error}", path.display())]
    Key {
        /// Which.
        path: PathBuf,
        /// Why.
        error: NoteError,
    },
    /// Another process works there.
    #[error("{} is in use by another process", .0.display())]
    Taken(PathBuf),
    /// There is no key yet.
    #[error("there is no key in {}: make one with `baodao key {}`", .0.display(), .0.display())]
    NoKey(PathBuf),
    /// A key is there already.
    #[error("there is a key in {} already", .0.display())]
    HasKey(PathBuf),
    /// A file holds something else than was written there.
    #[error("{}: {what}", path.display())]
    Damaged {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
}

/// A folder that this process works in, alone.
#[derive(Debug)]
pub struct Home {
    folder: PathBuf,
    _lock: File,
}

impl Home {
    /// Makes the folder, if it is not there, and takes it.
    pub fn open(folder: &Path) -> Result<Self, HomeError> {
        let failed = |path: &Path| failed(path.to_owned());
        // One that is there already may be somebody's: its permissions stay as they are, and those of the key are what counts.
        DirBuilder::new().recursive(true).mode(FOLDER).create(folder).map_err(failed(folder))?;
        let path = folder.join(LOCK);
        let lock = OpenOptions::new().create(true).write(true).truncate(false).mode(SECRET).open(&path);
        let lock = lock.map_err(failed(&path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { folder: folder.to_owned(), _lock: lock }),
            Err(fs::TryLockError::WouldBlock) => Err(HomeError::Taken(folder.to_owned())),
            Err(fs::TryLockError::Error(error)) => Err(HomeError::Io { path, error }),
        }
    }

    /// The key.
    pub fn key(&self) -> Result<Signer, HomeError> {
        key_in(&self.folder.join(KEY))
    }

    /// The key for statements, and its file; made with this name the first time.
    pub fn statement_key(&self, name: &str) -> Result<(Signer, PathBuf), HomeError> {
        let path = self.folder.join(STATEMENT);
        if path.exists() {
            return Ok((key_in(&path)?, path));
        }
        Ok((self.make(name, Kind::Statement, (STATEMENT, STATEMENT_PUBLIC))?, path))
    }

    /// Makes a key of this name. A key that is there is never replaced.
    pub fn make_key(&self, name: &str, kind: Kind) -> Result<Signer, HomeError> {
        self.make(name, kind, (KEY, PUBLIC))
    }

    fn make(&self, name: &str, kind: Kind, (file, public): (&str, &str)) -> Result<Signer, HomeError> {
        let path = self.folder.join(file);
        if path.exists() {
            return Err(HomeError::HasKey(self.folder.clone()));
        }
        let signer =
            Signer::new(name, kind, &rand::random()).map_err(|error| HomeError::Key { path, error })?;
        self.write(public, &format!("{}\n", signer.verifier()))?;
        self.write(file, &format!("{}\n", signer.private_text()))?;
        Ok(signer)
    }

    /// What a file holds; none where there is none.
    pub fn read(&self, name: &str) -> Result<Option<String>, HomeError> {
        let path = self.folder.join(name);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(HomeError::Io { path, error }),
        }
    }

    /// Puts a text into a file: the old one or the new one is there, whatever happens, and the new one when this returns.
    pub fn write(&self, name: &str, text: &str) -> Result<(), HomeError> {
        let (path, new) = (self.folder.join(name), self.folder.join(format!("{name}.new")));
        let write = || {
            let mut file =
                OpenOptions::new().create(true).write(true).truncate(true).mode(SECRET).open(&new)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&new, &path)?;
            File::open(&self.folder)?.sync_all()
        };
        write().map_err(failed(path.clone()))
    }

    /// Where a file is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// The private key in a file, which nobody but its owner may read.
pub fn key_in(path: &Path) -> Result<Signer, HomeError> {
    let metadata = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(HomeError::NoKey(path.parent().unwrap_or(path).to_owned()));
        }
        found => found.map_err(failed(path.to_owned()))?,
    };
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(HomeError::Open { path: path.to_owned(), mode });
    }
    let text = fs::read_to_string(path).map_err(failed(path.to_owned()))?;
    Signer::parse(&text).map_err(|error| HomeError::Key { path: path.to_owned(), error })
}

fn failed(path: PathBuf) -> impl FnOnce(io::Error) -> HomeError {
    move |error| HomeError::Io { path, error }
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;

    use super::*;

    /// Issue 4 A: the key is in a file with strict permissions, and one process works with it.
    #[test]
    fn a_key_is_kept_for_its_owner_and_one_process() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("log");
        let home = Home::open(&place).unwrap();
        assert!(matches!(home.key(), Err(HomeError::NoKey(_))));
        let made = home.make_key("ledger.example", Kind::Note).unwrap();
        assert_eq!(home.key().unwrap().verifier(), made.verifier());
        assert!(matches!(home.make_key("ledger.example", Kind::Note), Err(HomeError::HasKey(_))));
        assert!(matches!(Home::open(&place), Err(HomeError::Taken(_))));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&place), mode(&place.join(KEY))), (FOLDER, SECRET));
        fs::set_permissions(place.join(KEY), Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(home.key(), Err(HomeError::Open { mode: 0o640, .. })));
        drop(home);
        fs::set_permissions(&place, Permissions::from_mode(0o755)).unwrap();
        Home::open(&place).unwrap();
        assert_eq!(mode(&place), 0o755, "a folder that is there stays as it is");
    }
}
