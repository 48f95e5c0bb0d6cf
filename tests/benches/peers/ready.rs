//! The limits of a batch a commit: the very rows that our commands leave, made beforehand, stored by one connection. Nothing is read and
//! nothing decided. Once in batches of as many as there are clients, answering nobody; once for clients that each ask for one row
//! and wait for the answer, all that wait in one batch.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use projections::ports::Feed;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, PgConnection, Row};
use tests::place::{Place, Raw};
use tokio::sync::{OnceCell, mpsc, oneshot};
use tokio::task::JoinSet;

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
const SILENT: &str = "limit: same rows, ready made";
const ANSWERED: &str = "limit: the same, each client answered";

const STORE: &str = "WITH moved AS (UPDATE ledger_head SET position = $15, recorded_at = now() WHERE one = 1),
    placed AS (INSERT INTO events SELECT a, b, c::bigint, d, e, f::json, g::json, h::bigint, i::uuid, j::timestamptz, k::uuid
      FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
      $10::text[], $11::text[]) AS row (a, b, c, d, e, f, g, h, i, j, k))
    INSERT INTO commands SELECT k::uuid, l, m, n::json, h::bigint, j::timestamptz
      FROM unnest($11::text[], $12::text[], $13::text[], $14::text[], $8::text[], $10::text[]) AS row (k, l, m, n, h, j)";

/// Shared by clients.
pub type Rows = Arc<Vec<Vec<String>>>;

/// The rows that commands of this work leave, one event each.
async fn rows_of(place: Place, work: &Work) -> anyhow::Result<Rows> {
    let ledger = Ledger::open(place).await?;
    ledger.fill(0..work.streams, work.length).await?;
    let before = ledger.store.head().await?;
    drive(&ledger, work, 0).await?;
    let rows = rows(&ledger.place, before).await?;
    ledger.remove().await?;
    Ok(Arc::new(rows))
}

/// The rows behind a position, of commands of one event each.
pub async fn rows(place: &Place, before: u64) -> anyhow::Result<Vec<Vec<String>>> {
    let rows: Result<_, sqlx::Error> = match place.raw().await {
        Raw::Postgres(pool) => {
            let found = sqlx::query(ROWS).bind(before.cast_signed()).fetch_all(&pool).await?;
            pool.close().await;
            found.iter().map(|row| (0..COLUMNS).map(|column| row.try_get(column)).collect()).collect()
        }
        Raw::Sqlite(pool) => {
            let found = sqlx::query(ROWS).bind(before.cast_signed()).fetch_all(&pool).await?;
            pool.close().await;
            found.iter().map(|row| (0..COLUMNS).map(|column| row.try_get(column)).collect()).collect()
        }
    };
    Ok(rows?)
}

/// Where the rows go.
pub enum Sink {
    /// A schema.
    Postgres(PgConnection),
    /// A file.
    Sqlite(SqliteConnection),
}

impl Sink {
    /// A schema with such tables, or a file as the store makes it, on a connection set up as its writer's.
    async fn new(on: On) -> anyhow::Result<Self> {
        match on {
            On::Postgres => {
                postgres::new_schema("ready_made", TABLES).await?;
                postgres::settle().await?;
                Ok(Self::Postgres(postgres::alone("ready_made").await?))
            }
            On::Sqlite => {
                let place = Place::sqlite();
                place.open().await.close().await;
                Self::at(&place).await
            }
        }
    }

    /// The tables of a ledger that is there, on one connection.
    pub async fn at(place: &Place) -> anyhow::Result<Self> {
        match place {
            Place::Postgres(schema) => Ok(Self::Postgres(postgres::alone(schema.name()).await?)),
            Place::Sqlite(_) => {
                let options = place.url().parse::<SqliteConnectOptions>()?;
                let options =
                    options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
                let options = options.pragma("wal_autocheckpoint", "4000").pragma("cache_size", "-65536");
                Ok(Self::Sqlite(options.connect().await?))
            }
        }
    }

    /// Rows in one durable commit, each table's in one statement.
    pub async fn store(&mut self, rows: &[Vec<String>], position: usize) -> anyhow::Result<()> {
        match self {
            Self::Postgres(connection) => {
                let mut store = sqlx::query(STORE);
                for column in 0..COLUMNS {
                    store = store.bind(rows.iter().map(|row| row[column].as_str()).collect::<Vec<_>>());
                }
                store.bind(position as i64).execute(connection).await?;
            }
            Self::Sqlite(connection) => {
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
                let head = sqlx::query("UPDATE ledger_head SET position = ?").bind(position as i64);
                head.execute(&mut *tx).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    /// Closes it.
    pub async fn close(self) -> anyhow::Result<()> {
        match self {
            Self::Postgres(connection) => connection.close().await?,
            Self::Sqlite(connection) => connection.close().await?,
        }
        Ok(())
    }
}

/// `(?, ?), (?, ?)` for so many rows of so many columns.
fn values(rows: usize, columns: usize) -> String {
    vec![format!("({})", vec!["?"; columns].join(", ")); rows].join(", ")
}

/// Both limits.
pub fn ready_made(on: On, work: &Work) -> Vec<Contender> {
    let made: Arc<OnceCell<Rows>> = Arc::default();
    [(SILENT, false), (ANSWERED, true)]
        .map(|(name, answered)| {
            let (made, work) = (Arc::clone(&made), work.clone());
            Contender::new(name, move || run(on, Arc::clone(&made), work.clone(), answered))
        })
        .into()
}

async fn run(on: On, made: Arc<OnceCell<Rows>>, work: Work, answered: bool) -> anyhow::Result<Sample> {
    let rows = Arc::clone(made.get_or_try_init(|| rows_of(on.place(), &work)).await?);
    let mut sink = Sink::new(on).await?;
    let watched = postgres::watched().await?;
    let (before, from) = (watched.now(), Instant::now());
    if answered {
        sink = answering(sink, Arc::clone(&rows), 0, work.pace.clients).await?;
    } else {
        for (batch, rows) in rows.chunks(work.pace.clients).enumerate() {
            sink.store(rows, batch * work.pace.clients + rows.len()).await?;
        }
    }
    let elapsed = from.elapsed();
    sink.close().await?;
    Ok(Sample::of(rows.len() as u64, elapsed, before.until(watched.now(), elapsed)))
}

/// Clients ask for a row each, until there are no more of them. The rows come behind a head.
pub async fn answering(mut sink: Sink, rows: Rows, head: usize, clients: usize) -> anyhow::Result<Sink> {
    let (ask, mut asked) = mpsc::unbounded_channel::<(Vec<String>, oneshot::Sender<()>)>();
    let writer = tokio::spawn(async move {
        let mut position = head;
        loop {
            let mut requests = Vec::new();
            if asked.recv_many(&mut requests, clients).await == 0 {
                return anyhow::Ok(sink);
            }
            let (rows, answers): (Vec<_>, Vec<_>) = requests.into_iter().unzip();
            position += rows.len();
            sink.store(&rows, position).await?;
            for answer in answers {
                let _ = answer.send(());
            }
        }
    });
    let next = Arc::new(AtomicUsize::new(0));
    let mut waiting = JoinSet::new();
    for _ in 0..clients {
        let (ask, rows, next) = (ask.clone(), Arc::clone(&rows), Arc::clone(&next));
        waiting.spawn(async move {
            while let Some(row) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
                let (answer, answered) = oneshot::channel();
                ask.send((row.clone(), answer))?;
                answered.await?;
            }
            anyhow::Ok(())
        });
    }
    drop(ask);
    while let Some(client) = waiting.join_next().await {
        client??;
    }
    writer.await?
}
