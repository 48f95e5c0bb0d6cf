//! Row `import`: files of members and reports, and JSON lines of commands, beside the very rows that they become, written bare.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, anyhow};
use commands::registry;
use futures::TryStreamExt;
use projections::ports::Feed;
use serde_json::{Value, json};
use server::exchange::{Format, Import, kind, write};
use server::http::batch;
use server::http::language::Language;
use sqlx::postgres::PgPoolCopyExt;
use tests::place::{Place, Raw};

use crate::measure::Sample;
use crate::options::Options;
use crate::ours::{Ledger, envelope};
use crate::postgres;
use crate::report::thousands;
use crate::rounds::{Contender, Line, compare};

/// Units that the members belong to.
const UNITS: usize = 200;
/// Lines decided together, as `baodao submit` does.
const TOGETHER: usize = 256;
/// Rows of one bare INSERT, which is one transaction.
const BATCH: usize = 500;

/// A kind of work, and how much of it.
#[derive(Clone, Copy)]
enum Load {
    /// Members from an Excel file.
    Members(usize),
    /// Reports of as many members from a CSV file.
    Reports(usize),
    /// Orders as JSON lines.
    Lines(usize),
}

/// All three.
pub async fn import(options: &Options) -> anyhow::Result<Vec<Line>> {
    let mut lines = Vec::new();
    for (name, load) in [
        ("import-members", Load::Members(options.size(2_600, 26_000))),
        ("import-reports", Load::Reports(options.size(5_000, 200_000))),
        ("import-lines", Load::Lines(options.size(5_000, 50_000))),
    ] {
        let rows = Arc::new(rows_of(load).await?);
        let contenders = vec![ours(load), copied(&rows), inserted(&rows)];
        let line = compare(name, None, "rows/s", 3, contenders).await?;
        let (rows, events) = (thousands(count(load) as f64), thousands(rows.count as f64));
        lines.push(line.noting(format!("{rows} rows, {events} events")));
    }
    Ok(lines)
}

/// A ledger that is ready for the load, and the work itself as bytes.
async fn ready(load: Load) -> anyhow::Result<(Ledger, Vec<u8>)> {
    let ledger = Ledger::open(Place::postgres()).await?;
    for unit in 0..UNITS {
        let data = json!({"unit": format!("u-{unit}"), "name": format!("第{unit}单位"), "class": "organ", "division": "5202"});
        submit(&ledger, "enrol-unit", &data).await?;
        submit(&ledger, "link-unit", &json!({"unit": format!("u-{unit}"), "community": "520201016001"}))
            .await?;
    }
    let bytes = match load {
        Load::Members(count) => file("members", &members(count), Format::Xlsx)?,
        Load::Reports(count) => {
            submit_file(&ledger, "members", &file("members", &members(count), Format::Csv)?).await?;
            file("reports", &reports(count), Format::Csv)?
        }
        Load::Lines(count) => orders(count)?.into_bytes(),
    };
    Ok((ledger, bytes))
}

async fn submit(ledger: &Ledger, name: &str, data: &Value) -> anyhow::Result<()> {
    ledger.desk.submit(&envelope()?, registry::parse(name, &data.to_string())?.as_ref()).await?;
    Ok(())
}

fn members(count: usize) -> Vec<Value> {
    let member =
        |n| json!({"member": format!("m-{n}x"), "unit": format!("u-{}", n % UNITS), "rank": "regular_cadre"});
    (0..count).map(member).collect()
}

fn reports(count: usize) -> Vec<Value> {
    let report = |n| json!({"member": format!("m-{n}x"), "kind": "unit_linked", "community": "520201016001"});
    (0..count).map(report).collect()
}

fn orders(count: usize) -> anyhow::Result<String> {
    let mut text = String::new();
    for n in 0..count {
        let data = json!({"demand": format!("d-{n}"), "channel": "online", "category": "appliance_repair",
            "community": "520201016001", "urgency": "routine"});
        writeln!(text, "{}", json!({"command": "place-order", "data": data}))?;
    }
    Ok(text)
}

fn file(name: &str, rows: &[Value], format: Format) -> anyhow::Result<Vec<u8>> {
    Ok(write::table(kind(name).context("a kind of file")?, rows, format)?)
}

async fn submit_file(ledger: &Ledger, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
    let import =
        Import::read(kind(name).context("a kind of file")?, bytes).map_err(|faults| anyhow!("{faults}"))?;
    let envelope = import.envelope(envelope()?);
    import.submit(&ledger.desk, &envelope).await?;
    Ok(())
}

/// The work as `baodao submit` does it.
async fn submit_lines(ledger: &Ledger, bytes: &[u8]) -> anyhow::Result<()> {
    let actor = envelope()?.actor;
    let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    for (chunk, together) in lines.chunks(TOGETHER).enumerate() {
        let from = (chunk * TOGETHER) as u64;
        let read = (1..).zip(together).map(|(n, line)| batch::read_line(from + n, line, &actor)).collect();
        for answer in batch::answer(&ledger.desk, ledger.store.measures(), read, Language::En).await {
            anyhow::ensure!(!matches!(answer, batch::ReceiptLine::Refused { .. }), "a line was refused");
        }
    }
    Ok(())
}

