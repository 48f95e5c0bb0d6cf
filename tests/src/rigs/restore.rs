//! Backups taken under load are restored: what they promise is there, whole, and nothing after it.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, ensure};
use projections::Feed;
use serde_json::Value;
use server::store::Store;

use super::crowd::{Crowd, head_of};
use super::report::Report;
use super::served::{Served, found};
use super::server::{Kind, Postgres};
use super::shell::run;
use super::verified;
use crate::cluster;
use crate::program::{Said, baodao};

const CLIENTS: usize = 8;
const PATIENCE: Duration = Duration::from_secs(60);

/// Backs up under load, restores elsewhere, and compares.
pub(super) async fn round(kind: Kind) -> anyhow::Result<Report> {
    match kind {
        Kind::Sqlite => sqlite().await,
        Kind::Postgres => postgres().await,
    }
}

/// `baodao backup` of a serving ledger; the copy is a ledger of its own.
async fn sqlite() -> anyhow::Result<Report> {
    let folder = tempfile::tempdir()?;
    let url = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
    let ledger = url("ledger.db");
    found(&ledger)?;
    let served = Served::start(&ledger, &folder.path().join("served.log"))?;
    let before = head_of(&served.base).await?;
    let crowd = Crowd::start(&served.base, CLIENTS);
    crowd.progress(200, PATIENCE).await?;
    let promised = head_of(&served.base).await?;
    let copy = folder.path().join("copy.db");
    let copy = copy.to_str().context("a path that is no text")?;
    let said = Said::from(baodao(&ledger, &["backup", copy, "--json"]).stdin(Stdio::null()).output()?);
    ensure!(said.code == 0, "backup: {}", said.err);
    crowd.progress(50, PATIENCE).await?;
    let known = crowd.stop().await;
    let report = Report::of(verified(&ledger, known.settle(&served.base, before).await?)?);
    let told: Value = serde_json::from_str(&said.out)?;
    let position = told["position"].as_u64().context("no position")?;
    ensure!(position >= promised, "the copy ends at {position}, {promised} was stored before it");
    same(&ledger, &url("copy.db"), position).await?;
    Ok(report)
}

/// A base backup and the archived log, wound to the moment between two commands.
async fn postgres() -> anyhow::Result<Report> {
    let folder = tempfile::Builder::new().prefix("baodao-restore-").tempdir()?;
    let home = folder.path();
    std::fs::set_permissions(home, std::os::unix::fs::PermissionsExt::from_mode(0o777))?;
    let archive = home.join("archive");
    std::fs::create_dir(&archive)?;
    std::fs::set_permissions(&archive, std::os::unix::fs::PermissionsExt::from_mode(0o777))?;
    let options = format!(
        "-c archive_mode=on -c archive_command=\"test ! -f {0}/%f && cp %p {0}/%f\"",
        archive.display()
    );
    let postgres = Postgres::init(&home.join("data"), home, &options)?;
    postgres.start()?;
    let url = postgres.url();
    found(&url)?;
    let served = Served::start(&url, &home.join("served.log"))?;
    let before = head_of(&served.base).await?;
    let crowd = Crowd::start(&served.base, CLIENTS);
    crowd.progress(100, PATIENCE).await?;
    let base = home.join("base");
    run(cluster::command(
        &cluster::programs().join("initdb").canonicalize()?.with_file_name("pg_basebackup"),
    )
    .current_dir("/")
    .args(["-d", &url, "-c", "fast", "-D"])
    .arg(&base))?;
    crowd.progress(100, PATIENCE).await?;
    // The target: whatever is committed now is in, whatever is committed later is not.
    let promised = head_of(&served.base).await?;
    let moment = postgres.sql("SELECT clock_timestamp()")?;
    let later = {
        crowd.progress(50, PATIENCE).await?;
        head_of(&served.base).await?
    };
    let known = crowd.stop().await;
    let report = Report::of(verified(&url, known.settle(&served.base, before).await?)?);
    postgres.sql("SELECT pg_switch_wal()")?;
    let target = format!(
        "-c restore_command=\"cp {}/%f %p\" -c recovery_target_action=promote -c \"recovery_target_time={}\"",
        archive.display(),
        moment.trim()
    );
    run(cluster::command(std::path::Path::new("touch")).arg(base.join("recovery.signal")))?;
    let restored = Postgres::at(&base, home, &target)?;
    restored.start()?;
    let position: u64 = restored.sql("SELECT position FROM baodao.ledger_head")?.trim().parse()?;
    ensure!(
        (promised..=later).contains(&position),
        "wound to {position}, not between {promised} and {later}"
    );
    writable(&restored).await?;
    same(&url, &restored.url(), position).await?;
    Ok(report)
}

/// Recovery ends a moment after the first connection is let in.
async fn writable(postgres: &Postgres) -> anyhow::Result<()> {
    for _ in 0..600 {
        if postgres.sql("SELECT pg_is_in_recovery()")?.trim() == "f" {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    anyhow::bail!("the recovery does not end")
}

/// The restored ledger is sound, ends at the position, and holds the original's events up to there, byte for byte.
async fn same(original: &str, restored: &str, position: u64) -> anyhow::Result<()> {
    let said = Said::from(baodao(restored, &["verify"]).stdin(Stdio::null()).output()?);
    ensure!(said.code == 0, "verify of what was restored: {}", said.err);
    let (original, restored) = (Store::open(original).await?, Store::open(restored).await?);
    let mut at = 0;
    while at < position {
        let limit = 1000.min(position - at) as usize;
        let (told, again) = (original.after(at, limit).await?, restored.after(at, limit).await?);
        ensure!(told == again, "another history after position {at}");
        at = told.last().context("events are missing")?.position;
    }
    ensure!(restored.head().await? == position, "the restored ledger does not end at {position}");
    Ok(())
}
