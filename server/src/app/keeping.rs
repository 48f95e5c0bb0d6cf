//! Looking after the vault: before anybody is served whatever was erased is erased again, and from then on every so often, together with
//! what no event will ever tell of.

use std::sync::Arc;
use std::time::Duration;

use aggregates::rulebook::{Rulebook, STREAM};
use commands::Desk;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;

use super::StartError;
use crate::vault::LedgerVault;

/// Erases again what an old backup may have brought back, and records what it lacks.
pub(super) async fn begin(vault: &LedgerVault, desk: &Desk) -> Result<(), StartError> {
    let forgot = vault.replay().await?;
    if forgot.subjects > 0 || forgot.demands > 0 {
        tracing::warn!(
            ?forgot,
            "what had been forgotten was there again and is gone now: was a backup restored?"
        );
    }
    // An empty ledger has no rules yet, and decides nothing.
    if !desk.look::<Rulebook>(STREAM).await?.policies().is_empty() {
        let recorded = vault.record_again(desk).await?;
        if recorded > 0 {
            tracing::warn!(recorded, "erasures that the ledger did not know any more were recorded again");
        }
    }
    Ok(())
}

/// The way to the task.
pub(super) struct Keeping {
    stop: watch::Sender<bool>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Keeping {
    /// Looks after the vault until [`Keeping::stop`].
    pub(super) fn start(vault: &Arc<LedgerVault>, desk: &Arc<Desk>, every: Option<Duration>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let task = every.map(|every| tokio::spawn(run(Arc::clone(vault), Arc::clone(desk), every, stopped)));
        Self { stop, task: Mutex::new(task) }
    }

    /// Ends the task after the round under way.
    pub(super) async fn stop(&self) {
        self.stop.send_replace(true);
        if let Some(task) = self.task.lock().await.take()
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the keeping of the vault ended badly");
        }
    }
}

async fn run(vault: Arc<LedgerVault>, desk: Arc<Desk>, every: Duration, mut stopped: watch::Receiver<bool>) {
    while tokio::time::timeout(every, stopped.wait_for(|stopped| *stopped)).await.is_err() {
        if let Err(error) = vault.keep_house(&desk).await {
            tracing::error!(%error, "the vault could not be looked after and will be again");
        }
    }
}
