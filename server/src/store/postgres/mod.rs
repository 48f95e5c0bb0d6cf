//! A ledger in one PostgreSQL schema.
//!
//! The journal has a connection of its own, with `synchronous_commit=on`. All others read, or write the shelf, whose commits
//! need not wait for the disk: rows and checkpoints go together, and are folded again when they are lost.

mod feed;
mod journal;
mod lease;
mod policies;
mod second_lock;
mod sheets;
mod standby;

use std::borrow::Cow;
use std::time::Duration;

use sqlx::error::DatabaseError;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{Connection, Executor};

pub(super) use feed::PostgresFeed;
pub(super) use journal::PostgresJournal;
pub(super) use sheets::PostgresSheets;

use super::migrate::{self, Migration};
use super::open::OpenError;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);

/// The parts of an open ledger.
pub(super) struct Parts {
    /// For the writer's task.
    pub journal: PostgresJournal,
    /// For reading the journal.
    pub feed: PostgresFeed,
    /// For projections.
    pub sheets: PostgresSheets,
}

/// Opens the schema, makes it when there is none, and brings it up to date.
pub(super) async fn open(
    url: &str,
    schema: &str,
    readers: u32,
    second_lock: bool,
) -> Result<Parts, OpenError> {
    let options: PgConnectOptions =
        url.parse().map_err(|error: sqlx::Error| OpenError::Address(error.to_string()))?;
    let options = options.application_name(&format!("baodao {schema}")).options([
        ("search_path", schema),
        // A client that hangs in a transaction must not hold the ledger's head for ever.
        ("idle_in_transaction_session_timeout", "15s"),
        ("lock_timeout", "10s"),
        // Every statement has an index. A plan made while a table was nearly empty would read all of it, and be kept
        // until the next ANALYZE, when the table has long been large.
        ("enable_seqscan", "off"),
        ("jit", "off"),
        // To start helpers costs more than they save on most sheets, and takes the cores from those who live here.
        ("max_parallel_maintenance_workers", "0"),
    ]);
    let mut connection = connect(&options).await?;
    bring_up_to_date(&mut connection, schema).await?;
    let is_locked = second_lock && second_lock::is_there(&mut connection).await;
    if !second_lock {
        tracing::warn!("rows are locked once, by this program alone: its address says second_lock=off");
    }
    if let Err(error) = connection.close().await {
        tracing::debug!(%error, "the migrating connection did not close well");
    }
    let pool = PgPoolOptions::new()
        .max_connections(readers.max(1))
        .acquire_timeout(Duration::from_secs(10))
        .test_before_acquire(false)
        // A ping for each read would double its time; a connection that has rested may have been cut.
        .before_acquire(|connection, about| {
            Box::pin(async move {
                if about.idle_for > Duration::from_secs(2) {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_lazy_with(options.clone().options([("synchronous_commit", "off")]));
    Ok(Parts {
        journal: PostgresJournal::new(options.options([("synchronous_commit", "on")])),
        feed: PostgresFeed::new(pool.clone()),
        sheets: PostgresSheets::new(pool, is_locked),
    })
}

async fn connect(options: &PgConnectOptions) -> Result<PgConnection, OpenError> {
    let unreachable = |reason: String| {
        let place = format!(
            "{}:{}/{}",
            options.get_host(),
            options.get_port(),
            options.get_database().unwrap_or_default()
        );
        OpenError::Unreachable { place, reason }
    };
    match tokio::time::timeout(CONNECT, PgConnection::connect_with(options)).await {
        Ok(connected) => connected.map_err(|error| unreachable(error.to_string())),
        Err(_) => Err(unreachable(format!("no answer within {} s", CONNECT.as_secs()))),
    }
}

async fn bring_up_to_date(connection: &mut PgConnection, schema: &str) -> Result<(), OpenError> {
    let known = migrate::newest(migrate::POSTGRES);
    let mut found = version(connection).await.map_err(|error| failed(known, &error))?;
    // A role that may not create anything is enough for a schema that is up to date.
    if found.is_none() {
        make_schema(connection, schema).await.map_err(|error| failed(1, &error))?;
        found = version(connection).await.map_err(|error| failed(known, &error))?;
    }
    let found = found.unwrap_or(0);
    if found > known {
        return Err(OpenError::NewerSchema { found, known });
    }
    for migration in migrate::POSTGRES.iter().filter(|migration| migration.version > found) {
        apply(connection, migration).await.map_err(|error| failed(migration.version, &error))?;
    }
    Ok(())
}

fn failed(version: i64, error: &sqlx::Error) -> OpenError {
    OpenError::Migration { version, reason: error.to_string() }
}

/// None when nothing was migrated yet.
async fn version(connection: &mut PgConnection) -> Result<Option<i64>, sqlx::Error> {
    let found: Result<Option<i64>, _> =
        sqlx::query_scalar("SELECT max(version) FROM schema_migrations").fetch_one(connection).await;
    match found {
        // Undefined table.
        Err(error) if state(&error).as_deref() == Some("42P01") => Ok(None),
        found => found.map(|version| Some(version.unwrap_or(0))),
    }
}

/// Two processes may do this at once: `IF NOT EXISTS` does not save the second one from a duplicate, so it looks again.
async fn make_schema(connection: &mut PgConnection, schema: &str) -> Result<(), sqlx::Error> {
    let statements = [
        format!(r#"CREATE SCHEMA IF NOT EXISTS "{schema}""#),
        "CREATE TABLE IF NOT EXISTS schema_migrations (version bigint NOT NULL PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())".to_owned(),
    ];
    for statement in &statements {
        let mut tries = 0;
        while let Err(error) = connection.execute(statement.as_str()).await {
            tries += 1;
            // Unique violation in the catalogue, duplicate schema, duplicate table or its type, concurrent update.
            let crossed =
                matches!(state(&error).as_deref(), Some("23505" | "42P06" | "42P07" | "42710" | "XX000"));
            if !crossed || tries > 10 {
                return Err(error);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    Ok(())
}

/// Applies a migration unless it was, perhaps by another process a moment ago.
async fn apply(connection: &mut PgConnection, migration: &Migration) -> Result<(), sqlx::Error> {
    let mut tx = connection.begin().await?;
    tx.execute("LOCK TABLE schema_migrations IN ACCESS EXCLUSIVE MODE").await?;
    let applied: i64 = sqlx::query_scalar("SELECT count(*) FROM schema_migrations WHERE version = $1")
        .bind(migration.version)
        .fetch_one(&mut *tx)
        .await?;
    if applied == 0 {
        tx.execute(sqlx::raw_sql(migration.sql)).await?;
        let note = sqlx::query("INSERT INTO schema_migrations (version, name) VALUES ($1, $2)");
        note.bind(migration.version).bind(migration.name).execute(&mut *tx).await?;
    }
    tx.commit().await
}

/// SQLSTATE.
fn state(error: &sqlx::Error) -> Option<String> {
    error.as_database_error().and_then(DatabaseError::code).map(Cow::into_owned)
}
