//! A rebuild, or the least that it could be, in a process of its own, as `baodao rebuild` is one: what this one did before with its memory costs
//! nothing there, and the memory of a rebuild is its own. By hand, for a profiler: `--alone '{"what":"rebuild","url":"…"}'`.

use std::sync::Arc;

use anyhow::{Context, ensure};
use projections::ports::Feed;
use projections::sheets;
use serde::{Deserialize, Serialize};
use server::store::Store;
use tokio::process::Command;

use crate::cpu::Watched;
use crate::measure::Sample;
use crate::rebuild::timed;
use crate::{folded, postgres, ready_rows};

/// What is done with the whole ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Every projection beside the live ones, then switched.
    Rebuild,
    /// Its rows, made ready beforehand, put on the shelf while all events are read.
    Ready,
    /// The same, and all events are decoded.
    Decoded,
    /// The same, and each row is written as JSON.
    Written,
    /// All events read, decoded and folded; each row written and stored once, and nothing beside it.
    Folded,
}

#[derive(Serialize, Deserialize)]
struct Order {
    what: What,
    url: String,
    /// Process of the server whose time counts, if there is one.
    #[serde(default)]
    server: Option<u32>,
}

/// What the process tells.
#[derive(Serialize, Deserialize)]
pub struct Told {
    /// Events a second, at what expense.
    pub sample: Sample,
    /// Peak resident memory, MiB.
    pub memory: f64,
}

/// Has it done.
pub async fn ask(url: &str, what: What) -> anyhow::Result<Told> {
    let server = postgres::watched().await?.server.filter(|_| url.starts_with("postgres"));
    let order = serde_json::to_string(&Order { what, url: url.to_owned(), server })?;
    let program = std::env::current_exe()?;
    let output = Command::new(program).args(["--alone", &order]).kill_on_drop(true).output().await?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Does it, and tells.
pub async fn run(order: &str) -> anyhow::Result<()> {
    let Order { what, url, server } = serde_json::from_str(order).context("--alone")?;
    let (store, watched) = (Arc::new(Store::open(&url).await?), Watched { server });
    let events = store.head().await?;
    let sample = match what {
        What::Rebuild => {
            let rebuilding =
                projections::rebuild::rebuild(store.clone(), store.clone(), sheets::folds(), &|_| {});
            timed(&watched, events, async { Ok(rebuilding.await.map(drop)?) }).await?
        }
        What::Folded => timed(&watched, events, folded::put(&store)).await?,
        What::Ready | What::Decoded | What::Written => {
            let rows = ready_rows::of(&url, &store, what == What::Written).await?;
            timed(&watched, events, ready_rows::put(&store, rows, what != What::Ready)).await?
        }
    };
    store.close().await;
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:")?.trim().split(' ').next()?.parse::<f64>().ok());
    let memory = peak.context("no VmHWM")? / 1024.0;
    println!("{}", serde_json::to_string(&Told { sample, memory })?);
    Ok(())
}
