//! Rigs of faults that need root, daemons or minutes: what an operator's machine does to the service on its bad days.
//!
//! Each is one function that builds its own machines, puts real clients on a real `baodao serve`, does the damage, mends it, and
//! counts what became of every command. `cargo run -p tests --bin soak -- --faults NAME,… --times N` runs them.

mod cancelled_commit;
mod crowd;
mod disk;
mod disk_full;
mod failover;
mod patroni;
mod power_cut;
mod report;
mod served;
mod server;
mod shell;
mod stopped;

pub use report::Report;

use std::process::Stdio;

use crowd::Settled;
use failover::Fault;
use power_cut::Durability;
use server::Kind;

use crate::program::{Said, baodao};

/// Every rig: its name, and what it does.
pub const RIGS: &[(&str, &str)] = &[
    ("power-cut-sqlite", "the disk under a SQLite ledger loses power"),
    ("power-cut-sqlite-unsynced", "the same without syncing: must lose, or the rig proves nothing"),
    ("power-cut-postgres", "the disk under PostgreSQL loses power"),
    ("power-cut-postgres-unsynced", "the same with fsync=off: must lose, or the rig proves nothing"),
    ("disk-full-sqlite", "no space is left on the disk of a SQLite ledger"),
    ("disk-full-postgres", "no space is left on the disk of PostgreSQL"),
    ("cancelled-commit", "somebody cancels commits that wait for a standby"),
    ("sigterm-sqlite", "the program is asked to stop under load, again and again"),
    ("sigterm-postgres", "the same on PostgreSQL"),
    ("leader-killed", "kill -9 of every process on the leader's node of a Patroni cluster"),
    ("leader-frozen", "the leader's node stands still for 15 s, then goes on"),
    ("second-primary", "the leader's Patroni alone is killed, so that there are two primaries"),
    ("etcd-one", "one of three etcd is killed"),
    ("etcd-two", "two of three etcd are killed, with Patroni's failsafe mode"),
];

/// Runs one round of a rig.
pub async fn run(name: &str) -> anyhow::Result<Report> {
    match name {
        "power-cut-sqlite" => power_cut::round(Kind::Sqlite, Durability::Full).await,
        "power-cut-sqlite-unsynced" => power_cut::round(Kind::Sqlite, Durability::None).await,
        "power-cut-postgres" => power_cut::round(Kind::Postgres, Durability::Full).await,
        "power-cut-postgres-unsynced" => power_cut::round(Kind::Postgres, Durability::None).await,
        "disk-full-sqlite" => disk_full::round(Kind::Sqlite).await,
        "disk-full-postgres" => disk_full::round(Kind::Postgres).await,
        "sigterm-sqlite" => stopped::round(Kind::Sqlite).await,
        "sigterm-postgres" => stopped::round(Kind::Postgres).await,
        "leader-killed" => failover::round(Fault::LeaderKilled).await,
        "leader-frozen" => failover::round(Fault::LeaderFrozen).await,
        "second-primary" => failover::round(Fault::SecondPrimary).await,
        "etcd-one" => failover::round(Fault::EtcdOne).await,
        "etcd-two" => failover::round(Fault::EtcdTwo).await,
        "cancelled-commit" => cancelled_commit::round().await,
        other => anyhow::bail!("there is no rig {other}"),
    }
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
