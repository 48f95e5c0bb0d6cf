//! HTTP: routes, and what every request passes on its way to them.

pub mod batch;
mod body;
pub mod caller;
mod commands;
mod edge;
pub mod events;
mod exchange;
mod health;
pub mod language;
mod metrics;
pub mod openapi;
mod parameters;
pub mod problem;
pub mod query;
pub mod route;
pub mod router;
mod start_page;
mod unreadable;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use crate::App;

/// What the house takes from callers.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Bytes of one command at most.
    pub command_bytes_max: usize,
    /// Bytes of a batch at most.
    pub batch_bytes_max: usize,
    /// Batches at the same time.
    pub batches_max: usize,
    /// Requests at the same time, those of event streams only until they begin.
    pub requests_max: usize,
    /// Event streams at the same time.
    pub streams_max: usize,
    /// How long an answer may take to begin.
    pub time_limit: Duration,
    /// How long requests under way may go on after the house was told to close.
    pub grace: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            command_bytes_max: 1 << 20,
            batch_bytes_max: 64 << 20,
            batches_max: 8,
            requests_max: 1024,
            streams_max: 256,
            time_limit: Duration::from_secs(60),
            grace: Duration::from_secs(30),
        }
    }
}

/// What every route can reach.
pub struct House {
    pub(crate) app: Arc<App>,
    pub(crate) settings: Settings,
    pub(crate) batches: Arc<Semaphore>,
    pub(crate) requests: Arc<Semaphore>,
    pub(crate) streams: Arc<Semaphore>,
    pub(crate) closing: watch::Receiver<bool>,
}

/// The routes of a running house. Streams that follow the ledger end when `closing` becomes true.
pub fn routes(app: Arc<App>, settings: Settings, closing: watch::Receiver<bool>) -> Router {
    metrics::recorder();
    let room = |most| Arc::new(Semaphore::new(most));
    let (batches, requests, streams) =
        (room(settings.batches_max), room(settings.requests_max), room(settings.streams_max));
    router::build(Arc::new(House { app, settings, batches, requests, streams, closing }))
}

/// Serves until `stop` ends, then finishes what is under way and closes the house.
pub async fn serve(
    listener: TcpListener,
    app: Arc<App>,
    settings: Settings,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let (close, closing) = watch::channel(false);
    let grace = settings.grace;
    let routes = routes(Arc::clone(&app), settings, closing.clone());
    let mut told = closing.clone();
    let serving = axum::serve(listener, routes).with_graceful_shutdown(async move {
        stop.await;
        close.send_replace(true);
    });
    let served = tokio::select! {
        served = std::future::IntoFuture::into_future(serving) => served,
        () = async {
            let _ = told.wait_for(|closing| *closing).await;
            tokio::time::sleep(grace).await;
        } => {
            tracing::warn!(?grace, "requests were still under way and are cut off");
            Ok(())
        }
    };
    app.close().await;
    served
}
