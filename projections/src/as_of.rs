//! A row as it stood at a position: folded anew from the streams that make it.

use aggregates::Recorded;

use crate::ports::{Feed, StoreError};
use crate::projection::Projection;

/// The row of a key as of a position (inclusive), or nothing when no event up to then touched it.
///
/// # Errors
/// When the projection draws on more than the key's own streams, or the feed fails.
pub async fn as_of<P: Projection>(
    feed: &dyn Feed,
    key: &str,
    position: u64,
) -> Result<Option<P::Row>, StoreError> {
    let Some(streams) = P::streams(key) else {
        return Err(StoreError::Damaged(format!("{} cannot be told as of a position", P::NAME)));
    };
    let mut events: Vec<Recorded> = vec![];
    for (kind, id) in streams {
        for stored in feed.stream(kind, &id, position).await? {
            events.push(stored.decode().map_err(|error| StoreError::Damaged(error.to_string()))?);
        }
    }
    events.sort_by_key(|event| event.position);
    let mut row = None;
    for event in events.iter().filter(|event| P::keys(event).iter().any(|touched| touched == key)) {
        P::fold(key, row.get_or_insert_with(P::Row::default), event);
    }
    Ok(row.filter(|row| !P::is_gone(row)))
}
