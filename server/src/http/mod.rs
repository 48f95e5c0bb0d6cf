//! HTTP: routes, and what every request passes on its way to them.

pub mod audits;
pub mod batch;
pub mod bodies;
mod body;
pub mod caller;
mod check_page;
mod commands;
pub(crate) mod cookie;
pub(crate) mod edge;
pub mod events;
mod exchange;
mod health;
pub mod journal;
pub mod language;
pub(crate) mod ledgers;
pub mod log;
mod metrics;
mod oidc;
pub mod openapi;
mod origin;
mod parameters;
mod persons;
pub mod problem;
pub mod query;
mod record;
pub mod route;
pub mod router;
pub mod session;
mod sight;
pub(crate) mod sign_in;
mod strangers;
mod trials;
mod unreadable;
mod what_if;

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use crate::App;
use crate::app::ledgers::Ledgers;
use crate::signin::oidc::Oidc;
use crate::store::LedgerName;
use caller::Callers;
use strangers::Strangers;

/// What one process takes from callers. What may be done at the same time is for all its ledgers together: each has an equal share
/// of its own, so that a crowd at one does not shut out who comes to another.
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
    /// How the house knows who calls.
    pub callers: Callers,
    /// Whether what offices read of persons is recorded.
    pub readings: bool,
    /// Whether people reach it over TLS, through a gateway: cookies then go no other way.
    pub https: bool,
    /// How many gateways stand before it, each of which adds to `X-Forwarded-For` whom it was reached from.
    pub gateways: u8,
    /// Whether people may sign in with a password.
    pub passwords: bool,
    /// The identity provider that signs people in, if there is one.
    pub oidc: Option<Arc<Oidc>>,
    /// How long requests under way may go on after the house was told to close.
    pub grace: Duration,
    /// Address under which others reach the house, for certificates; where it listens when none is told.
    pub public_url: Option<String>,
    /// File with the font of certificates; the best one of the machine when none is told.
    pub font: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            command_bytes_max: 1 << 20,
            batch_bytes_max: 64 << 20,
            batches_max: 8,
            requests_max: 1024,
            streams_max: 256,
            callers: Callers::default(),
            readings: true,
            https: false,
            gateways: 0,
            passwords: true,
            oidc: None,
            time_limit: Duration::from_secs(60),
            grace: Duration::from_secs(30),
            public_url: None,
            font: None,
        }
    }
}

impl Settings {
    /// The usual ones, but callers are whom they say: behind a gateway, and in tests and benchmarks.
    pub fn trusting() -> Self {
        Self { callers: Callers::Trusted, readings: false, ..Self::default() }
    }

    /// The share of one ledger of so many.
    fn share(self, ledgers: usize) -> Self {
        // Even the smallest share lets one in, unless nobody is to be let in.
        let of = |most: usize| (most / ledgers.max(1)).max(most.min(1));
        Self {
            batches_max: of(self.batches_max),
            requests_max: of(self.requests_max),
            streams_max: of(self.streams_max),
            ..self
        }
    }
}

/// What every route of a ledger can reach.
pub struct House {
    pub(crate) app: Arc<App>,
    pub(crate) settings: Settings,
    pub(crate) batches: Arc<Semaphore>,
    pub(crate) requests: Arc<Semaphore>,
    pub(crate) streams: Arc<Semaphore>,
    /// How much those bring who have not signed in.
    pub(crate) strangers: Strangers,
    pub(crate) closing: watch::Receiver<bool>,
    pub(crate) trials: trials::Trials,
    pub(crate) rosters: query::told::Rosters,
    /// Where its addresses begin: nothing at the root.
    pub(crate) prefix: String,
    /// Of the other ledgers; the one at the root knows them.
    pub(crate) others: Vec<Arc<House>>,
}

impl House {
    fn new(app: Arc<App>, prefix: String, settings: Settings, closing: watch::Receiver<bool>) -> Self {
        app.store().measures().begin();
        let room = |most| Arc::new(Semaphore::new(most));
        let (batches, requests, streams) =
            (room(settings.batches_max), room(settings.requests_max), room(settings.streams_max));
        let (strangers, trials) = (Strangers::default(), trials::Trials::default());
        let (rosters, others) = (query::told::Rosters::default(), vec![]);
        Self {
            app,
            settings,
            batches,
            requests,
            streams,
            strangers,
            closing,
            trials,
            rosters,
            prefix,
            others,
        }
    }

    /// An address of its interface: `/v1/members`.
    pub(crate) fn link(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// An address of the house as others reach it: what stands in a QR code on a wall.
    pub(crate) fn public(&self, path: &str) -> String {
        let public = self.settings.public_url.as_deref().unwrap_or_default();
        format!("{}{}", public.trim_end_matches('/'), self.link(path))
    }

    /// The address of the page that checks records, as others reach it.
    pub(crate) fn check_at(&self) -> String {
        self.public("/check")
    }

    /// A matched route as each ledger has it: `/v1/{resource}`.
    pub(crate) fn route<'a>(&self, matched: &'a str) -> &'a str {
        match matched.strip_prefix(&*self.prefix) {
            Some("") => "/",
            Some(route) => route,
            None => matched,
        }
    }

    /// What its metrics, traces and list call it.
    pub(crate) fn name(&self) -> &LedgerName {
        self.app.store().name()
    }
}

/// The routes of running ledgers. Streams that follow a ledger end when `closing` becomes true.
pub fn routes(ledgers: &Ledgers, settings: Settings, closing: &watch::Receiver<bool>) -> Router {
    metrics::recorder();
    let share = settings.share(1 + ledgers.others.len());
    let house = |app: &Arc<App>, prefix| House::new(Arc::clone(app), prefix, share.clone(), closing.clone());
    let others = ledgers.others.iter().map(|app| Arc::new(house(app, app.store().name().prefix()))).collect();
    router::build(&Arc::new(House { others, ..house(&ledgers.root, String::new()) }))
}

/// Serves until `stop` ends, then finishes what is under way and closes all ledgers.
pub async fn serve(
    listener: TcpListener,
    ledgers: impl Into<Ledgers>,
    mut settings: Settings,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let ledgers = ledgers.into();
    if settings.public_url.is_none() {
        settings.public_url = Some(format!("http://{}", listener.local_addr()?));
    }
    let (close, mut told) = watch::channel(false);
    let grace = settings.grace;
    let routes = routes(&ledgers, settings, &told);
    let routes = routes.into_make_service_with_connect_info::<SocketAddr>();
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
    ledgers.close().await;
    served
}
