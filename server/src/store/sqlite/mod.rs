//! A ledger in one SQLite file.
//!
//! Three kinds of connection: the journal's, which forces every commit to disk; the shelf's, which does not need to, since rows
//! and checkpoints go together and are folded again when they are lost; and readers, which cannot write. The two writers take
//! turns by a fair lock instead of running into each other's file lock; other processes are waited for.

mod feed;
mod journal;
mod sheets;
pub(super) mod values;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::{SecondsFormat, Utc};
use sqlx::Executor;
use sqlx::TransactionManager;
use sqlx::error::DatabaseError;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
    SqliteTransactionManager,
};
use tokio::sync::Mutex;

pub(super) use feed::SqliteFeed;
pub(super) use journal::SqliteJournal;
pub(super) use sheets::SqliteSheets;

use super::migrate::{self, Migration};
use super::open::OpenError;
use crate::keyfile;

/// SQLite's primary result codes.
mod code {
    pub(super) const ERROR: i32 = 1;
    pub(super) const BUSY: i32 = 5;
    pub(super) const LOCKED: i32 = 6;
    pub(super) const FULL: i32 = 13;
    pub(super) const SCHEMA: i32 = 17;
    pub(super) const TOO_BIG: i32 = 18;
    pub(super) const CONSTRAINT: i32 = 19;
    pub(super) const NOT_A_DATABASE: i32 = 26;
    pub(super) const CORRUPT: i32 = 11;
    /// Extended: a primary key, a unique index, a trigger's refusal.
    pub(super) const DUPLICATES: [i32; 3] = [1555, 2067, 1811];
}

/// The parts of an open ledger.
pub(super) struct Parts {
    /// For the writer's task.
    pub journal: SqliteJournal,
    /// For reading the journal.
    pub feed: SqliteFeed,
    /// For projections.
    pub sheets: SqliteSheets,
}

/// Opens the file, makes it when there is none, and brings its schema up to date.
pub(super) async fn open(file: &Path, readers: u32) -> Result<Parts, OpenError> {
    let broken = |error: sqlx::Error| broken(file, &error);
    if !file.exists() {
        // For its owner alone, as its companions are then. Where it cannot be made SQLite says why.
        let _ = keyfile::open(file);
    }
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(Duration::from_secs(5))
        .pragma("journal_size_limit", "67108864")
        .pragma("temp_store", "memory");
    let writer = |synchronous, cache: &'static str| {
        let options = options
            .clone()
            .synchronous(synchronous)
            .pragma("wal_autocheckpoint", "4000")
            // A few statements for each sheet, each in seven sizes.
            .statement_cache_capacity(1_000)
            .pragma("cache_size", cache)
            .pragma("fullfsync", "1");
        one().connect_with(options)
    };
    let journal = retry_busy(|| writer(SqliteSynchronous::Full, "-65536")).await.map_err(broken)?;
    // A file that may not be written opens all the same; only a write tells.
    journal.begin_with("BEGIN IMMEDIATE").await.map_err(broken)?.rollback().await.map_err(broken)?;
    bring_up_to_date(&journal, file).await?;
    let shelf = retry_busy(|| writer(SqliteSynchronous::Normal, "-32768")).await.map_err(broken)?;
    let reading = options.clone().read_only(true).create_if_missing(false).pragma("cache_size", "-16384");
    let pool = SqlitePoolOptions::new()
        .max_connections(readers.max(1))
        .acquire_timeout(Duration::from_secs(10))
        .test_before_acquire(false);
    let pool = pool.connect_with(reading).await.map_err(broken)?;
    let turn = Arc::new(Mutex::new(()));
    Ok(Parts {
        journal: SqliteJournal::new(journal, Arc::clone(&turn)),
        feed: SqliteFeed::new(pool.clone()),
        sheets: SqliteSheets::new(shelf, pool, turn),
    })
}

fn one() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(1)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        // A task that was cancelled inside a transaction leaves it open on its connection: such a connection is
        // closed, which rolls back, and another is made.
        .before_acquire(|connection, _| {
            Box::pin(async move { Ok(SqliteTransactionManager::get_transaction_depth(connection) == 0) })
        })
}

/// The change to WAL needs the file alone and does not wait for another process that does the same.
async fn retry_busy<F: Future<Output = Result<SqlitePool, sqlx::Error>>>(
    connect: impl Fn() -> F,
) -> Result<SqlitePool, sqlx::Error> {
    for _ in 0..50 {
        match connect().await {
            Err(error) if primary(&error) == Some(code::BUSY) => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            outcome => return outcome,
        }
    }
    connect().await
}

async fn bring_up_to_date(pool: &SqlitePool, file: &Path) -> Result<(), OpenError> {
    let known = migrate::newest(migrate::SQLITE);
    let table = "CREATE TABLE IF NOT EXISTS schema_migrations (version integer NOT NULL PRIMARY KEY, name text NOT NULL, applied_at text NOT NULL) STRICT";
    sqlx::query(table).execute(pool).await.map_err(|error| broken(file, &error))?;
    let found: i64 = sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM schema_migrations")
        .fetch_one(pool)
        .await
        .map_err(|error| broken(file, &error))?;
    if found > known {
        return Err(OpenError::NewerSchema { found, known });
    }
    for migration in migrate::SQLITE {
        apply(pool, migration).await.map_err(|error| OpenError::Migration {
            version: migration.version,
            reason: error.to_string(),
        })?;
    }
    Ok(())
}

/// Applies a migration unless it was, perhaps by another process a moment ago.
async fn apply(pool: &SqlitePool, migration: &Migration) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    let applied: i64 = sqlx::query_scalar("SELECT count(*) FROM schema_migrations WHERE version = ?1")
        .bind(migration.version)
        .fetch_one(&mut *tx)
        .await?;
    if applied == 0 {
        tx.execute(sqlx::raw_sql(migration.sql)).await?;
        let now = Utc::now().to_rfc3339_opts(SecondsFormat::Micros, true);
        let note =
            sqlx::query("INSERT INTO schema_migrations (version, name, applied_at) VALUES (?1, ?2, ?3)");
        note.bind(migration.version).bind(migration.name).bind(now).execute(&mut *tx).await?;
    }
    tx.commit().await
}

fn broken(file: &Path, error: &sqlx::Error) -> OpenError {
    let (file, reason) = (file.to_owned(), error.to_string());
    match primary(error) {
        Some(code::NOT_A_DATABASE | code::CORRUPT) => OpenError::NotALedger { file, reason },
        _ => OpenError::NotWritable { file, reason },
    }
}

/// The extended result code of a database error.
fn extended(error: &sqlx::Error) -> Option<i32> {
    error.as_database_error().and_then(DatabaseError::code).and_then(|code| code.parse().ok())
}

/// The primary result code of a database error.
fn primary(error: &sqlx::Error) -> Option<i32> {
    extended(error).map(|code| code & 0xff)
}
