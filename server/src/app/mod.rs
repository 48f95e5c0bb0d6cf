//! The running house: one ledger, its desk, its projector, its clock.

pub mod auditing;
pub mod genesis;
mod keeping;
pub mod ledgers;
pub mod projecting;
pub mod reacting;
mod surroundings;

use std::sync::Arc;
use std::time::Duration;

use commands::{Clock, Desk, Trouble, VaultError};
use projections::ports::{Feed as _, Sheet, Shelf, StoreError};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::signin::SignIn;
use crate::store::{OpenError, Settings, Store};
use crate::tlog::publishing::{Publishing, Waiting};
use crate::tlog::record::Recorder;
use crate::tlog::signing::{Signing, SigningError};
use crate::vault::LedgerVault;
use crate::vault::home::Home;
use auditing::Auditing;
use keeping::Keeping;
use projecting::{Progress, Projecting};
use reacting::Reacting;

/// How the house runs.
#[derive(Debug, Clone)]
pub struct Options {
    /// How often the projector looks for events that other processes wrote.
    pub poll: Duration,
    /// How long a query waits for the position that it asks for at most.
    pub patience: Duration,
    /// How often the reactor looks for what has come due; absent, nothing reacts by itself.
    pub react: Option<Duration>,
    /// How often a checkpoint of the log is published at most; absent, its tree does not grow by itself.
    pub publish: Option<Duration>,
    /// Who signs the log.
    pub signing: Signing,
    /// Where the vault's key is; without one nothing personal is taken or shown.
    pub vault: Option<Home>,
    /// How often the vault is looked after; absent, only at the start.
    pub keep: Option<Duration>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            poll: Duration::from_millis(250),
            patience: Duration::from_secs(5),
            react: Some(Duration::from_secs(1)),
            publish: Some(Duration::from_secs(2)),
            signing: Signing::default(),
            vault: None,
            keep: Some(Duration::from_secs(600)),
        }
    }
}

/// Why the house could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The ledger cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The ledger opened, but its projections cannot be read or brought up to date.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What was erased could not be made sure to be gone.
    #[error("the vault cannot be looked after: {0}")]
    Vault(#[from] VaultError),
    /// What was erased could not be recorded again.
    #[error("erasures could not be recorded again: {0}")]
    Erasures(#[from] Trouble),
    /// Nobody can sign its log.
    #[error("the log cannot be signed: {0}")]
    Signing(#[from] SigningError),
}

/// A projection did not reach the position asked for in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the rows reflect position {reached}, not yet {asked}")]
pub struct NotCaughtUp {
    /// Where it stands.
    pub reached: u64,
    /// What was asked for.
    pub asked: u64,
}

/// The running house.
pub struct App {
    store: Arc<Store>,
    desk: Arc<Desk>,
    clock: Arc<dyn Clock>,
    projecting: Projecting,
    reacting: Reacting,
    publishing: Publishing,
    recorder: Recorder,
    sign_in: SignIn,
    vault: Arc<LedgerVault>,
    keeping: Keeping,
    auditing: Auditing,
    options: Options,
}

impl App {
    /// Opens the ledger at the address, and starts. What is recorded is recorded with the clock given.
    pub async fn open(url: &str, clock: Arc<dyn Clock>, options: Options) -> Result<Self, StartError> {
        Self::open_with(url, Settings::default(), clock, options).await
    }

    /// The same with other settings of the store, but this clock.
    pub async fn open_with(
        url: &str,
        settings: Settings,
        clock: Arc<dyn Clock>,
        options: Options,
    ) -> Result<Self, StartError> {
        let shown = Arc::clone(&clock);
        let settings = Settings { clock: Arc::new(move || shown.now()), ..settings };
        let store = Arc::new(Store::open_with(url, settings).await?);
        Self::start(store, clock, options).await
    }

    /// Starts on an open ledger: projections that the program knows in a newer version are rebuilt first, then the
    /// projector runs until [`App::close`].
    pub async fn start(
        store: Arc<Store>,
        clock: Arc<dyn Clock>,
        options: Options,
    ) -> Result<Self, StartError> {
        let publisher = Waiting::new(&options.signing, &store)?;
        projecting::renew(&store).await?;
        let projecting = Projecting::start(Arc::clone(&store), options.poll);
        let vault = Arc::new(LedgerVault::new(Arc::clone(&store), options.vault.clone(), Arc::clone(&clock)));
        vault.prepare().await;
        let desk = Desk::new(store.clone(), Arc::clone(&clock)).with_vault(vault.clone());
        let desk = Arc::new(desk);
        keeping::begin(&vault, &desk).await?;
        let keeping = Keeping::start(&vault, &desk, options.keep);
        let reacting = Reacting::start(&store, &desk, options.react);
        let publishing = Publishing::start(&store, publisher, options.publish);
        let recorder = Recorder::new(Arc::clone(&store), Arc::clone(&desk));
        let sign_in = SignIn::new(&store, &clock);
        let auditing = Auditing::new(&store, &clock);
        Ok(Self {
            store,
            desk,
            clock,
            projecting,
            reacting,
            publishing,
            recorder,
            sign_in,
            vault,
            keeping,
            auditing,
            options,
        })
    }

    /// The ledger.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// The only write path.
    pub fn desk(&self) -> &Arc<Desk> {
        &self.desk
    }

    /// The clock of the house.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// What the projector is doing.
    pub fn progress(&self) -> Progress {
        self.projecting.progress()
    }

    /// Changes with every step of the projector.
    pub fn watch(&self) -> watch::Receiver<Progress> {
        self.projecting.watch()
    }

    /// The transparency log at work.
    pub fn log(&self) -> &Publishing {
        &self.publishing
    }

    /// Who makes verified records.
    pub fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    /// The door: who stands behind a request.
    pub fn sign_in(&self) -> &SignIn {
        &self.sign_in
    }

    /// The vault.
    pub fn vault(&self) -> &Arc<LedgerVault> {
        &self.vault
    }

    /// Audits run from within.
    pub fn auditing(&self) -> &Auditing {
        &self.auditing
    }

    /// Waits, for a bounded time, until the live rows of a sheet reflect a position (design §4).
    pub async fn reached(&self, sheet: &Sheet, position: u64) -> Result<(), Lag> {
        let deadline = Instant::now() + self.options.patience;
        let mut progress = self.projecting.watch();
        loop {
            if progress.borrow_and_update().checkpoint(sheet.name).is_some_and(|at| at >= position) {
                return Ok(());
            }
            // Another process may be the one whose projector moves on.
            let reached = self.store.live(sheet).await?.checkpoint;
            if reached >= position {
                return Ok(());
            }
            // What nobody has written yet is not waited for: a receipt never tells such a position.
            if Instant::now() >= deadline || position > self.store.head().await? {
                return Err(Lag::NotCaughtUp(NotCaughtUp { reached, asked: position }));
            }
            let next_look = deadline.min(Instant::now() + self.options.poll);
            let _ = tokio::time::timeout_at(next_look, progress.changed()).await;
        }
    }

    /// Stops the reactor, the publisher and the projector, stores and answers what waits, and closes the ledger.
    pub async fn close(&self) {
        self.auditing.stop().await;
        self.keeping.stop().await;
        self.reacting.stop().await;
        self.publishing.stop().await;
        self.projecting.stop().await;
        self.store.close().await;
    }
}

/// Why a position was not reached.
#[derive(Debug, thiserror::Error)]
pub enum Lag {
    /// Not in time.
    #[error(transparent)]
    NotCaughtUp(#[from] NotCaughtUp),
    /// The checkpoint cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}
