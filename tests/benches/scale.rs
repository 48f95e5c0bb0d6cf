//! A prefecture's ledger at full size: `cargo bench -p tests --bench scale -- [--members 26000] [--months 5] [--data DIR] [--latency-only]`
//!
//! Makes the ledger by `baodao demo`, rebuilds every projection in a process of its own and watches its memory, verifies
//! that rebuilt and live are the same, and times one client's commands on this ledger and on an empty one, in turns.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use aggregates::circumstance::{Actor, Role};
use aggregates::ids::ActorId;
use anyhow::{Context, ensure};
use commands::{Desk, Envelope, registry};
use projections::ports::Feed;
use serde_json::{Value, json};
use server::clock::SystemClock;
use server::store::Store;
use tests::town::founding;

/// Commands timed on each ledger.
const TIMED: usize = 400;
/// What a rebuild may take at most.
const MEMORY_MAX_KIB: u64 = 1024 * 1024;

fn main() -> anyhow::Result<()> {
    let members = option("--members").unwrap_or_else(|| "26000".to_owned());
    let months = option("--months").unwrap_or_else(|| "5".to_owned());
    let passing = tempfile::tempdir()?;
    let folder = option("--data").map_or_else(|| passing.path().join("large"), PathBuf::from);
    let url = format!("sqlite://{}", folder.join("ledger.db").display());

    let runtime = tokio::runtime::Runtime::new()?;
    if std::env::args().any(|argument| argument == "--latency-only") {
        return runtime.block_on(latency(&url, passing.path()));
    }
    let program = program()?;
    if !folder.join("ledger.db").exists() {
        let asked = ["demo", "--no-serve", "--json", "--members", &members, "--months", &months, "--data"];
        let made = Command::new(&program).args(asked).arg(&folder).stderr(Stdio::inherit()).output()?;
        ensure!(made.status.success(), "the ledger could not be made");
        let told: Value = serde_json::from_slice(&made.stdout)?;
        println!(
            "made      {} commands, {} events in {:.0} s",
            told["commands"],
            told["events"],
            told["seconds"].as_f64().unwrap_or(0.0)
        );
    }
    let (took, peak) = watched(&program, &["rebuild", "--database", &url])?;
    let events = runtime.block_on(async { anyhow::Ok(Store::open(&url).await?.head().await?) })?;
    println!(
        "rebuild   {events} events in {:.1} s ({:.0} events/s, all projections), peak memory {} MiB",
        took.as_secs_f64(),
        events as f64 / took.as_secs_f64(),
        peak / 1024
    );
    ensure!(peak < MEMORY_MAX_KIB, "the rebuild took 1 GiB or more");
    let (took, peak) = watched(&program, &["verify", "--database", &url])?;
    println!(
        "verify    rebuilt rows equal live rows; {:.1} s, peak memory {} MiB",
        took.as_secs_f64(),
        peak / 1024
    );
    runtime.block_on(latency(&url, passing.path()))
}

fn option(name: &str) -> Option<String> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments.next().and(arguments.next())
}

/// The program, built like this bench.
fn program() -> anyhow::Result<PathBuf> {
    let built = Command::new("cargo")
        .args(["build", "--release", "--quiet", "-p", "server", "--bin", "baodao"])
        .status()?;
    ensure!(built.success(), "baodao could not be built");
    let own = std::env::current_exe()?;
    Ok(own.ancestors().nth(2).context("no target folder")?.join("baodao"))
}

/// Runs to the end; how long it took, and its peak resident memory in KiB.
fn watched(program: &Path, arguments: &[&str]) -> anyhow::Result<(Duration, u64)> {
    let started = Instant::now();
    let mut process = Command::new(program).args(arguments).stdout(Stdio::null()).spawn()?;
    let status = format!("/proc/{}/status", process.id());
    let mut peak = 0;
    let ended = loop {
        if let Ok(text) = std::fs::read_to_string(&status) {
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kib = line.and_then(|line| line.trim().split(' ').next()?.parse().ok());
            peak = peak.max(kib.unwrap_or(0));
        }
        if let Some(ended) = process.try_wait()? {
            break ended;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    ensure!(ended.success(), "baodao {arguments:?} failed");
    Ok((started.elapsed(), peak))
}

/// One client, one command after the other, each durable: on the large ledger and on an empty one in turns.
async fn latency(large: &str, folder: &Path) -> anyhow::Result<()> {
    let empty = format!("sqlite://{}", folder.join("empty.db").display());
    let desks = [desk(large).await?, desk(&empty).await?];
    for line in founding() {
        let name = line["command"].as_str().context("a command")?;
        desks[1].submit(&envelope()?, registry::parse(name, &line["data"].to_string())?.as_ref()).await?;
    }
    let mut times = [Vec::with_capacity(TIMED), Vec::with_capacity(TIMED)];
    for n in 0..TIMED {
        for (desk, times) in desks.iter().zip(&mut times) {
            let order = json!({
                "demand": format!("d-bench-{n}"), "channel": "online", "category": "appliance_repair",
                "community": "520201016001", "urgency": "routine",
            });
            let command = registry::parse("place-order", &order.to_string())?;
            let started = Instant::now();
            desk.submit(&envelope()?, command.as_ref()).await?;
            times.push(started.elapsed());
        }
    }
    println!("latency of one place-order, one client, durable ({TIMED} each, in turns)");
    for (name, times) in ["large", "empty"].into_iter().zip(&mut times) {
        times.sort_unstable();
        let at = |permille: usize| times[(times.len() - 1) * permille / 1000].as_secs_f64() * 1000.0;
        println!("  {name}   median {:.3} ms   p90 {:.3} ms   p99 {:.3} ms", at(500), at(900), at(990));
    }
    Ok(())
}

async fn desk(url: &str) -> anyhow::Result<Desk> {
    Ok(Desk::new(Arc::new(Store::open(url).await?), Arc::new(SystemClock)))
}

fn envelope() -> anyhow::Result<Envelope> {
    Ok(Envelope::new(Actor { id: ActorId::new("bench")?, role: Role::Operator, organisation: None }))
}
