//! Row `growth`: the same ledger at 10⁴, 10⁵ … events: what a durable command, a load from the journal and a rebuild cost there, and
//! how much memory and disk; and beside each what bare connections need for the same rows in the same tables. A rebuild runs in a process of its
//! own.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aggregates::demand::Demand;
use anyhow::Context;
use commands::Desk;
use projections::ports::Feed;
use serde_json::json;
use server::clock::SystemClock;
use server::store::Store;
use tests::place::{Place, Raw};

use crate::alone::{self, What};
use crate::bare::{self, Template};
use crate::measure::{Pace, Sample};
use crate::options::Options;
use crate::ours::{self, Ledger};
use crate::postgres;
use crate::report::thousands;
use crate::rounds::median;
use crate::work::Work;

/// Commands timed one after the other, of one client, and loads.
const TIMED: usize = 100;
/// How often what nobody holds in memory is asked for, each time by somebody who was just opened.
const OPENINGS: usize = 5;
/// Demands that commands are for whose states are in memory: as many at every size, the newest, so that none had a command before.
const WORKING: usize = 500;
/// Events of a stream.
const LENGTH: usize = 10;
/// Clients at once.
const CLIENTS: usize = 64;
/// Rows of each demand that bare connections store for so many clients.
const TURNS: usize = 50;

/// What a ledger of a size costs.
#[derive(Debug, Clone)]
pub struct Size {
    /// Which database.
    pub on: &'static str,
    /// Events in it.
    pub events: u64,
    /// One durable command of one client: median and 99th percentile, milliseconds.
    pub append: (f64, f64),
    /// 64 clients, durable commands: a second, and median and 99th percentile, milliseconds.
    pub together: (f64, f64, f64),
    /// One durable command on a stream that is not in memory: median and 99th percentile, milliseconds.
    pub cold: (f64, f64),
    /// Opening a stream of ten events that is not in memory: median, milliseconds.
    pub load: f64,
    /// Events a second, every projection.
    pub rebuild: f64,
    /// Peak resident memory of the rebuild, MiB.
    pub memory: f64,
    /// Bytes on disk an event: journal, answers, indexes and the rows of the projections.
    pub disk: f64,
    /// The same by bare connections.
    pub bare: Bare,
}

/// What bare connections need there for the same rows: nothing is decided, decoded, folded or kept in memory.
#[derive(Debug, Clone)]
pub struct Bare {
    /// One command's rows, stored by one connection: median, milliseconds.
    pub append: f64,
    /// 64 clients who each wait for theirs: rows a second.
    pub together: f64,
    /// One command's rows on a stream that nobody touched: median, milliseconds.
    pub cold: f64,
    /// The ten rows of such a stream, read: median, milliseconds.
    pub load: f64,
    /// All rows of all projections written and stored with their indexes, while all events are read and decoded: events a second.
    pub rebuild: f64,
}

/// Both databases at each size.
pub async fn growth(options: &Options) -> anyhow::Result<Vec<Size>> {
    let mut sizes = Vec::new();
    for (on, place) in [("PostgreSQL", Place::postgres()), ("SQLite", Place::sqlite())] {
        let ledger = Ledger::open(place).await?;
        let mut filled = 0;
        let most = options.size(10_000, 1_000_000);
        for streams in (3..).map(|power| 10_usize.pow(power)).take_while(|streams| *streams <= most) {
            let (from, started) = (ledger.store.head().await?, Instant::now());
            ledger.fill(filled..streams, LENGTH).await?;
            let rate = (ledger.store.head().await? - from) as f64 / started.elapsed().as_secs_f64();
            eprintln!("growth         filled up to {streams} streams at {} events/s", thousands(rate));
            let size = measure(on, &ledger, filled..streams, options).await?;
            eprintln!("growth         {size:?}");
            sizes.push(size);
            filled = streams;
        }
        ledger.remove().await?;
    }
    Ok(sizes)
}

