//! Reading the journal, whatever it is kept in.

use std::collections::HashMap;

use aggregates::StoredEvent;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use commands::journal::{Answer, JournalError};
use cqrs_es::persist::{PersistenceError, SerializedEvent};
use projections::ports::{Page, StoreError};
use uuid::Uuid;

/// What the two databases read differently.
#[async_trait]
pub(super) trait JournalReader: Send + Sync {
    async fn page(&self, position: i64, limit: i64) -> Result<Box<dyn Page>, StoreError>;
    async fn stream(
        &self,
        aggregate_type: &str,
        aggregate_id: &str,
        until: i64,
    ) -> Result<Vec<StoredEvent>, StoreError>;
    async fn head(&self) -> Result<u64, StoreError>;
    /// None where no event is at the position.
    async fn recorded_at(&self, position: i64) -> Result<Option<DateTime<Utc>>, StoreError>;
    /// The stored answers of those of the command ids that have one.
    async fn answers(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Answer>, StoreError>;
    /// All events of the streams; those of one stream in its order.
    async fn streams(&self, streams: &[(&'static str, String)]) -> Result<Vec<StoredEvent>, StoreError>;
    async fn load(
        &self,
        aggregate_type: &str,
        aggregate_id: &str,
        after: usize,
    ) -> Result<Vec<SerializedEvent>, PersistenceError>;
    /// Open connections, idle ones among them, and how many may be open.
    fn connections(&self) -> (usize, usize, usize);
    async fn close(&self);
}

/// The events of a page, with texts of their own.
pub(super) fn stored(page: &dyn Page) -> Result<Vec<StoredEvent>, StoreError> {
    let mut events = Vec::new();
    page.each(&mut |row| {
        events.push(row.stored());
        Ok(())
    })?;
    Ok(events)
}

/// All events of each stream, in the order asked.
pub(super) async fn load_all(
    reader: &dyn JournalReader,
    streams: &[(&'static str, String)],
) -> Result<Vec<Vec<SerializedEvent>>, JournalError> {
    let mut places = HashMap::with_capacity(streams.len());
    for (place, (kind, id)) in streams.iter().enumerate() {
        places.entry((*kind, id.as_str())).or_insert(place);
    }
    let mut found = vec![Vec::new(); streams.len()];
    for event in reader.streams(streams).await.map_err(journal_error)? {
        let place = places.get(&(event.aggregate_type.as_str(), event.aggregate_id.as_str()));
        if let Some(events) = place.and_then(|place| found.get_mut(*place)) {
            events.push(event.serialized().map_err(|error| JournalError::Damaged(error.to_string()))?);
        }
    }
    Ok(found)
}

/// What a pool tells of itself: open, idle, at most.
pub(super) fn pool_use<D: sqlx::Database>(pool: &sqlx::Pool<D>) -> (usize, usize, usize) {
    (pool.size() as usize, pool.num_idle(), pool.options().get_max_connections() as usize)
}

/// The last position recorded at or before the instant. Instants never decrease with the position, and positions have no holes,
/// so halving finds it without an index that every append would have to feed.
pub(super) async fn position_at(
    reader: &dyn JournalReader,
    instant: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let (mut at_or_before, mut behind) = (0, reader.head().await?.saturating_add(1));
    while behind - at_or_before > 1 {
        let middle = at_or_before + (behind - at_or_before) / 2;
        let recorded_at = reader.recorded_at(as_signed(middle)).await?;
        let recorded_at =
            recorded_at.ok_or_else(|| StoreError::Damaged(format!("no event is at position {middle}")))?;
        if recorded_at <= instant { at_or_before = middle } else { behind = middle }
    }
    Ok(at_or_before)
}

/// Positions and limits as databases count; what is beyond is as far as it goes.
pub(super) fn as_signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A value that is there and cannot be read.
pub(super) fn damaged(error: &sqlx::Error) -> StoreError {
    StoreError::Damaged(error.to_string())
}

/// A failed read, as a decision sees it.
pub(super) fn journal_error(error: StoreError) -> JournalError {
    match error {
        StoreError::Damaged(reason) => JournalError::Damaged(reason),
        other => JournalError::Unavailable(other.to_string()),
    }
}

/// A failed load through cqrs-es, as a decision sees it.
pub(super) fn load_error(error: PersistenceError) -> JournalError {
    match error {
        PersistenceError::DeserializationError(error) => JournalError::Damaged(error.to_string()),
        other => JournalError::Unavailable(other.to_string()),
    }
}
