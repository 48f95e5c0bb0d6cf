//! What a ledger of a size costs anybody: the very rows that a command of ours leaves, made ready beforehand and stored by one bare connection
//! into the grown ledger's own tables, and a stream's rows read by one. Nothing is decided or decoded.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use tests::place::{Place, Raw};
use uuid::Uuid;

use crate::ready::{self, Sink};
use crate::rebuild::COLUMNS;

/// Columns of a row that are not as in the row it is made from.
const STREAM: usize = 1;
const SEQUENCE: usize = 2;
const POSITION: usize = 7;
const EVENT_ID: usize = 8;
const COMMAND_ID: usize = 10;

/// One command's rows, for any demand.
pub struct Template(Vec<String>);

impl Template {
    /// The last command's of the ledger.
    pub async fn of(place: &Place, head: u64) -> anyhow::Result<Self> {
        let rows = ready::rows(place, head.saturating_sub(1)).await?;
        rows.into_iter().next().map(Self).context("the last event has no command of its own")
    }

    /// The rows of such a command for a demand, with the sequence and position that they have.
    fn row(&self, demand: usize, sequence: usize, position: u64) -> Vec<String> {
        let (old, new) = (&self.0[STREAM], format!("d-{demand}"));
        let mut row: Vec<String> = self.0.iter().map(|text| text.replace(old.as_str(), &new)).collect();
        row[SEQUENCE] = sequence.to_string();
        row[POSITION] = position.to_string();
        row[EVENT_ID] = Uuid::now_v7().to_string();
        row[COMMAND_ID] = Uuid::now_v7().to_string();
        row
    }

    /// Rows for demands, each at this sequence, behind the head.
    pub fn rows(&self, demands: impl Iterator<Item = usize>, sequence: usize, head: u64) -> Vec<Vec<String>> {
        demands.zip(head + 1..).map(|(demand, position)| self.row(demand, sequence, position)).collect()
    }
}

/// Each row in a commit of its own, one after the other: the times they took.
pub async fn one_by_one(place: &Place, rows: Vec<Vec<String>>) -> anyhow::Result<Vec<Duration>> {
    let mut sink = Sink::at(place).await?;
    let mut times = Vec::with_capacity(rows.len());
    for row in rows.chunks(1) {
        let position = position(row)?;
        let started = Instant::now();
        sink.store(row, position).await?;
        times.push(started.elapsed());
    }
    sink.close().await?;
    Ok(times)
}

/// The position of the first of them.
fn position(rows: &[Vec<String>]) -> anyhow::Result<usize> {
    Ok(rows.first().context("no rows")?[POSITION].parse()?)
}

/// So many clients who each ask for a row and wait until it is stored: rows a second.
pub async fn together(place: &Place, rows: Vec<Vec<String>>, clients: usize) -> anyhow::Result<f64> {
    let (count, head, sink) = (rows.len(), position(&rows)? - 1, Sink::at(place).await?);
    let started = Instant::now();
    let sink = ready::answering(sink, Arc::new(rows), head, clients).await?;
    let rate = count as f64 / started.elapsed().as_secs_f64();
    sink.close().await?;
    Ok(rate)
}

/// The rows of each demand's stream, all columns: the times it took to have them.
pub async fn loads(place: &Place, demands: impl Iterator<Item = usize>) -> anyhow::Result<Vec<Duration>> {
    let select = format!(
        "SELECT {COLUMNS} FROM events WHERE aggregate_type = 'demand' AND aggregate_id = $1 ORDER BY sequence"
    );
    let raw = place.raw_with(1).await;
    let mut times = Vec::new();
    for demand in demands {
        let id = format!("d-{demand}");
        let started = Instant::now();
        let rows = match &raw {
            Raw::Postgres(pool) => sqlx::query(&select).bind(id).fetch_all(pool).await?.len(),
            Raw::Sqlite(pool) => sqlx::query(&select).bind(id).fetch_all(pool).await?.len(),
        };
        times.push(started.elapsed());
        anyhow::ensure!(rows > 0, "d-{demand} has no events");
    }
    match raw {
        Raw::Postgres(pool) => pool.close().await,
        Raw::Sqlite(pool) => pool.close().await,
    }
    Ok(times)
}
