//! The journal, read and decoded ahead of the folds.

use std::sync::Arc;

use aggregates::Recorded;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::lane::Common;
use crate::ports::{Feed, Page, StoreError};

/// Events read and decoded at once.
const PAGE_EVENTS: usize = 2_500;
/// Pages read ahead of the folds.
const PAGES_AHEAD: usize = 2;

pub(super) type Decoding = JoinHandle<Result<Vec<Recorded>, StoreError>>;

/// Decoded events behind a position, up to and including another, read and decoded ahead of whoever takes them.
pub(super) fn pages(
    common: Arc<Common>,
    from: u64,
    until: u64,
) -> mpsc::Receiver<Result<Decoding, StoreError>> {
    let (way, pages) = mpsc::channel(PAGES_AHEAD);
    tokio::spawn(async move {
        let mut from = from;
        while from < until {
            let piece = common.courtesy.piece().await;
            let page = page(common.feed.as_ref(), from, until).await;
            drop(piece);
            let last = page.as_ref().ok().map(|(_, last)| *last);
            let decoding = page.map(|(page, _)| tokio::spawn(async move { page.decode() }));
            match (way.send(decoding).await, last) {
                (Ok(()), Some(last)) => from = last,
                // Nobody takes them any more, or there are none.
                _ => break,
            }
        }
    });
    pages
}

/// A page behind a position, and the position of its last event.
pub(super) async fn page(feed: &dyn Feed, from: u64, until: u64) -> Result<(Box<dyn Page>, u64), StoreError> {
    let limit = usize::try_from(until - from).unwrap_or(PAGE_EVENTS).min(PAGE_EVENTS);
    let page = feed.page(from, limit).await?;
    match page.end()? {
        Some(last) => Ok((page, last)),
        None => Err(StoreError::Damaged(format!("no event is behind position {from}"))),
    }
}
