//! A disk of its own: an ext4 file system in a file, which can lose its power.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use super::shell::{must_be_root, sh, until};

/// A mounted file system.
pub(super) struct Disk {
    folder: TempDir,
}

impl Disk {
    /// A new one of so many MiB.
    pub(super) fn new(mebibytes: u32) -> anyhow::Result<Self> {
        must_be_root()?;
        let disk = Self { folder: tempfile::Builder::new().prefix("baodao-disk-").tempdir()? };
        std::fs::set_permissions(disk.folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
        std::fs::create_dir(disk.root())?;
        sh("truncate", &["-s", &format!("{mebibytes}M"), &disk.image()])?;
        sh("mkfs.ext4", &["-q", "-m", "0", &disk.image()])?;
        disk.mount()?;
        Ok(disk)
    }

    fn image(&self) -> String {
        self.folder.path().join("image").display().to_string()
    }

    /// Where it is mounted.
    pub(super) fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    /// A place beside it that keeps its power.
    pub(super) fn beside(&self) -> &Path {
        self.folder.path()
    }

    fn mount(&self) -> anyhow::Result<()> {
        sh("mount", &["-o", "loop", &self.image(), &self.root().display().to_string()])?;
        std::fs::set_permissions(self.root(), std::os::unix::fs::PermissionsExt::from_mode(0o777))?;
        Ok(())
    }

    /// The power goes: nothing that was not synced reaches the disk any more, its own journal included.
    pub(super) fn cut(&self) -> anyhow::Result<()> {
        sh("xfs_io", &["-x", "-c", "shutdown", &self.root().display().to_string()]).map(drop)
    }

    /// The power comes back: mounted anew, with what was synced. Nobody may have a file open on it.
    pub(super) async fn power_up(&self) -> anyhow::Result<()> {
        until("umount", &[&self.root().display().to_string()], Duration::from_secs(20)).await?;
        self.mount()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = sh("umount", &["-l", &self.root().display().to_string()]);
    }
}
