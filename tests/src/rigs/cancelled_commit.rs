//! A commit that waits for its synchronous standby, and is cancelled: PostgreSQL answers that it is done, with a warning that the
//! standby may not have it. That must never become a receipt.

use std::time::Duration;

use serde_json::json;

use super::crowd::{Crowd, head_of};
use super::report::Report;
use super::served::{Served, found};
use super::server::Postgres;
use super::verified;

const CLIENTS: usize = 4;
/// Before the first commit is cancelled, and before each one after it.
const MOMENTS: [u64; 4] = [0, 300, 1000, 2500];
const CANCEL: &str =
    "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";

/// Commits wait for a standby that never comes; each is cancelled after another time.
pub(super) async fn round() -> anyhow::Result<Report> {
    let folder = tempfile::Builder::new().prefix("baodao-standby-").tempdir()?;
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o777))?;
    let postgres = Postgres::init(&folder.path().join("data"), folder.path(), "")?;
    postgres.start()?;
    let url = postgres.url();
    found(&url)?;
    let served = Served::start(&url, &folder.path().join("served.log"))?;
    let before = head_of(&served.base).await?;
    let crowd = Crowd::start(&served.base, CLIENTS);
    crowd.progress(20, Duration::from_secs(60)).await?;
    wait_for_standby(&postgres, "nobody")?;
    // What was under way may have been stored before the standby was asked for.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let acknowledged = crowd.acknowledged();
    let (mut cancelled, mut faults) = (0, vec![]);
    for wait in MOMENTS {
        for _ in 0..200 {
            tokio::time::sleep(Duration::from_millis(if cancelled == 0 { 10 } else { wait.max(10) })).await;
            let found: u64 = postgres.sql(CANCEL)?.trim().parse()?;
            cancelled += found;
            if found > 0 {
                break;
            }
        }
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let falsely = crowd.acknowledged() - acknowledged;
    if cancelled == 0 {
        faults.push("no commit was seen waiting for the standby".to_owned());
    }
    wait_for_standby(&postgres, "")?;
    crowd.progress(20, Duration::from_secs(60)).await?;
    let known = crowd.stop().await;
    let mut report = Report::of(verified(&url, known.settle(&served.base, before).await?)?);
    // The standby would not have had them: a failover would have lost them.
    report.lost += falsely as u64;
    report.faults.extend(faults);
    if report.lost > 0 {
        report.faults.push(json!({"acknowledged without a standby": falsely}).to_string());
    }
    Ok(report)
}

fn wait_for_standby(postgres: &Postgres, name: &str) -> anyhow::Result<()> {
    postgres.sql(&format!("ALTER SYSTEM SET synchronous_standby_names = '{name}'"))?;
    postgres.sql("SELECT pg_reload_conf()").map(drop)
}