async fn carry_out(load: Load, ledger: &Ledger, bytes: &[u8]) -> anyhow::Result<()> {
    match load {
        Load::Members(_) => submit_file(ledger, "members", bytes).await,
        Load::Reports(_) => submit_file(ledger, "reports", bytes).await,
        Load::Lines(_) => submit_lines(ledger, bytes).await,
    }
}

fn count(load: Load) -> usize {
    let (Load::Members(count) | Load::Reports(count) | Load::Lines(count)) = load;
    count
}

/// Reading, deciding, storing: from the bytes of the file to the last durable commit. A row of the file is a unit of work.
fn ours(load: Load) -> Contender {
    Contender::new("ours", move || async move {
        let (ledger, bytes) = ready(load).await?;
        postgres::settle().await?;
        let watched = postgres::watched().await?;
        let (before, from) = (watched.now(), Instant::now());
        carry_out(load, &ledger, &bytes).await?;
        let elapsed = from.elapsed();
        let sample = Sample::of(count(load) as u64, elapsed, before.until(watched.now(), elapsed));
        ledger.remove().await?;
        Ok(sample)
    })
}

/// What the events table holds after the load and did not before: as COPY writes it.
struct Rows {
    text: Vec<u8>,
    count: usize,
    /// Rows of the file that they came of: what everybody's rate counts.
    units: u64,
}

async fn rows_of(load: Load) -> anyhow::Result<Rows> {
    let (ledger, bytes) = ready(load).await?;
    let before = ledger.store.head().await?;
    carry_out(load, &ledger, &bytes).await?;
    let count = (ledger.store.head().await? - before) as usize;
    let Raw::Postgres(pool) = ledger.place.raw().await else { anyhow::bail!("no PostgreSQL") };
    let select = format!("COPY (SELECT * FROM events WHERE position > {before} ORDER BY position) TO STDOUT");
    let mut text = Vec::new();
    let mut chunks = pool.copy_out_raw(&select).await?;
    while let Some(chunk) = chunks.try_next().await? {
        text.extend_from_slice(&chunk);
    }
    drop(chunks);
    pool.close().await;
    ledger.remove().await?;
    Ok(Rows { text, count, units: self::count(load) as u64 })
}

/// A table as ours, with its keys and without its guards.
const TABLE: &str = "CREATE TABLE events (
    aggregate_type text COLLATE \"C\" NOT NULL, aggregate_id text COLLATE \"C\" NOT NULL, sequence bigint NOT NULL,
    event_type text NOT NULL, event_version text NOT NULL, payload json NOT NULL, metadata json NOT NULL,
    position bigint NOT NULL UNIQUE, event_id uuid NOT NULL, recorded_at timestamptz NOT NULL, command_id uuid NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id, sequence))";

/// All rows in one COPY.
fn copied(rows: &Arc<Rows>) -> Contender {
    let rows = Arc::clone(rows);
    Contender::new("limit: COPY of the same rows", move || {
        let rows = Arc::clone(&rows);
        async move {
            postgres::new_schema("raw_import", TABLE).await?;
            let pool = postgres::pool("raw_import", 1).await?;
            postgres::settle().await?;
            let watched = postgres::watched().await?;
            let (before, from) = (watched.now(), Instant::now());
            let mut copy = pool.copy_in_raw("COPY events FROM STDIN").await?;
            copy.send(rows.text.as_slice()).await?;
            copy.finish().await?;
            let elapsed = from.elapsed();
            pool.close().await;
            Ok(Sample::of(rows.units, elapsed, before.until(watched.now(), elapsed)))
        }
    })
}

/// So many rows in one INSERT of arrays, each a transaction, one connection.
fn inserted(rows: &Arc<Rows>) -> Contender {
    let rows = Arc::clone(rows);
    Contender::new("raw batched inserts", move || {
        let rows = Arc::clone(&rows);
        async move {
            postgres::new_schema("raw_import", TABLE).await?;
            let pool = postgres::pool("raw_import", 1).await?;
            postgres::settle().await?;
            let text = std::str::from_utf8(&rows.text)?;
            let lines: Vec<Vec<String>> =
                text.lines().map(|line| line.split('\t').map(unescaped).collect()).collect();
            let watched = postgres::watched().await?;
            let (before, from) = (watched.now(), Instant::now());
            for batch in lines.chunks(BATCH) {
                let mut insert = sqlx::query(INSERT);
                for column in 0..11 {
                    insert = insert.bind(batch.iter().map(|line| line[column].as_str()).collect::<Vec<_>>());
                }
                insert.execute(&pool).await?;
            }
            let elapsed = from.elapsed();
            pool.close().await;
            Ok(Sample::of(rows.units, elapsed, before.until(watched.now(), elapsed)))
        }
    })
}

const INSERT: &str = "INSERT INTO events SELECT a, b, c::bigint, d, e, f::json, g::json, h::bigint, i::uuid, j::timestamptz, k::uuid
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::text[], $11::text[]) AS row (a, b, c, d, e, f, g, h, i, j, k)";

/// Of COPY's text format, what JSON brings: a backslash.
fn unescaped(field: &str) -> String {
    field.replace("\\\\", "\\")
}
