//! A journal to which something happens each time that somebody reads on in it.

use aggregates::StoredEvent;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use projections::ports::{Feed, StoreError};
use server::store::Store;
use tokio::sync::watch;

/// What happens before a page is read; where it fails the page is not read.
pub(super) type Before<'a> = Box<dyn Fn() -> BoxFuture<'a, Result<(), StoreError>> + Send + Sync + 'a>;

/// The journal of a store.
pub(super) struct Disturbed<'a> {
    pub(super) store: &'a Store,
    pub(super) before: Before<'a>,
}

#[async_trait]
impl Feed for Disturbed<'_> {
    async fn after(&self, position: u64, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        (self.before)().await?;
        self.store.after(position, limit).await
    }

    async fn news(&self, position: u64, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        (self.before)().await?;
        self.store.news(position, limit).await
    }

    async fn stream(&self, kind: &str, id: &str, until: u64) -> Result<Vec<StoredEvent>, StoreError> {
        self.store.stream(kind, id, until).await
    }

    async fn head(&self) -> Result<u64, StoreError> {
        self.store.head().await
    }

    async fn position_at(&self, instant: DateTime<Utc>) -> Result<u64, StoreError> {
        self.store.position_at(instant).await
    }

    fn wakeups(&self) -> watch::Receiver<u64> {
        self.store.wakeups()
    }
}
