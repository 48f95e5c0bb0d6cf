//! Reading the journal from SQLite.

use aggregates::StoredEvent;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use commands::journal::Answer;
use cqrs_es::persist::{PersistenceError, SerializedEvent};
use projections::ports::StoreError;
use sqlite_es::SqliteEventRepository;
use sqlx::Row;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use uuid::Uuid;

use crate::store::reader::{JournalReader, damaged, pool_use};

const COLUMNS: &str = "position, event_id, command_id, recorded_at, aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata";

/// Read-only connections.
pub(crate) struct SqliteFeed {
    pool: SqlitePool,
    repository: SqliteEventRepository,
}

impl SqliteFeed {
    pub(super) fn new(pool: SqlitePool) -> Self {
        Self { repository: SqliteEventRepository::new(pool.clone()), pool }
    }
}

#[async_trait]
impl JournalReader for SqliteFeed {
    async fn after(&self, position: i64, limit: i64) -> Result<Vec<StoredEvent>, StoreError> {
        let query = format!("SELECT {COLUMNS} FROM events WHERE position > ?1 ORDER BY position LIMIT ?2");
        let rows = sqlx::query(&query)
            .bind(position)
            .bind(limit)
            .fetch_all(&self.pool)
            .await
            .map_err(unavailable)?;
        rows.iter().map(|row| event(row).map_err(|error| damaged(&error))).collect()
    }

    async fn stream(
        &self,
        aggregate_type: &str,
        aggregate_id: &str,
        until: i64,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let query = format!(
            "SELECT {COLUMNS} FROM events WHERE aggregate_type = ?1 AND aggregate_id = ?2 AND position <= ?3 ORDER BY sequence"
        );
        let rows = sqlx::query(&query)
            .bind(aggregate_type)
            .bind(aggregate_id)
            .bind(until)
            .fetch_all(&self.pool)
            .await
            .map_err(unavailable)?;
        rows.iter().map(|row| event(row).map_err(|error| damaged(&error))).collect()
    }

    async fn head(&self) -> Result<u64, StoreError> {
        let position: i64 = sqlx::query_scalar("SELECT position FROM ledger_head WHERE one = 1")
            .fetch_one(&self.pool)
            .await
            .map_err(unavailable)?;
        Ok(position.cast_unsigned())
    }

    async fn recorded_at(&self, position: i64) -> Result<Option<DateTime<Utc>>, StoreError> {
        let row = sqlx::query("SELECT recorded_at FROM events WHERE position = ?1")
            .bind(position)
            .fetch_optional(&self.pool)
            .await
            .map_err(unavailable)?;
        row.map(|row| instant(&row, 0)).transpose().map_err(|error| damaged(&error))
    }

    async fn answer(&self, command_id: Uuid) -> Result<Option<Answer>, StoreError> {
        let query = sqlx::query("SELECT command_id, input_hash, answer FROM commands WHERE command_id = ?1")
            .bind(command_id.to_string());
        let row = query.fetch_optional(&self.pool).await.map_err(unavailable)?;
        row.map(|row| answer(&row).map(|(_, answer)| answer)).transpose().map_err(|error| damaged(&error))
    }

    async fn load(
        &self,
        aggregate_type: &str,
        aggregate_id: &str,
        after: usize,
    ) -> Result<Vec<SerializedEvent>, PersistenceError> {
        aggregates::ledger::load_through(&self.repository, aggregate_type, aggregate_id, after).await
    }

    fn connections(&self) -> (usize, usize, usize) {
        pool_use(&self.pool)
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}

fn event(row: &SqliteRow) -> Result<StoredEvent, sqlx::Error> {
    Ok(StoredEvent {
        position: row.try_get::<i64, _>(0)?.cast_unsigned(),
        event_id: id(row, 1)?,
        command_id: id(row, 2)?,
        recorded_at: instant(row, 3)?,
        aggregate_type: row.try_get(4)?,
        aggregate_id: row.try_get(5)?,
        sequence: row.try_get::<i64, _>(6)?.cast_unsigned(),
        event_type: row.try_get(7)?,
        event_version: row.try_get(8)?,
        payload: row.try_get(9)?,
        metadata: row.try_get(10)?,
    })
}

/// Columns `command_id, input_hash, answer`.
pub(super) fn answer(row: &SqliteRow) -> Result<(Uuid, Answer), sqlx::Error> {
    let receipt = serde_json::from_str(row.try_get::<&str, _>(2)?)
        .map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok((id(row, 0)?, Answer { input_hash: row.try_get(1)?, receipt }))
}

fn id(row: &SqliteRow, column: usize) -> Result<Uuid, sqlx::Error> {
    Uuid::parse_str(row.try_get::<&str, _>(column)?).map_err(|error| sqlx::Error::Decode(error.into()))
}

pub(super) fn instant(row: &SqliteRow, column: usize) -> Result<DateTime<Utc>, sqlx::Error> {
    let instant = DateTime::parse_from_rfc3339(row.try_get::<&str, _>(column)?)
        .map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok(instant.to_utc())
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
fn unavailable(error: sqlx::Error) -> StoreError {
    StoreError::Unavailable(error.to_string())
}
