//! A copy of a SQLite ledger that is whole, made while it serves.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};

use super::open::{Address, OpenError};
use crate::keyfile;

/// What a copy holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// The last position in it.
    pub position: u64,
    /// Its size in bytes.
    pub bytes: u64,
}

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Not an address of a ledger.
    #[error(transparent)]
    Address(#[from] OpenError),
    /// PostgreSQL has its own ways, which copy a whole cluster and can be wound to any moment.
    #[error("a ledger in PostgreSQL is backed up by PostgreSQL: pg_basebackup and its archived log")]
    Postgres,
    /// Nothing is overwritten: it may be the only good copy.
    #[error("{} is there already", .0.display())]
    Taken(PathBuf),
    /// The ledger cannot be read, or the copy cannot be written.
    #[error("{} could not be copied: {reason}", file.display())]
    Failed {
        /// The ledger.
        file: PathBuf,
        /// What went wrong.
        reason: String,
    },
    /// The copy is not what it should be; it was not given its name.
    #[error("the copy is not sound: {0}")]
    Unsound(String),
}

/// Copies the ledger at the address into a file that is not there yet. Writers go on meanwhile; the copy is the ledger as it stood
/// at one moment. The file has its name only when it is whole, checked and on disk.
pub async fn copy(url: &str, target: &Path) -> Result<Copied, BackupError> {
    let Address::Sqlite(file) = Address::parse(url)? else { return Err(BackupError::Postgres) };
    if target.exists() {
        return Err(BackupError::Taken(target.to_owned()));
    }
    let failed = |reason: String| BackupError::Failed { file: file.clone(), reason };
    let mut partial = target.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    match std::fs::remove_file(&partial) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error.to_string())),
        _ => {}
    }
    let done = vacuum(&file, &partial).await.map_err(|error| failed(error.to_string()));
    let copied = match done {
        Ok(()) => check(&partial).await,
        Err(error) => Err(error),
    };
    let named = copied.and_then(|position| {
        let bytes = name(&partial, target).map_err(|error| failed(error.to_string()))?;
        Ok(Copied { position, bytes })
    });
    if named.is_err() {
        let _ = std::fs::remove_file(&partial);
    }
    named
}

async fn vacuum(file: &Path, partial: &Path) -> Result<(), sqlx::Error> {
    let mut ledger = connect(file).await?;
    // For its owner alone. Into a file that is empty it is written as into none.
    keyfile::open(partial).map_err(|error| sqlx::Error::Io(std::io::Error::other(error)))?;
    sqlx::query("VACUUM INTO ?1").bind(partial.to_string_lossy().into_owned()).execute(&mut ledger).await?;
    ledger.close().await
}

async fn connect(file: &Path) -> Result<SqliteConnection, sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(file).busy_timeout(Duration::from_secs(30));
    options.read_only(true).connect().await
}

/// The last position, if the copy is a whole ledger.
async fn check(copy: &Path) -> Result<u64, BackupError> {
    let unsound = |error: sqlx::Error| BackupError::Unsound(error.to_string());
    let mut connection = connect(copy).await.map_err(unsound)?;
    let said: String =
        sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut connection).await.map_err(unsound)?;
    if said != "ok" {
        return Err(BackupError::Unsound(said));
    }
    let (head, events): (i64, i64) =
        sqlx::query_as("SELECT position, (SELECT count(*) FROM events) FROM ledger_head WHERE one = 1")
            .fetch_one(&mut connection)
            .await
            .map_err(unsound)?;
    connection.close().await.map_err(unsound)?;
    if head != events {
        return Err(BackupError::Unsound(format!("it ends at position {head} and holds {events} events")));
    }
    Ok(head.cast_unsigned())
}

/// On disk first, then named: a power cut leaves the whole copy or none.
fn name(partial: &Path, target: &Path) -> std::io::Result<u64> {
    let file = File::open(partial)?;
    file.sync_all()?;
    // Unlike a rename, a link never takes the place of what is there.
    std::fs::hard_link(partial, target)?;
    std::fs::remove_file(partial)?;
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(file.metadata()?.len())
}
