//! No space left: commands are refused with a type, nothing is torn, and all goes on when there is space again.

use std::path::Path;
use std::time::{Duration, Instant};

use super::crowd::{Crowd, head_of};
use super::disk::Disk;
use super::report::Report;
use super::served::{Served, found};
use super::server::{Keeper, Kind};
use super::verified;

const CLIENTS: usize = 8;
/// How long it stays full.
const FULL: Duration = Duration::from_secs(3);

/// The disk fills up under load, stays full, and is freed.
pub(super) async fn round(kind: Kind) -> anyhow::Result<Report> {
    let disk = Disk::new(if kind == Kind::Sqlite { 60 } else { 150 })?;
    let log = disk.beside().join("served.log");
    let keeper = Keeper::new(kind, &disk.root(), disk.beside(), "")?;
    let url = keeper.url();
    found(&url)?;
    let served = Served::start(&url, &log)?;
    let before = head_of(&served.base).await?;
    let crowd = Crowd::start(&served.base, CLIENTS);
    crowd.progress(100, Duration::from_secs(60)).await?;
    let ballast = disk.root().join("ballast");
    fill(&ballast)?;
    let refused = crowd.answered("journal.unavailable");
    let started = Instant::now();
    let full = tokio::time::timeout(Duration::from_secs(60), async {
        while started.elapsed() < FULL || crowd.answered("journal.unavailable") < refused + 50 {
            // What was freed meanwhile, a WAL that was recycled for instance, is filled too.
            fill(&ballast)?;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        anyhow::Ok(())
    });
    full.await.map_err(|_| anyhow::anyhow!("a full disk refuses nothing"))??;
    std::fs::remove_file(&ballast)?;
    // PostgreSQL ends where it cannot write its log, and its keeper starts it again.
    keeper.start()?;
    crowd.progress(100, Duration::from_secs(60)).await?;
    let known = crowd.stop().await;
    Ok(Report::of(verified(&url, known.settle(&served.base, before).await?)?))
}

/// Writes until nothing more goes in.
fn fill(ballast: &Path) -> anyhow::Result<()> {
    use std::io::Write;
    let mut file = std::fs::File::options().create(true).append(true).open(ballast)?;
    for size in [1 << 20, 4096, 1] {
        let block = vec![0_u8; size];
        while file.write(&block).is_ok_and(|written| written > 0) {}
    }
    Ok(())
}
