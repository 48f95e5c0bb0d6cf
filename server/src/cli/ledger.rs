//! Opening the ledger for one command.

use std::io::IsTerminal;
use std::sync::Arc;

use commands::{Desk, VaultError};
use indicatif::{ProgressBar, ProgressStyle};
use projections::ports::Feed;
use projections::projector::{Projector, Step};
use projections::sheets;

use super::{Common, Failure};
use crate::app::projecting;
use crate::clock::SystemClock;
use crate::store::{LedgerName, Store};
use crate::vault::LedgerVault;

/// Opens the ledger that the command names.
pub(super) async fn open(common: &Common) -> Result<Arc<Store>, Failure> {
    Ok(Arc::new(Store::open(&common.database).await?))
}

/// Opens the ledger, which must be there.
pub(super) async fn open_existing(common: &Common) -> Result<Arc<Store>, Failure> {
    must_exist(common)?;
    open(common).await
}

/// Refuses a file that is not there: asking must not make a ledger.
pub(super) fn must_exist(common: &Common) -> Result<(), Failure> {
    if let Some(file) = common.database.strip_prefix("sqlite:") {
        let file = file.strip_prefix("//").unwrap_or(file);
        if !std::path::Path::new(file).exists() {
            return Err(Failure::new(
                format!("there is no ledger at {file}"),
                "name one with --database, or begin one: baodao serve",
            ));
        }
    }
    Ok(())
}

/// The vault of the ledger as it stands: nothing in it is touched.
pub(super) fn closed_vault(common: &Common, store: &Arc<Store>) -> LedgerVault {
    let key = common.vault().of(&LedgerName::default(), &common.database);
    LedgerVault::new(Arc::clone(store), key, Arc::new(SystemClock))
}

/// The vault of the ledger. What was erased is erased again first: an old backup may have brought it back.
pub(super) async fn vault(common: &Common, store: &Arc<Store>) -> Result<Arc<LedgerVault>, Failure> {
    let vault = Arc::new(closed_vault(common, store));
    vault.replay().await?;
    Ok(vault)
}

/// A desk in front of the ledger and its vault, with the machine's clock.
pub(super) async fn desk(common: &Common, store: &Arc<Store>) -> Result<Desk, Failure> {
    let vault = vault(common, store).await?;
    Ok(Desk::new(store.clone(), Arc::new(SystemClock)).with_vault(vault))
}

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Self {
        Self::new(error.to_string(), "`baodao vault status` tells how it stands")
    }
}

/// Brings the projections up to date: nobody else may be doing it.
pub(super) async fn catch_up(store: &Arc<Store>) -> Result<(), Failure> {
    projecting::renew(store).await?;
    let mut projector = Projector::live(store.clone(), store.clone(), sheets::folds()).await?;
    let bar = progress("folding", store.head().await?);
    loop {
        match projector.step().await {
            Ok(Step::Advanced(position)) => bar.set_position(position),
            Ok(Step::Idle) => break,
            Ok(Step::Poisoned(position)) => {
                return Err(Failure::new(
                    format!("the event at position {position} cannot be decoded"),
                    "use a newer baodao; `baodao verify` tells more",
                ));
            }
            // A running server was faster.
            Err(projections::StoreError::Fenced(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    bar.finish_and_clear();
    Ok(())
}

/// A bar on standard error; nothing where that is no terminal.
pub(super) fn progress(what: &'static str, until: u64) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {per_sec} {eta}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(until).with_style(style).with_message(what)
}
