//! Reading the journal from SQLite.

use std::collections::HashMap;

use aggregates::{EventRow, StoredEvent};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use commands::journal::Answer;
use cqrs_es::persist::{PersistenceError, SerializedEvent};
use projections::ports::{Page, Show, StoreError};
use sqlite_es::SqliteEventRepository;
use sqlx::Row;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use uuid::Uuid;

use super::journal::ANSWERS;
use crate::store::reader::{JournalReader, damaged, pool_use, stored};

/// An event as one text, and a page of them as one row: the driver's worker takes ten times as long to hand over the rows and
/// columns one by one. No valid JSON text holds a control character, and none is let into a name or an id.
const EVENT: &str = "concat_ws(char(31), position, event_id, command_id, recorded_at, aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata) AS event";
/// Between two events: RS.
const BEHIND_EVENT: char = '\u{1e}';
/// Between two columns: US.
const BEHIND_COLUMN: char = '\u{1f}';

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
    async fn page(&self, position: i64, limit: i64) -> Result<Box<dyn Page>, StoreError> {
        let query = format!(
            "SELECT group_concat(event, char(30)) FROM (SELECT {EVENT} FROM events WHERE position > ?1 ORDER BY position LIMIT ?2)"
        );
        let page = sqlx::query_scalar(&query).bind(position).bind(limit);
        Ok(Box::new(Events(page.fetch_one(&self.pool).await.map_err(unavailable)?)))
    }

    async fn stream(
        &self,
        aggregate_type: &str,
        aggregate_id: &str,
        until: i64,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let query = format!(
            "SELECT group_concat(event, char(30)) FROM (SELECT {EVENT} FROM events WHERE aggregate_type = ?1 AND aggregate_id = ?2 AND position <= ?3 ORDER BY sequence)"
        );
        let page = sqlx::query_scalar(&query).bind(aggregate_type).bind(aggregate_id).bind(until);
        stored(&Events(page.fetch_one(&self.pool).await.map_err(unavailable)?))
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

    async fn answers(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Answer>, StoreError> {
        let ids = serde_json::to_string(ids).map_err(|error| StoreError::Misused(error.to_string()))?;
        let rows = sqlx::query(ANSWERS).bind(ids).fetch_all(&self.pool).await.map_err(unavailable)?;
        rows.iter().map(|row| answer(row).map_err(|error| damaged(&error))).collect()
    }

    async fn streams(&self, streams: &[(&'static str, String)]) -> Result<Vec<StoredEvent>, StoreError> {
        let streams =
            serde_json::to_string(streams).map_err(|error| StoreError::Misused(error.to_string()))?;
        // CROSS JOIN: the streams first, each found by the key.
        let query = format!(
            "SELECT group_concat(event, char(30)) FROM (SELECT {EVENT} FROM (SELECT DISTINCT value ->> 0 AS type, value ->> 1 AS id FROM json_each(?1)) AS asked \
             CROSS JOIN events ON aggregate_type = asked.type AND aggregate_id = asked.id ORDER BY aggregate_type, aggregate_id, sequence)"
        );
        let page = sqlx::query_scalar(&query).bind(streams);
        stored(&Events(page.fetch_one(&self.pool).await.map_err(unavailable)?))
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

/// Events as one text; none when there are none.
struct Events(Option<String>);

impl Events {
    fn texts(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.as_deref().unwrap_or_default().split(BEHIND_EVENT).filter(|event| !event.is_empty())
    }
}

impl Page for Events {
    fn end(&self) -> Result<Option<u64>, StoreError> {
        let position = |event: &str| event.split(BEHIND_COLUMN).next()?.parse().ok();
        self.texts().next_back().map(|event| position(event).ok_or_else(|| unreadable(event))).transpose()
    }

    fn count(&self) -> usize {
        self.0.as_ref().map_or(0, |page| 1 + page.matches(BEHIND_EVENT).count())
    }

    fn each(&self, show: Show<'_>) -> Result<(), StoreError> {
        self.texts().try_for_each(|event| show(read(event).ok_or_else(|| unreadable(event))?))
    }
}

fn read(event: &str) -> Option<EventRow<'_>> {
    let mut columns = event.split(BEHIND_COLUMN);
    let mut next = || columns.next();
    let event = EventRow {
        position: next()?.parse().ok()?,
        event_id: next()?.parse().ok()?,
        command_id: next()?.parse().ok()?,
        recorded_at: DateTime::parse_from_rfc3339(next()?).ok()?.to_utc(),
        aggregate_type: next()?,
        aggregate_id: next()?,
        sequence: next()?.parse().ok()?,
        event_type: next()?,
        event_version: next()?,
        payload: next()?,
        metadata: next()?,
    };
    next().is_none().then_some(event)
}

fn unreadable(event: &str) -> StoreError {
    let position = event.split(BEHIND_COLUMN).next().unwrap_or_default();
    StoreError::Damaged(format!("the event at position {position} cannot be read"))
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
