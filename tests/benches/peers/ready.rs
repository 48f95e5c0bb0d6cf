//! The limit of a batch a commit: the very rows that our commands leave, made beforehand, stored by one connection in batches of as many as
//! there are clients. It reads nothing, decides nothing and answers nobody.

use std::sync::Arc;
use std::time::Instant;

use projections::ports::Feed;
use sqlx::Row;
use tests::place::{Place, Raw};
use tokio::sync::OnceCell;

use crate::measure::Sample;
use crate::ours::{Ledger, drive};
use crate::postgres;
use crate::rounds::Contender;
use crate::work::Work;

/// Tables as ours, with their keys and without their guards.
const TABLES: &str = "CREATE TABLE events (
    aggregate_type text COLLATE \"C\" NOT NULL, aggregate_id text COLLATE \"C\" NOT NULL, sequence bigint NOT NULL,
    event_type text NOT NULL, event_version text NOT NULL, payload json NOT NULL, metadata json NOT NULL,
    position bigint NOT NULL UNIQUE, event_id uuid NOT NULL, recorded_at timestamptz NOT NULL, command_id uuid NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id, sequence));
    CREATE TABLE commands (command_id uuid NOT NULL PRIMARY KEY, command text NOT NULL, input_hash text NOT NULL, answer json NOT NULL,
    position bigint NOT NULL, recorded_at timestamptz NOT NULL);
    CREATE TABLE ledger_head (one smallint NOT NULL PRIMARY KEY, position bigint NOT NULL, recorded_at timestamptz NOT NULL);
    INSERT INTO ledger_head VALUES (1, 0, now())";

/// Columns of an event and of its command's answer, as texts.
const ROWS: &str = "SELECT e.aggregate_type, e.aggregate_id, e.sequence::text, e.event_type, e.event_version, e.payload::text, e.metadata::text,
    e.position::text, e.event_id::text, e.recorded_at::text, e.command_id::text, c.command, c.input_hash, c.answer::text
    FROM events e JOIN commands c USING (command_id) WHERE e.position > $1 ORDER BY e.position";
const COLUMNS: usize = 14;

const STORE: &str = "WITH moved AS (UPDATE ledger_head SET position = $15, recorded_at = now() WHERE one = 1),
    placed AS (INSERT INTO events SELECT a, b, c::bigint, d, e, f::json, g::json, h::bigint, i::uuid, j::timestamptz, k::uuid
      FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
      $10::text[], $11::text[]) AS row (a, b, c, d, e, f, g, h, i, j, k))
    INSERT INTO commands SELECT k::uuid, l, m, n::json, h::bigint, j::timestamptz
      FROM unnest($11::text[], $12::text[], $13::text[], $14::text[], $8::text[], $10::text[]) AS row (k, l, m, n, h, j)";

type Rows = Arc<Vec<Vec<String>>>;

/// The rows that commands of this work leave, one event each.
async fn rows_of(work: &Work) -> anyhow::Result<Rows> {
    let ledger = Ledger::open(Place::postgres()).await?;
    ledger.fill(0..work.streams, work.length).await?;
    let before = ledger.store.head().await?.cast_signed();
    drive(&ledger, work, 0).await?;
    let Raw::Postgres(pool) = ledger.place.raw().await else { anyhow::bail!("no PostgreSQL") };
    let found = sqlx::query(ROWS).bind(before).fetch_all(&pool).await?;
    let row = |row: &sqlx::postgres::PgRow| (0..COLUMNS).map(|column| row.try_get(column)).collect();
    let rows: Result<Vec<Vec<String>>, sqlx::Error> = found.iter().map(row).collect();
    pool.close().await;
    ledger.remove().await?;
    Ok(Arc::new(rows?))
}

/// The same rows in batches of as many as there are clients.
pub fn ready_made(work: Work) -> Contender {
    let made: Arc<OnceCell<Rows>> = Arc::default();
    Contender::new("limit: same rows, ready made", move || {
        let (made, work) = (Arc::clone(&made), work.clone());
        async move {
            let rows = Arc::clone(made.get_or_try_init(|| rows_of(&work)).await?);
            postgres::new_schema("ready_made", TABLES).await?;
            let pool = postgres::pool("ready_made", 1).await?;
            postgres::settle().await?;
            let watched = postgres::watched().await?;
            let (before, from) = (watched.now(), Instant::now());
            for (batch, rows) in rows.chunks(work.pace.clients).enumerate() {
                let mut store = sqlx::query(STORE);
                for column in 0..COLUMNS {
                    store = store.bind(rows.iter().map(|row| row[column].as_str()).collect::<Vec<_>>());
                }
                store.bind((batch * work.pace.clients + rows.len()) as i64).execute(&pool).await?;
            }
            let elapsed = from.elapsed();
            pool.close().await;
            Ok(Sample::of(rows.len() as u64, elapsed, before.until(watched.now(), elapsed)))
        }
    })
}