async fn measure(
    on: &'static str,
    ledger: &Ledger,
    new: Range<usize>,
    options: &Options,
) -> anyhow::Result<Size> {
    postgres::settle().await?;
    let events = ledger.store.head().await?;
    let working = new.end - WORKING..new.end;
    // Those before them are for bare connections: an own place for all whose rows go side by side.
    let ready = working.start - TIMED..working.start;
    for n in working.clone() {
        ledger.desk.look::<Demand>(&format!("d-{n}")).await?;
    }
    let append = (0..TIMED).map(|n| working.start + n);
    let append = quantiles(one_by_one(&ledger.desk, append, LENGTH).await?)?;
    let (warm, window) = options.pick((0.3, 1.0), (0.5, 2.0));
    let pace = Pace { clients: CLIENTS, warm, window };
    let work = Work { pace, streams: WORKING, length: LENGTH + 1, hot: false };
    let together = ours::drive(ledger, &work, working.start).await?;
    let others = new.start..ready.start;
    let (cold, load) = cold(&ledger.place.url(), &others).await?;
    let rebuilt = alone::ask(&ledger.place.url(), What::Rebuild).await?;
    let (rebuild, memory) = (rebuilt.sample.rate, rebuilt.memory);
    let disk = bytes(&ledger.place).await? / ledger.store.head().await? as f64;
    let together = (together.rate, together.p50.unwrap_or(0.0), together.p99.unwrap_or(0.0));
    let bare = bare(ledger, ready, &others).await?;
    Ok(Size { on, events, append, together, cold, load, rebuild, memory, disk, bare })
}

/// Bare connections, on demands that ours did not touch. What they store is as whole as what ours did: sequences and positions go on.
async fn bare(ledger: &Ledger, ready: Range<usize>, others: &Range<usize>) -> anyhow::Result<Bare> {
    let (place, store) = (&ledger.place, &ledger.store);
    let head = || store.head();
    let template = Template::of(place, head().await?).await?;
    let (mut cold, mut load) = (Vec::new(), Vec::new());
    for opening in 0..OPENINGS {
        let rows = template.rows(away(others, 2), LENGTH + 1 + opening, head().await?);
        cold.extend(bare::one_by_one(place, rows).await?);
        load.extend(bare::loads(place, away(others, 3)).await?);
    }
    let append = bare::one_by_one(place, template.rows(ready.clone(), LENGTH + 1, head().await?)).await?;
    let at = head().await?;
    let turns = (0..TURNS as u64).flat_map(|turn| {
        let behind = at + turn * TIMED as u64;
        template.rows(ready.clone(), LENGTH + 2 + turn as usize, behind)
    });
    let together = bare::together(place, turns.collect(), CLIENTS).await?;
    postgres::settle().await?;
    let rebuild = alone::ask(&place.url(), What::Written).await?.sample.rate;
    let median = |times| quantiles(times).map(|(median, _)| median);
    Ok(Bare { append: median(append)?, together, cold: median(cold)?, load: median(load)?, rebuild })
}

/// The part of the demands with this number: all over them, each once. 7919 is a prime.
fn away(demands: &Range<usize>, part: usize) -> impl Iterator<Item = usize> {
    let (start, count) = (demands.start, demands.len());
    (part * TIMED..(part + 1) * TIMED).map(move |n| start + n * 7919 % count)
}

/// A durable command on each of the demands: the times they took.
async fn one_by_one(
    desk: &Desk,
    demands: impl Iterator<Item = usize>,
    turn: usize,
) -> anyhow::Result<Vec<Duration>> {
    let mut times = Vec::with_capacity(TIMED);
    for n in demands {
        let started = Instant::now();
        ours::screen_once(desk, n, turn as u64).await?;
        times.push(started.elapsed());
    }
    Ok(times)
}

/// Median and 99th percentile, milliseconds.
fn quantiles(times: Vec<Duration>) -> anyhow::Result<(f64, f64)> {
    let sample = Sample::default().with_latencies(times);
    sample.p50.zip(sample.p99).context("nothing was timed")
}

