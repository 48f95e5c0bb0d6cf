//! PostgreSQL's own `pgbench`: one prepared INSERT of one row a transaction, the limit of one commit a command.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use tokio::process::Command;

use crate::cqrs::POSTGRES_EVENTS;
use crate::measure::Sample;
use crate::order::{fact, metadata};
use crate::postgres;
use crate::rounds::Contender;
use crate::work::Work;

/// Every so many transactions one is timed: the log of all would slow it.
const SAMPLED: &str = "0.2";

/// Raw inserts.
pub fn raw_inserts(work: Work) -> Contender {
    Contender::new("raw insert (pgbench)", move || {
        let work = work.clone();
        async move {
            postgres::new_schema("raw_rows", POSTGRES_EVENTS).await?;
            postgres::run(&format!(
                "INSERT INTO raw_rows.events SELECT 'order', 'o-' || stream, n, 'OrderScreened', '1.0', '{}', '{}'
                FROM generate_series(0, {} - 1) stream, generate_series(1, {}) n; ANALYZE raw_rows.events",
                payload()?,
                beside()?,
                work.streams,
                work.length
            ))
            .await?;
            let folder = tempfile::tempdir()?;
            let script = folder.path().join("insert.sql");
            std::fs::write(&script, script_of(work.streams)?)?;
            postgres::settle().await?;
            warm_up(&script, &work).await?;
            let watched = postgres::watched().await?;
            let (before, from) = (watched.now(), Instant::now());
            let told = pgbench(&script, folder.path(), &work, work.pace.window).await?;
            let spent = before.until(watched.now(), from.elapsed());
            let done = figure(&told, "number of transactions actually processed: ")?;
            let rate = figure(&told, "tps = ")?;
            let elapsed = Duration::from_secs_f64(done / rate);
            Ok(Sample::of(done as u64, elapsed, spent).with_latencies(latencies(folder.path())?))
        }
    })
}

fn payload() -> anyhow::Result<String> {
    Ok(serde_json::to_string(&fact(1))?)
}

fn beside() -> anyhow::Result<String> {
    let map: std::collections::BTreeMap<_, _> = metadata().into_iter().collect();
    Ok(serde_json::to_string(&map)?)
}

fn script_of(streams: usize) -> anyhow::Result<String> {
    let mut script =
        format!("\\set stream random(0, {})\n\\set n random(1000, 1000000000000)\n", streams - 1);
    // pgbench takes a colon before a letter for a variable; in JSON there is none.
    write!(
        script,
        "INSERT INTO events VALUES ('order', 'o-' || :stream, :n, 'OrderScreened', '1.0', '{}', '{}');",
        payload()?,
        beside()?
    )?;
    Ok(script)
}

async fn warm_up(script: &Path, work: &Work) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    pgbench(script, folder.path(), work, work.pace.warm.max(1.0)).await.map(drop)
}

async fn pgbench(script: &Path, folder: &Path, work: &Work, seconds: f64) -> anyhow::Result<String> {
    let clients = work.pace.clients.to_string();
    let threads = work.pace.clients.min(2).to_string();
    let seconds = (seconds.ceil() as u64).max(1).to_string();
    let folder_of = tests::cluster::with_programs(&["pgbench"]);
    let program = folder_of.context("no pgbench: `apt-get install postgresql-contrib`")?.join("pgbench");
    let output = Command::new(&program)
        .args(["-n", "-M", "prepared", "-c", &clients, "-j", &threads, "-T", &seconds])
        .args(["--log", "--sampling-rate", SAMPLED, "-f"])
        .arg(script)
        .arg(postgres::url())
        .env("PGOPTIONS", "-c search_path=raw_rows")
        .current_dir(folder)
        .output()
        .await
        .with_context(|| format!("{} cannot be started", program.display()))?;
    ensure!(output.status.success(), "pgbench: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

fn figure(told: &str, name: &str) -> anyhow::Result<f64> {
    let line = told
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .with_context(|| format!("no {name}in {told}"))?;
    let digits: String = line.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    Ok(digits.parse()?)
}

/// The third column of its logs: microseconds.
fn latencies(folder: &Path) -> anyhow::Result<Vec<Duration>> {
    let mut times = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("pgbench_log")) {
            let text = std::fs::read_to_string(path)?;
            let micros = text.lines().filter_map(|line| line.split(' ').nth(2)?.parse().ok());
            times.extend(micros.map(Duration::from_micros));
        }
    }
    Ok(times)
}
