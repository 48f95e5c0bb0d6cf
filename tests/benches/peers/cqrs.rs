//! cqrs-es with postgres-es and sqlite-es, as their documentation sets them up.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cqrs_es::event_sink::EventSink;
use cqrs_es::persist::{PersistedEventRepository, PersistedEventStore};
use cqrs_es::{Aggregate, AggregateError, CqrsFramework, DomainEvent};
use postgres_es::PostgresEventRepository;
use sqlite_es::SqliteEventRepository;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Executor, PgPool};

use crate::cpu::Watched;
use crate::measure::{Sample, closed_loop};
use crate::order::{self, Order, OrderError, OrderEvent, difficulty, fact};
use crate::postgres;
use crate::rounds::Contender;
use crate::work::Work;

/// Connections of the pools that both crates make by default.
pub const POOL: u32 = 10;

/// The table of postgres-es.
pub const POSTGRES_EVENTS: &str = "CREATE TABLE events (
    aggregate_type text NOT NULL, aggregate_id text NOT NULL, sequence bigint CHECK (sequence >= 0) NOT NULL,
    event_type text NOT NULL, event_version text NOT NULL, payload json NOT NULL, metadata json NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id, sequence))";

/// The table of sqlite-es.
pub const SQLITE_EVENTS: &str = "CREATE TABLE events (
    aggregate_type text NOT NULL, aggregate_id text NOT NULL, sequence integer CHECK (sequence >= 0) NOT NULL,
    event_type text NOT NULL, event_version text NOT NULL, payload text NOT NULL, metadata text NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id, sequence)) STRICT";

impl DomainEvent for OrderEvent {
    fn event_type(&self) -> String {
        order::name_of(self).to_owned()
    }

    fn event_version(&self) -> String {
        "1.0".to_owned()
    }
}

/// Screens the order with a difficulty.
pub struct Screen(pub &'static str);

impl Aggregate for Order {
    const TYPE: &'static str = "order";
    type Command = Screen;
    type Event = OrderEvent;
    type Error = OrderError;
    type Services = ();

    async fn handle(&mut self, command: Screen, (): &(), sink: &EventSink<Self>) -> Result<(), OrderError> {
        if let Some(event) = self.screen(command.0)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: OrderEvent) {
        self.take(event);
    }
}

/// On PostgreSQL.
pub fn on_postgres(work: Work) -> Contender {
    Contender::new("cqrs-es + postgres-es", move || {
        let work = work.clone();
        async move {
            let pool = filled("cqrs_es", &work).await?;
            postgres::settle().await?;
            let sample =
                drive(PostgresEventRepository::new(pool.clone()), &work, &postgres::watched().await?).await;
            pool.close().await;
            sample
        }
    })
}

/// A schema with the orders' streams in it.
pub async fn filled(schema: &str, work: &Work) -> anyhow::Result<PgPool> {
    postgres::new_schema(schema, POSTGRES_EVENTS).await?;
    let pool = postgres::pool(schema, POOL).await?;
    for (n, event) in (0..work.length).map(|n| (n, fact(n))) {
        sqlx::query("INSERT INTO events SELECT 'order', 'o-' || stream, $1, $2, '1.0', $3, $4 FROM generate_series(0, $5 - 1) stream")
            .bind(n as i64 + 1)
            .bind(order::name_of(&event))
            .bind(serde_json::to_value(&event)?)
            .bind(serde_json::to_value(metadata())?)
            .bind(work.streams as i64)
            .execute(&pool)
            .await?;
    }
    pool.execute("ANALYZE events").await?;
    Ok(pool)
}

/// On SQLite, as its default pool, but `FULL`: with `NORMAL` a power cut loses what was answered.
pub fn on_sqlite(work: Work) -> Contender {
    Contender::new("sqlite-es", move || {
        let work = work.clone();
        async move {
            let folder = tempfile::tempdir()?;
            let file = format!("sqlite://{}", folder.path().join("orders.db").display());
            let options = SqliteConnectOptions::from_str(&file)?
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true);
            let pool = SqlitePoolOptions::new().max_connections(POOL).connect_with(options).await?;
            pool.execute(SQLITE_EVENTS).await?;
            for (n, event) in (0..work.length).map(|n| (n, fact(n))) {
                sqlx::query("WITH RECURSIVE s(stream) AS (SELECT 0 UNION ALL SELECT stream + 1 FROM s WHERE stream < ?5 - 1) INSERT INTO events SELECT 'order', 'o-' || stream, ?1, ?2, '1.0', ?3, ?4 FROM s")
                    .bind(n as i64 + 1)
                    .bind(order::name_of(&event))
                    .bind(serde_json::to_string(&event)?)
                    .bind(serde_json::to_string(&metadata())?)
                    .bind(work.streams as i64)
                    .execute(&pool)
                    .await?;
            }
            pool.execute("PRAGMA wal_checkpoint(TRUNCATE)").await?;
            let sample = drive(SqliteEventRepository::new(pool.clone()), &work, &Watched::default()).await;
            pool.close().await;
            sample
        }
    })
}

fn metadata() -> HashMap<String, String> {
    order::metadata().into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

async fn drive<R>(repository: R, work: &Work, watched: &Watched) -> anyhow::Result<Sample>
where
    R: PersistedEventRepository + 'static,
{
    let store = PersistedEventStore::<R, Order>::new_event_store(repository);
    let framework = Arc::new(CqrsFramework::new(store, vec![], ()));
    let (work, length) = (work.clone(), work.length as u64);
    let turns = AtomicU64::new(length);
    closed_loop(work.pace, watched, move |client, n| {
        let framework = Arc::clone(&framework);
        let (stream, turn) = if work.hot {
            (0, turns.fetch_add(1, Ordering::Relaxed))
        } else {
            let (stream, again) = work.own(client, n);
            (stream, length + again)
        };
        async move {
            let command = Screen(difficulty(turn));
            match framework.execute_with_metadata(&format!("o-{stream}"), command, metadata()).await {
                Ok(()) => Ok(true),
                // Its caller is to try again; SQLite's writers get in each other's way when several begin at once.
                Err(AggregateError::AggregateConflict | AggregateError::DatabaseConnectionError(_)) => {
                    Ok(false)
                }
                Err(other) => Err(other.into()),
            }
        }
    })
    .await
}