/// Desks that know nothing but the rulebook yet, one after the other: commands on streams that are to be read from the journal first, and
/// only reading them.
async fn cold(url: &str, demands: &Range<usize>) -> anyhow::Result<((f64, f64), f64)> {
    let (mut commands, mut loads) = (Vec::new(), Vec::new());
    for opening in 0..OPENINGS {
        let store = Arc::new(Store::open(url).await?);
        let desk = Desk::new(store.clone(), Arc::new(SystemClock));
        let order = ours::place_order(usize::MAX - demands.end - opening)?;
        desk.submit(&ours::envelope()?, &order).await?;
        commands.extend(one_by_one(&desk, away(demands, 0), LENGTH + opening).await?);
        for n in away(demands, 1) {
            let started = Instant::now();
            desk.look::<Demand>(&format!("d-{n}")).await?;
            loads.push(started.elapsed().as_secs_f64() * 1e3);
        }
        store.close().await;
    }
    Ok((quantiles(commands)?, median(loads).context("no loads")?))
}

async fn bytes(place: &Place) -> anyhow::Result<f64> {
    match place {
        Place::Sqlite(folder) => {
            let sizes = std::fs::read_dir(folder.path())?.flatten();
            Ok(sizes.filter_map(|entry| entry.metadata().ok()).map(|file| file.len() as f64).sum())
        }
        Place::Postgres(schema) => {
            let Raw::Postgres(pool) = place.raw().await else { anyhow::bail!("no PostgreSQL") };
            let all = "SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class WHERE relkind = 'r' AND relnamespace = $1::regnamespace";
            let bytes: i64 = sqlx::query_scalar(all).bind(schema.name()).fetch_one(&pool).await?;
            pool.close().await;
            Ok(bytes as f64)
        }
    }
}

/// Each size beside the one of 10⁵ events of the same database, or the largest below it.
pub fn json_lines(sizes: &[Size]) -> String {
    let mut text = String::new();
    for size in sizes {
        let below = size.events.min(150_000);
        let beside = sizes.iter().rfind(|other| other.on == size.on && other.events < below);
        let Some(beside) = beside else { continue };
        for (what, now, then) in [
            ("append ms", size.append.0, beside.append.0),
            ("append of 64 clients ms", size.together.1, beside.together.1),
            ("cold append ms", size.cold.0, beside.cold.0),
            ("load ms", size.load, beside.load),
            ("rebuild events/s", size.rebuild, beside.rebuild),
            ("rebuild MiB", size.memory, beside.memory),
            ("bytes/event", size.disk, beside.disk),
            ("bare append ms", size.bare.append, beside.bare.append),
            ("bare rows of 64 clients/s", size.bare.together, beside.bare.together),
            ("bare cold append ms", size.bare.cold, beside.bare.cold),
            ("bare load ms", size.bare.load, beside.bare.load),
            ("bare rebuild events/s", size.bare.rebuild, beside.bare.rebuild),
        ] {
            let line = json!({"name": "growth", "clients": 1, "unit": what,
                "peer_name": format!("ours on {} at {} events", size.on, beside.events), "events": size.events,
                "ours": now, "peer": then, "ratio": now / then});
            let _ = writeln!(text, "{line}");
        }
    }
    text
}

/// A table of Markdown.
pub fn table(sizes: &[Size]) -> String {
    let mut text = String::from(
        "| database | events | one command p50, p99 ms | 64 clients, commands/s | their p50, p99 ms | cold command p50, p99 ms | load ms | rebuild events/s | its memory MiB | bytes/event |\n|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for size in sizes {
        let _ = writeln!(
            text,
            "| {} | {} | {:.2}, {:.2} | {} | {:.2}, {:.2} | {:.2}, {:.2} | {:.2} | {} | {:.0} | {:.0} |",
            size.on,
            thousands(size.events as f64),
            size.append.0,
            size.append.1,
            thousands(size.together.0),
            size.together.1,
            size.together.2,
            size.cold.0,
            size.cold.1,
            size.load,
            thousands(size.rebuild),
            size.memory,
            size.disk
        );
    }
    text.push_str("\n| database | events | bare: one command's rows ms | 64 clients, rows/s | cold ms | load ms | rebuild events/s |\n|---|---|---|---|---|---|---|\n");
    for size in sizes {
        let Bare { append, together, cold, load, rebuild } = size.bare;
        let (events, together) = (thousands(size.events as f64), thousands(together));
        let rebuild = thousands(rebuild);
        let _ = writeln!(
            text,
            "| {} | {events} | {append:.2} | {together} | {cold:.2} | {load:.2} | {rebuild} |",
            size.on
        );
    }
    text
}
