//! The folder of whoever signs or witnesses: one key, and what was signed last. Nobody else writes there, and no backup of the
//! database may bring an old state of it back.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use proofs::note::{Kind, NoteError, Signature, Signer, Verifier};

use super::device::{DeviceError, DeviceKey, Whereabouts};
use crate::keyfile::{self, FileError, failed};

/// The private key.
const KEY: &str = "private.key";
/// The public key, to be handed out.
const PUBLIC: &str = "public.key";
/// The private key for statements, beside that of a log.
const STATEMENT: &str = "statement.key";
/// Its public key.
const STATEMENT_PUBLIC: &str = "statement-public.key";
/// Where the private key is, when it is in a device.
const DEVICE: &str = "device.json";
/// Held by the one process that works here.
const LOCK: &str = "lock";

/// Why a folder cannot be worked in.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// A file cannot be read or written, or others may read it.
    #[error(transparent)]
    File(#[from] FileError),
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
    /// The device that has the key fails.
    #[error(transparent)]
    Device(#[from] DeviceError),
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
        keyfile::make_folder(folder)?;
        let path = folder.join(LOCK);
        let lock = keyfile::open(&path)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { folder: folder.to_owned(), _lock: lock }),
            Err(fs::TryLockError::WouldBlock) => Err(HomeError::Taken(folder.to_owned())),
            Err(fs::TryLockError::Error(error)) => Err(failed(&path)(error).into()),
        }
    }

    /// The key.
    pub fn key(&self) -> Result<Signer, HomeError> {
        key_in(&self.folder.join(KEY))
    }

    /// Whether there is a key, here or in a device.
    pub fn has_key(&self) -> bool {
        self.path(KEY).exists() || self.path(DEVICE).exists()
    }

    /// The key of a log, here or in a device.
    pub fn log_key(&self) -> Result<LogKey, HomeError> {
        let Some(text) = self.read(DEVICE)? else { return Ok(LogKey::Kept(self.key()?)) };
        let damaged = |name: &str, what: String| HomeError::Damaged { path: self.path(name), what };
        let at: Whereabouts =
            serde_json::from_str(&text).map_err(|error| damaged(DEVICE, error.to_string()))?;
        let public = self.read(PUBLIC)?.unwrap_or_default();
        let verifier =
            Verifier::parse(public.trim_end()).map_err(|error| damaged(PUBLIC, error.to_string()))?;
        Ok(LogKey::Device(DeviceKey::open(at, verifier)?))
    }

    /// Takes the key of a device for the log of this name; it is made there, unless there is one.
    pub fn use_device(&self, name: &str, at: &Whereabouts) -> Result<Verifier, HomeError> {
        if self.has_key() {
            return Err(HomeError::HasKey(self.folder.clone()));
        }
        let key = DeviceKey::make(at.clone(), name)?;
        self.write(PUBLIC, &format!("{}\n", key.verifier()))?;
        let text = serde_json::to_string_pretty(at);
        let text =
            text.map_err(|error| HomeError::Damaged { path: self.path(DEVICE), what: error.to_string() })?;
        self.write(DEVICE, &format!("{text}\n"))?;
        Ok(key.verifier().clone())
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
        if path.exists() || (file == KEY && self.has_key()) {
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
        Ok(keyfile::read(&self.folder.join(name))?)
    }

    /// Puts a text into a file: the old one or the new one is there, whatever happens, and the new one when this returns.
    pub fn write(&self, name: &str, text: &str) -> Result<(), HomeError> {
        Ok(keyfile::replace(&self.folder.join(name), text)?)
    }

    /// Where a file is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// The key of a log, wherever it is.
#[derive(Debug)]
pub enum LogKey {
    /// In a file.
    Kept(Signer),
    /// In a device.
    Device(DeviceKey),
}

impl LogKey {
    /// The public key.
    pub fn verifier(&self) -> &Verifier {
        match self {
            Self::Kept(key) => key.verifier(),
            Self::Device(key) => key.verifier(),
        }
    }

    /// The signature line of a checkpoint. Blocks.
    pub fn sign(&self, text: &str) -> Result<Signature, HomeError> {
        match self {
            Self::Kept(key) => Ok(key.sign(text, 0)),
            Self::Device(key) => Ok(key.sign(text)?),
        }
    }
}

/// The private key in a file, which nobody but its owner may read.
pub fn key_in(path: &Path) -> Result<Signer, HomeError> {
    let text = keyfile::read_secret(path)?;
    let text = text.ok_or_else(|| HomeError::NoKey(path.parent().unwrap_or(path).to_owned()))?;
    Signer::parse(&text).map_err(|error| HomeError::Key { path: path.to_owned(), error })
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::keyfile::{FOLDER, SECRET};

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
        assert!(matches!(home.key(), Err(HomeError::File(FileError::Open { mode: 0o640, .. }))));
        drop(home);
        fs::set_permissions(&place, Permissions::from_mode(0o755)).unwrap();
        Home::open(&place).unwrap();
        assert_eq!(mode(&place), 0o755, "a folder that is there stays as it is");
    }
}
