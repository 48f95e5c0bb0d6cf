//! A power cut under load: what was acknowledged before it is on the disk.

use std::time::Duration;

use super::crowd::{Crowd, head_of};
use super::disk::Disk;
use super::report::Report;
use super::served::{Served, found};
use super::server::{Keeper, Kind};
use super::verified;
use crate::program::baodao;

const CLIENTS: usize = 8;
/// Debian's library that makes every sync do nothing.
const UNSYNCED: &str = "libeatmydata.so";

/// What the disk promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Syncs are done.
    Full,
    /// Syncs are not done: a round without a loss would prove nothing about the other.
    None,
}

/// One cut, at another moment of the load each time.
pub(super) async fn round(kind: Kind, durability: Durability, seed: u64) -> anyhow::Result<Report> {
    let disk = Disk::new(if kind == Kind::Sqlite { 200 } else { 400 })?;
    let log = disk.beside().join("served.log");
    let options = if durability == Durability::None { "-c fsync=off" } else { "" };
    let keeper = Keeper::new(kind, &disk.root(), disk.beside(), options)?;
    let url = keeper.url();
    found(&url)?;
    super::shell::sh("sync", &[])?;
    let mut serve = baodao(&url, &["serve", "--listen", "127.0.0.1:0", "--json"]);
    if kind == Kind::Sqlite && durability == Durability::None {
        serve.env("LD_PRELOAD", UNSYNCED);
    }
    let served = Served::spawn(serve, &log)?;
    let before = head_of(&served.base).await?;
    let crowd = Crowd::start(&served.base, CLIENTS);
    crowd.progress(200, Duration::from_secs(60)).await?;
    let moment = Duration::from_millis(seed * 137 % 1500);
    tokio::time::sleep(moment).await;
    // What was said until now must hold. Nothing can be said after: a sync under way while ext4 shuts down may come back as done without
    // being so, and without power nobody would hear of it.
    served.freeze()?;
    disk.cut()?;
    keeper.kill();
    served.kill();
    let known = crowd.stop().await;
    disk.power_up().await?;
    let restarted = keeper.start().and_then(|()| Served::start(&url, &log));
    let report = match (restarted, durability) {
        (Ok(served), Durability::Full) => {
            Report::of(verified(&url, known.settle(&served.base, before).await?)?)
        }
        (Ok(served), Durability::None) => match known.settle(&served.base, before).await {
            Ok(settled) => Report::of(settled).must_lose(),
            Err(error) => return Err(error.context("after a cut without syncs")),
        },
        (Err(_), Durability::None) => known.gone().must_lose(),
        (Err(error), Durability::Full) => return Err(error.context("after the power cut")),
    };
    Ok(report)
}
