//! What timers look through: rows that say when something is due, in a column that compares as times do.

use aggregates::when;
use chrono::{DateTime, Utc};

use crate::ports::{Condition, Find, Shelf, StoreError};
use crate::projection::Projection;

/// The rows of which the column says that they are due by now, at most so many, those that wait longest first.
pub(crate) async fn due<P: Projection>(
    shelf: &dyn Shelf,
    column: &'static str,
    now: DateTime<Utc>,
    limit: usize,
) -> Result<Vec<P::Row>, StoreError> {
    let conditions = vec![Condition::Below(column, when::stamp_utc(now))];
    rows::<P>(shelf, Find { conditions, order: Some(column), limit, ..Find::default() }).await
}

/// The rows that are found, typed.
pub(crate) async fn rows<P: Projection>(shelf: &dyn Shelf, find: Find) -> Result<Vec<P::Row>, StoreError> {
    let (rows, _) = shelf.find(&P::sheet(), &find).await?;
    rows.iter()
        .map(|row| {
            serde_json::from_str(&row.body)
                .map_err(|error| StoreError::Damaged(format!("{} row {}: {error}", P::NAME, row.key)))
        })
        .collect()
}
