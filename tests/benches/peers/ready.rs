//! The limit of a batch a commit: the very rows that our commands leave, made beforehand, stored by one connection in batches of as many as
//! there are clients. It reads nothing, decides nothing and answers nobody.

use std::sync::Arc;
use std::time::Instant;

use projections::ports::Feed;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Row};
use tests::place::{Place, Raw};
use tokio::sync::OnceCell;

use crate::cpu::Watched;
use crate::measure::Sample;
use crate::ours::{Ledger, On, drive};
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
const ROWS: &str = "SELECT e.aggregate_type, e.aggregate_id, CAST(e.sequence AS text), e.event_type, e.event_version,
    CAST(e.payload AS text), CAST(e.metadata AS text), CAST(e.position AS text), CAST(e.event_id AS text), CAST(e.recorded_at AS text),
    CAST(e.command_id AS text), c.command, c.input_hash, CAST(c.answer AS text)
    FROM events e JOIN commands c USING (command_id) WHERE e.position > $1 ORDER BY e.position";
const COLUMNS: usize = 14;
/// Those of an event come first.
const EVENT: usize = 11;
/// Those of an answer, in the order of its table.
const ANSWER: [usize; 6] = [10, 11, 12, 13, 7, 9];
const NAME: &str = "limit: same rows, ready made";

const STORE: &str = "WITH moved AS (UPDATE ledger_head SET position = $15, recorded_at = now() WHERE one = 1),
    placed AS (INSERT INTO events SELECT a, b, c::bigint, d, e, f::json, g::json, h::bigint, i::uuid, j::timestamptz, k::uuid
      FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
      $10::text[], $11::text[]) AS row (a, b, c, d, e, f, g, h, i, j, k))
    INSERT INTO commands SELECT k::uuid, l, m, n::json, h::bigint, j::timestamptz
      FROM unnest($11::text[], $12::text[], $13::text[], $14::text[], $8::text[], $10::text[]) AS row (k, l, m, n, h, j)";

type Rows = Arc<Vec<Vec<String>>>;

/// The rows that commands of this work leave, one event each.
async fn rows_of(place: Place, work: &Work) -> anyhow::Result<Rows> {
    let ledger = Ledger::open(place).await?;
    ledger.fill(0..work.streams, work.length).await?;
    let before = ledger.store.head().await?.cast_signed();
    drive(&ledger, work, 0).await?;
    let rows: Result<Vec<Vec<String>>, sqlx::Error> = match ledger.place.raw().await {
        Raw::Postgres(pool) => {
            let found = sqlx::query(ROWS).bind(before).fetch_all(&pool).await?;
            pool.close().await;
            found.iter().map(|row| (0..COLUMNS).map(|column| row.try_get(column)).collect()).collect()
        }
        Raw::Sqlite(pool) => {
            let found = sqlx::query(ROWS).bind(before).fetch_all(&pool).await?;
            pool.close().await;
            found.iter().map(|row| (0..COLUMNS).map(|column| row.try_get(column)).collect()).collect()
        }
    };
    ledger.remove().await?;
    Ok(Arc::new(rows?))
}

/// The same rows in batches of as many as there are clients.
pub fn ready_made(on: On, work: Work) -> Contender {
    match on {
        On::Postgres => on_postgres(work),
        On::Sqlite => on_sqlite(work),
    }
}

/// In a file as the store makes it, on a connection set up as its writer's; a statement inserts all rows of a batch.
fn on_sqlite(work: Work) -> Contender {
    let made: Arc<OnceCell<Rows>> = Arc::default();
    Contender::new(NAME, move || {
        let (made, work) = (Arc::clone(&made), work.clone());
        async move {
            let rows = Arc::clone(made.get_or_try_init(|| rows_of(Place::sqlite(), &work)).await?);
            let place = Place::sqlite();
            place.open().await.close().await;
            let mut connection = place
                .url()
                .parse::<SqliteConnectOptions>()?
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .pragma("wal_autocheckpoint", "4000")
                .pragma("cache_size", "-65536")
                .connect()
                .await?;
            let (watched, from) = (Watched::default(), Instant::now());
            let before = watched.now();
            for (batch, rows) in rows.chunks(work.pace.clients).enumerate() {
                let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
                let events = format!("INSERT INTO events VALUES {}", values(rows.len(), EVENT));
                let events =
                    rows.iter().flat_map(|row| &row[..EVENT]).fold(sqlx::query(&events), Query::bind);
                events.execute(&mut *tx).await?;
                let commands = format!("INSERT INTO commands VALUES {}", values(rows.len(), ANSWER.len()));
                let commands = rows
                    .iter()
                    .flat_map(|row| ANSWER.map(|column| &row[column]))
                    .fold(sqlx::query(&commands), Query::bind);
                commands.execute(&mut *tx).await?;
                let position = (batch * work.pace.clients + rows.len()) as i64;
                sqlx::query("UPDATE ledger_head SET position = ?").bind(position).execute(&mut *tx).await?;
                tx.commit().await?;
            }
            let elapsed = from.elapsed();
            connection.close().await?;
            Ok(Sample::of(rows.len() as u64, elapsed, before.until(watched.now(), elapsed)))
        }
    })
}

/// `(?, ?), (?, ?)` for so many rows of so many columns.
fn values(rows: usize, columns: usize) -> String {
    vec![format!("({})", vec!["?"; columns].join(", ")); rows].join(", ")
}

fn on_postgres(work: Work) -> Contender {
    let made: Arc<OnceCell<Rows>> = Arc::default();
    Contender::new(NAME, move || {
        let (made, work) = (Arc::clone(&made), work.clone());
        async move {
            let rows = Arc::clone(made.get_or_try_init(|| rows_of(Place::postgres(), &work)).await?);
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
