//! The program is asked to stop under load (SIGTERM): it finishes what it took, and ends well; another goes on.

use std::time::Duration;

use super::crowd::{Crowd, head_of};
use super::report::Report;
use super::served::{Served, found};
use super::server::{Keeper, Kind};
use super::verified;

const CLIENTS: usize = 8;
const STOPS: u32 = 3;

/// Stops under load, one after the other.
pub(super) async fn round(kind: Kind) -> anyhow::Result<Report> {
    let folder = tempfile::Builder::new().prefix("baodao-stopped-").tempdir()?;
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o777))?;
    let log = folder.path().join("served.log");
    let keeper = Keeper::new(kind, folder.path(), folder.path(), "")?;
    let url = keeper.url();
    found(&url)?;
    let mut served = Served::start(&url, &log)?;
    let before = head_of(&served.base).await?;
    let crowd = Crowd::start(&served.base, CLIENTS);
    let mut faults = vec![];
    for _ in 0..STOPS {
        crowd.progress(100, Duration::from_secs(60)).await?;
        if !served.terminate().await? {
            faults.push("SIGTERM did not end well".to_owned());
        }
        served = Served::start(&url, &log)?;
        crowd.go_to(&served.base);
    }
    crowd.progress(50, Duration::from_secs(60)).await?;
    let known = crowd.stop().await;
    let mut report = Report::of(verified(&url, known.settle(&served.base, before).await?)?);
    report.faults.extend(faults);
    Ok(report)
}
