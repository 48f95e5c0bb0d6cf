//! Readers of a growing log, raced against concurrent writers: whoever asks for what lies behind the last position that it
//! saw must see everything. Our feed does; two ways that other systems went do not, and the race shows it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use commands::journal::{Append, Journal};
use projections::Feed;
use rand::Rng;
use server::store::Store;
use sqlx::postgres::PgPool;
use sqlx::{Executor, Row};
use uuid::Uuid;

use crate::append::to_stream;

/// A log with writers and a reader of its own.
#[async_trait]
pub trait Log: Send + Sync + 'static {
    /// Writes one event under the id; false when it was rolled back.
    async fn write(&self, id: Uuid) -> bool;
    /// Positions and ids of the events behind the position, in order.
    async fn read(&self, position: i64) -> Vec<(i64, Uuid)>;
}

/// What a race showed.
#[derive(Debug)]
pub struct Outcome {
    /// Events committed.
    pub committed: usize,
    /// Those among them that the reader never saw.
    pub lost: usize,
}

/// Lets so many writers write until `enough` events are committed, beside a reader that does not rest.
pub async fn race(log: Arc<dyn Log>, writers: usize, enough: usize) -> Outcome {
    let over = Arc::new(AtomicBool::new(false));
    let committed = Arc::new(std::sync::Mutex::new(BTreeSet::new()));
    let writing: Vec<_> = (0..writers)
        .map(|_| {
            let (log, committed) = (log.clone(), committed.clone());
            tokio::spawn(async move {
                while committed.lock().unwrap().len() < enough {
                    let id = Uuid::new_v4();
                    if log.write(id).await {
                        committed.lock().unwrap().insert(id);
                    }
                }
            })
        })
        .collect();
    let done = over.clone();
    let reading = tokio::spawn(async move {
        let (mut seen, mut last) = (BTreeSet::new(), 0);
        loop {
            // In this order: all that was committed before the last question must have been shown.
            let is_over = done.load(Ordering::SeqCst);
            for (position, id) in log.read(last).await {
                last = position;
                seen.insert(id);
            }
            if is_over {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    });
    for writer in writing {
        writer.await.unwrap();
    }
    over.store(true, Ordering::SeqCst);
    let seen = reading.await.unwrap();
    let committed = committed.lock().unwrap();
    Outcome { committed: committed.len(), lost: committed.difference(&seen).count() }
}

/// Our journal, written through two stores and read through one of them.
pub struct Ours(pub [Store; 2]);

#[async_trait]
impl Log for Ours {
    async fn write(&self, id: Uuid) -> bool {
        let which = usize::from(id.as_u128() & 1 == 1);
        let append = Append { command_id: id, ..to_stream(&id.to_string(), 0, 1) };
        self.0[which].append(append).await.is_ok()
    }

    async fn read(&self, position: i64) -> Vec<(i64, Uuid)> {
        let events = self.0[0].after(position.cast_unsigned(), usize::MAX).await.unwrap();
        events.iter().map(|event| (event.position.cast_signed(), event.command_id)).collect()
    }
}

/// The negative controls: an identity column for the position, in two ways of reading it.
pub struct Identity {
    pool: PgPool,
    /// Whether the reader holds back what concurrent transactions might still overtake, by transaction ids.
    by_epoch: bool,
}

impl Identity {
    /// Makes the tables.
    pub async fn new(pool: PgPool, by_epoch: bool) -> Self {
        let tables = "CREATE TABLE answers (id text PRIMARY KEY);
            CREATE TABLE log (position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text NOT NULL,
                epoch xid8 NOT NULL DEFAULT pg_current_xact_id());";
        pool.execute(sqlx::raw_sql(tables)).await.unwrap();
        Self { pool, by_epoch }
    }
}

async fn linger() {
    let micros = rand::rng().random_range(0..8_000);
    tokio::time::sleep(Duration::from_micros(micros)).await;
}

#[async_trait]
impl Log for Identity {
    async fn write(&self, id: Uuid) -> bool {
        let mut tx = self.pool.begin().await.unwrap();
        // The idempotency key first, as a journal would: it takes the transaction's id before the position is given.
        sqlx::query("INSERT INTO answers VALUES ($1)").bind(id.to_string()).execute(&mut *tx).await.unwrap();
        linger().await;
        sqlx::query("INSERT INTO log (id) VALUES ($1)").bind(id.to_string()).execute(&mut *tx).await.unwrap();
        linger().await;
        if rand::rng().random_bool(0.05) {
            tx.rollback().await.unwrap();
            return false;
        }
        tx.commit().await.unwrap();
        true
    }

    async fn read(&self, position: i64) -> Vec<(i64, Uuid)> {
        let sql = if self.by_epoch {
            "SELECT position, id FROM log WHERE position > $1 AND epoch < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY position"
        } else {
            "SELECT position, id FROM log WHERE position > $1 ORDER BY position"
        };
        let rows = sqlx::query(sql).bind(position).fetch_all(&self.pool).await.unwrap();
        rows.iter().map(|row| (row.get(0), row.get::<String, _>(1).parse().unwrap())).collect()
    }
}
