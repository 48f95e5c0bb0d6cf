//! Files that only their owner may read: keys, and what stands beside them. What is written is on disk when a call returns.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

/// Only its owner may read and write it.
pub const SECRET: u32 = 0o600;
/// Only its owner may look into it.
pub const FOLDER: u32 = 0o700;

/// Why a file cannot be worked with.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be read or written.
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
}

/// That something failed at this file.
pub fn failed(path: &Path) -> impl FnOnce(io::Error) -> FileError {
    let path = path.to_owned();
    move |error| FileError::Io { path, error }
}

/// Makes the folder, if it is not there. One that is there may be somebody's: its permissions stay as they are, and those of the key are
/// what counts.
pub fn make_folder(folder: &Path) -> Result<(), FileError> {
    DirBuilder::new().recursive(true).mode(FOLDER).create(folder).map_err(failed(folder))
}

/// What a file holds that others may read; none where there is none.
pub fn read(path: &Path) -> Result<Option<String>, FileError> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read.map(Some).map_err(failed(path)),
    }
}

/// What a file holds that nobody but its owner may read; none where there is none.
pub fn read_secret(path: &Path) -> Result<Option<Zeroizing<String>>, FileError> {
    let metadata = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        found => found.map_err(failed(path))?,
    };
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(FileError::Open { path: path.to_owned(), mode });
    }
    fs::read_to_string(path).map(|text| Some(Zeroizing::new(text))).map_err(failed(path))
}

/// A file for its owner alone, made when it is not there.
pub fn open(path: &Path) -> Result<File, FileError> {
    let mut how = OpenOptions::new();
    how.create(true).read(true).write(true).truncate(false).mode(SECRET).open(path).map_err(failed(path))
}

/// Writes a file for its owner alone, over what it held.
pub fn write(path: &Path, text: &str) -> Result<(), FileError> {
    let mut file = open(path)?;
    let mut write = || {
        file.set_len(0)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().map_err(failed(path))?;
    sync_folder(path)
}

/// The same: the old text or the new one is there, whatever happens.
pub fn replace(path: &Path, text: &str) -> Result<(), FileError> {
    let new = beside(path, ".new");
    write(&new, text)?;
    rename(&new, path)
}

/// Lets a file take the place of another.
pub fn rename(from: &Path, to: &Path) -> Result<(), FileError> {
    fs::rename(from, to).map_err(failed(to))?;
    sync_folder(to)
}

/// Brings to disk which files there are beside this one.
pub fn sync_folder(path: &Path) -> Result<(), FileError> {
    let folder = folder_of(path).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed(folder))
}

/// The folder that a file is in; none where it is the one worked in.
pub fn folder_of(path: &Path) -> Option<&Path> {
    path.parent().filter(|folder| !folder.as_os_str().is_empty())
}

/// A file of the same name with this ending.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;

    use super::*;

    /// Issue 4 A and C: a key is for its owner only, whoever makes the folder, and is not read once others could read it.
    #[test]
    fn a_secret_is_for_its_owner_alone() {
        let outer = tempfile::tempdir().unwrap();
        let (folder, file) = (outer.path().join("a/b"), outer.path().join("a/b/key"));
        make_folder(&folder).unwrap();
        assert!(read_secret(&file).unwrap().is_none() && read(&file).unwrap().is_none());
        replace(&file, "longer than the next").unwrap();
        replace(&file, "one").unwrap();
        write(&file, "two").unwrap();
        assert_eq!(read_secret(&file).unwrap().unwrap().as_str(), "two");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&file), mode(&folder)), (SECRET, FOLDER));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        for mode in [0o640, 0o604, 0o610] {
            fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
            assert!(matches!(read_secret(&file), Err(FileError::Open { mode: told, .. }) if told == mode));
        }
        fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
        make_folder(&folder).unwrap();
        assert_eq!(mode(&folder), 0o755, "a folder that is there stays as it is");
        assert_eq!(folder_of(Path::new("key")), None);
    }
}
