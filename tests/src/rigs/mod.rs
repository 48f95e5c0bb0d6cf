//! Rigs of faults that need root, daemons or minutes: what an operator's machine does to the service on its bad days.
//!
//! Each is one function that builds its own machines, puts real clients on a real `baodao serve`, does the damage, mends it, and
//! counts what became of every command. `tests::soak` lists them.

mod cancelled_commit;
mod crowd;
mod disk;
mod disk_full;
mod failover;
mod loss;
mod patroni;
mod power_cut;
mod report;
mod restore;
mod served;
mod server;
mod shell;
mod stopped;

pub use failover::Fault;
pub use power_cut::Durability;
pub use report::Report;
pub use server::Kind;

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};

use crowd::Settled;

use crate::program::{Said, baodao};
use crate::soak::Round;

static TOTALS: Mutex<BTreeMap<String, Report>> = Mutex::new(BTreeMap::new());

/// Carries a round out, and tells the counts of all rounds of this rig so far.
async fn counted(rig: String, round: impl Future<Output = anyhow::Result<Report>>) -> String {
    let report = round.await.unwrap_or_else(|error| panic!("broke off: {error:#}"));
    let is_sound = report.is_sound();
    let shown = report.to_string();
    let mut totals = TOTALS.lock().unwrap_or_else(PoisonError::into_inner);
    let total = totals.remove(&rig).unwrap_or_default().and(report);
    let told = total.to_string();
    totals.insert(rig, total);
    drop(totals);
    assert!(is_sound, "{shown}");
    told
}

/// The power of the disk under a database is cut under load.
pub async fn power_cut(kind: Kind, durability: Durability, round: Round) -> String {
    counted(format!("{kind:?} {durability:?}"), power_cut::round(kind, durability, round.seed)).await
}

/// The disk under a database is full for a while.
pub async fn disk_full(kind: Kind) -> String {
    counted(format!("disk {kind:?}"), disk_full::round(kind)).await
}

/// The program is asked to stop under load.
pub async fn stopped(kind: Kind) -> String {
    counted(format!("stop {kind:?}"), stopped::round(kind)).await
}

/// A backup taken under load is restored.
pub async fn restore(kind: Kind) -> String {
    counted(format!("restore {kind:?}"), restore::round(kind)).await
}

/// Commits that wait for a standby are cancelled.
pub async fn cancelled_commit() -> String {
    counted("cancelled".to_owned(), cancelled_commit::round()).await
}

/// Packets between server and database are lost.
pub async fn packets_lost() -> String {
    counted("loss".to_owned(), loss::round()).await
}

/// A Patroni cluster under the server suffers a fault.
pub async fn failover(fault: Fault) -> String {
    counted(format!("{fault:?}"), failover::round(fault)).await
}

/// The counts, after `baodao verify` looked over the whole ledger: every position, stream and answer, and every row of every
/// projection against one folded anew.
fn verified(url: &str, mut settled: Settled) -> anyhow::Result<Settled> {
    let said = Said::from(baodao(url, &["verify"]).stdin(Stdio::null()).output()?);
    if said.code != 0 {
        settled.faults.push(format!("verify: {}", said.err.trim()));
    }
    Ok(settled)
}
