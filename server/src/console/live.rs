//! `/live`: tells pages that something was recorded, and nothing of what. They ask anew for what they show.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use aggregates::decider::Decider as _;
use aggregates::reading::Readings;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream;
use projections::ports::Feed as _;

use super::Console;
use super::visit::Visit;
use crate::http::problem::Problem;
use crate::store::Store;

/// Between two looks, where nothing wakes the server up: another process may have written.
const POLL: Duration = Duration::from_secs(2);

/// So many at once are news, whatever they are.
const MANY: usize = 64;

/// The head of the ledger, whenever it has changed.
pub(super) async fn follow(State(console): State<Arc<Console>>, visit: Visit) -> Result<Response, Problem> {
    if visit.is_nobody {
        return Err(Problem::of_status(StatusCode::UNAUTHORIZED));
    }
    let house = &console.house;
    let permit = Arc::clone(&house.streams)
        .try_acquire_owned()
        .map_err(|_| Problem::of_status(StatusCode::TOO_MANY_REQUESTS).retry(10))?;
    let store = Arc::clone(house.app.store());
    let (wakeups, closing) = (store.wakeups(), house.closing.clone());
    let heads = stream::unfold((permit, store, wakeups, closing, None), |mut state| async move {
        loop {
            let (_, store, wakeups, closing, told) = &mut state;
            if *closing.borrow() {
                return None;
            }
            let head = store.head().await.ok()?;
            let since = told.replace(head).filter(|told| *told < head);
            if let Some(since) = since
                && is_news(store, since).await?
            {
                let event = Event::default().event("head").data(head.to_string());
                return Some((Ok::<_, Infallible>(event), state));
            }
            tokio::select! {
                Ok(()) = wakeups.changed() => {}
                () = tokio::time::sleep(POLL) => {}
                _ = closing.wait_for(|closing| *closing) => return None,
            }
        }
    });
    Ok(Sse::new(heads).keep_alive(KeepAlive::default()).into_response())
}

/// Whether anything was recorded since but that somebody looked: a page that tells offices of persons is itself recorded when it is
/// shown, and would otherwise ask for itself for ever.
async fn is_news(store: &Store, since: u64) -> Option<bool> {
    let events = store.after(since, MANY).await.ok()?;
    Some(events.len() == MANY || events.iter().any(|event| event.aggregate_type != Readings::TYPE))
}
