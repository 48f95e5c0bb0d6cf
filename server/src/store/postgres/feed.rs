//! Reading the journal from PostgreSQL.

use std::collections::HashMap;

use aggregates::{EventRow, StoredEvent};
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use commands::journal::Answer;
use cqrs_es::persist::{PersistenceError, SerializedEvent};
use postgres_es::PostgresEventRepository;
use projections::ports::{Page, Show, StoreError};
use sqlx::Row;
use sqlx::postgres::{PgArguments, PgPool, PgRow, Postgres};
use sqlx::query::Query;
use uuid::Uuid;

use super::{lease, standby};
use crate::store::reader::{JournalReader, damaged, pool_use, stored};

const COLUMNS: &str = "position, event_id, command_id, recorded_at, aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata";

/// Connections for reading.
pub(crate) struct PostgresFeed {
    pool: PgPool,
    repository: PostgresEventRepository,
}

impl PostgresFeed {
    pub(super) fn new(pool: PgPool) -> Self {
        Self { repository: PostgresEventRepository::new(pool.clone()), pool }
    }

    async fn rows(&self, query: Query<'_, Postgres, PgArguments>) -> Result<Vec<PgRow>, StoreError> {
        lease::rows(&self.pool, query).await.map_err(unavailable)
    }
}

#[async_trait]
impl JournalReader for PostgresFeed {
    async fn page(&self, position: i64, limit: i64) -> Result<Box<dyn Page>, StoreError> {
        let query = format!("SELECT {COLUMNS} FROM events WHERE position > $1 ORDER BY position LIMIT $2");
        Ok(Box::new(Rows(self.rows(sqlx::query(&query).bind(position).bind(limit)).await?)))
    }

    async fn stream(
        &self,
        aggregate_type: &str,
        aggregate_id: &str,
        until: i64,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let query = format!(
            "SELECT {COLUMNS} FROM events WHERE aggregate_type = $1 AND aggregate_id = $2 AND position <= $3 ORDER BY sequence"
        );
        let query = sqlx::query(&query).bind(aggregate_type).bind(aggregate_id).bind(until);
        stored(&Rows(self.rows(query).await?))
    }

    async fn head(&self) -> Result<u64, StoreError> {
        let rows = self.rows(sqlx::query("SELECT position FROM ledger_head WHERE one = 1")).await?;
        let row = rows.first().ok_or_else(|| StoreError::Damaged("there is no head".to_owned()))?;
        number(row, 0).map_err(|error| damaged(&error))
    }

    async fn recorded_at(&self, position: i64) -> Result<Option<DateTime<Utc>>, StoreError> {
        let query = sqlx::query("SELECT recorded_at FROM events WHERE position = $1").bind(position);
        let rows = self.rows(query).await?;
        rows.first().map(|row| instant(row, 0)).transpose().map_err(|error| damaged(&error))
    }

    async fn answers(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Answer>, StoreError> {
        let query = format!(
            "SELECT command_id, input_hash, answer, {} FROM commands WHERE command_id = ANY($1::uuid[])",
            standby::AWAITED
        );
        let rows = self.rows(sqlx::query(&query).bind(ids)).await?;
        if let Some(row) = rows.first()
            && row.try_get(3).map_err(|error| damaged(&error))?
        {
            standby::confirm(&self.pool).await?;
        }
        rows.iter().map(|row| answer(row).map_err(|error| damaged(&error))).collect()
    }

    async fn streams(&self, streams: &[(&'static str, String)]) -> Result<Vec<StoredEvent>, StoreError> {
        let (kinds, ids): (Vec<_>, Vec<_>) = streams.iter().map(|(kind, id)| (*kind, id.as_str())).unzip();
        let query = format!(
            "SELECT {COLUMNS} FROM events JOIN (SELECT DISTINCT type, id FROM unnest($1::text[], $2::text[]) AS row(type, id)) asked \
             ON aggregate_type = asked.type AND aggregate_id = asked.id ORDER BY aggregate_type, aggregate_id, sequence"
        );
        stored(&Rows(self.rows(sqlx::query(&query).bind(kinds).bind(ids)).await?))
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

/// Rows of [`COLUMNS`].
struct Rows(Vec<PgRow>);

impl Page for Rows {
    fn end(&self) -> Result<Option<u64>, StoreError> {
        self.0.last().map(|row| number(row, 0)).transpose().map_err(|error| damaged(&error))
    }

    fn count(&self) -> usize {
        self.0.len()
    }

    fn each(&self, show: Show<'_>) -> Result<(), StoreError> {
        self.0.iter().try_for_each(|row| show(event(row).map_err(|error| damaged(&error))?))
    }
}

fn event(row: &PgRow) -> Result<EventRow<'_>, sqlx::Error> {
    Ok(EventRow {
        position: number(row, 0)?,
        event_id: id(row, 1)?,
        command_id: id(row, 2)?,
        recorded_at: instant(row, 3)?,
        aggregate_type: text(row, 4)?,
        aggregate_id: text(row, 5)?,
        sequence: number(row, 6)?,
        event_type: text(row, 7)?,
        event_version: text(row, 8)?,
        payload: text(row, 9)?,
        metadata: text(row, 10)?,
    })
}

/// Columns `command_id, input_hash, answer`.
pub(super) fn answer(row: &PgRow) -> Result<(Uuid, Answer), sqlx::Error> {
    let receipt = serde_json::from_str(text(row, 2)?).map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok((id(row, 0)?, Answer { input_hash: row.try_get(1)?, receipt }))
}

/// A `bigint` that is never negative.
pub(super) fn number(row: &PgRow, column: usize) -> Result<u64, sqlx::Error> {
    fixed(row, column).map(i64::from_be_bytes).map(i64::cast_unsigned)
}

/// A `timestamptz`: microseconds since the year 2000.
pub(super) fn instant(row: &PgRow, column: usize) -> Result<DateTime<Utc>, sqlx::Error> {
    let micros = i64::from_be_bytes(fixed(row, column)?);
    let base = DateTime::from_timestamp(946_684_800, 0).unwrap_or_default();
    base.checked_add_signed(TimeDelta::microseconds(micros)).ok_or_else(|| decode("an instant out of range"))
}

/// A `uuid`.
fn id(row: &PgRow, column: usize) -> Result<Uuid, sqlx::Error> {
    Uuid::from_slice(bytes(row, column)?).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// A value of eight bytes.
fn fixed(row: &PgRow, column: usize) -> Result<[u8; 8], sqlx::Error> {
    bytes(row, column)?.try_into().map_err(|_| decode("a number or an instant of other than 8 bytes"))
}

/// A `text`, or a `json`: its text as written.
fn text(row: &PgRow, column: usize) -> Result<&str, sqlx::Error> {
    std::str::from_utf8(bytes(row, column)?).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// The value as prepared statements send it, not copied.
fn bytes(row: &PgRow, column: usize) -> Result<&[u8], sqlx::Error> {
    row.try_get_raw(column)?.as_bytes().map_err(sqlx::Error::Decode)
}

fn decode(what: &str) -> sqlx::Error {
    sqlx::Error::Decode(what.into())
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
fn unavailable(error: sqlx::Error) -> StoreError {
    StoreError::Unavailable(error.to_string())
}
