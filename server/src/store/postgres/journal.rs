//! The batch writer's transaction in PostgreSQL.
//!
//! Plain portable SQL: no sequence, no advisory lock, no LISTEN, no ON CONFLICT, so that engines that speak PostgreSQL's
//! protocol and shard by schema can carry it (design §3).

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, SecondsFormat, Utc};
use commands::journal::Answer;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection, Postgres};
use sqlx::query::Query;
use sqlx::{Connection, Executor};
use tokio::time::error::Elapsed;
use tokio::time::timeout;
use uuid::Uuid;

use super::{feed, standby, state};
use crate::store::batch::{BatchTx, CommitFailure, EventRow, Failure, Head, Plan, StreamKey};

/// Rows of one statement of a transaction that has many: a large file takes no statement to its limit of time.
const ROWS: usize = 10_000;
/// How long one statement may take before the connection is given up.
const STATEMENT: Duration = Duration::from_secs(15);
/// How long a commit may take before the connection is given up. A commit is never cancelled: a cancelled one may be done.
const COMMIT: Duration = Duration::from_secs(10);
/// How long it may take to find out what became of a commit.
const PROOF: Duration = Duration::from_secs(4);

const HEAD: &str = "SELECT position, recorded_at FROM ledger_head WHERE one = 1 FOR UPDATE";
const ANSWERS: &str =
    "SELECT command_id, input_hash, answer FROM commands WHERE command_id = ANY($1::uuid[])";
const SEQUENCES: &str = "SELECT coalesce((SELECT max(e.sequence) FROM events e WHERE e.aggregate_type = asked.type AND e.aggregate_id = asked.id), 0) \
     FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked(type, id, place) ORDER BY asked.place";
const INSERT_EVENTS: &str = "INSERT INTO events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata, position, event_id, recorded_at, command_id) \
     SELECT type, id, sequence, event, version, payload::json, metadata::json, position, event_id, $1::text::timestamptz, command_id \
     FROM unnest($2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[], $10::uuid[], $11::uuid[]) \
     AS new(type, id, sequence, event, version, payload, metadata, position, event_id, command_id)";
const INSERT_COMMANDS: &str = "INSERT INTO commands (command_id, command, input_hash, answer, position, recorded_at) \
     SELECT command_id, command, input_hash, answer::json, position, $1::text::timestamptz \
     FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::bigint[]) AS new(command_id, command, input_hash, answer, position)";
const MOVE_HEAD: &str =
    "UPDATE ledger_head SET position = $1, recorded_at = $2::text::timestamptz WHERE one = 1";

/// A whole batch in one statement, which is its own transaction: nothing at all where the head or a stream is not as expected. What
/// is read of the streams is of the snapshot that the head was found in: who moved the head meanwhile is waited for, and then it
/// is elsewhere.
const STORE_AT: &str = "WITH moved AS (\
       UPDATE ledger_head SET position = $1, recorded_at = $2::text::timestamptz \
       WHERE one = 1 AND position = $3 AND recorded_at = $4::text::timestamptz \
       AND NOT EXISTS (SELECT 1 FROM unnest($20::text[], $21::text[], $22::bigint[]) AS believed(type, id, sequence) \
         WHERE believed.sequence <> coalesce((SELECT max(e.sequence) FROM events e WHERE e.aggregate_type = believed.type AND e.aggregate_id = believed.id), 0)) \
       RETURNING recorded_at AS at), \
     placed AS (\
       INSERT INTO events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata, position, event_id, recorded_at, command_id) \
       SELECT type, id, sequence, event, version, payload::json, metadata::json, position, event_id, at, command_id \
       FROM moved, unnest($5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[], $10::text[], $11::text[], $12::bigint[], $13::uuid[], $14::uuid[]) \
       AS new(type, id, sequence, event, version, payload, metadata, position, event_id, command_id)), \
     answered AS (\
       INSERT INTO commands (command_id, command, input_hash, answer, position, recorded_at) \
       SELECT command_id, command, input_hash, answer::json, position, at \
       FROM moved, unnest($15::uuid[], $16::text[], $17::text[], $18::text[], $19::bigint[]) AS new(command_id, command, input_hash, answer, position)) \
     SELECT at FROM moved";

/// The journal's own connection; made anew when it broke.
pub(crate) struct PostgresJournal {
    options: PgConnectOptions,
    connection: Option<PgConnection>,
    in_transaction: bool,
}

impl PostgresJournal {
    pub(super) fn new(options: PgConnectOptions) -> Self {
        Self { options, connection: None, in_transaction: false }
    }

    async fn connect(options: &PgConnectOptions) -> Result<PgConnection, Failure> {
        match timeout(super::CONNECT, PgConnection::connect_with(options)).await {
            Ok(connected) => connected.map_err(failure),
            Err(_) => Err(Failure::Unavailable("the database does not answer".to_owned())),
        }
    }

    fn connection(&mut self) -> Result<&mut PgConnection, Failure> {
        self.connection.as_mut().ok_or_else(|| Failure::Broken("there is no connection".to_owned()))
    }
}

impl PostgresJournal {
    /// What a statement that commits came to. After any doubt its connection is given up.
    fn committed<T>(
        &mut self,
        outcome: Result<Result<T, sqlx::Error>, Elapsed>,
        warned: bool,
    ) -> Result<T, CommitFailure> {
        let failed = match outcome {
            Ok(Ok(value)) if !warned => return Ok(value),
            Ok(Ok(_)) => CommitFailure::Unknown("the server answered the commit with a warning".to_owned()),
            Ok(Err(error)) => match failure(error) {
                // The server says that it rolled back.
                failure @ (Failure::Contention(_) | Failure::Rejected(_)) => {
                    return Err(CommitFailure::NotStored(failure));
                }
                Failure::Broken(reason) | Failure::Unavailable(reason) => CommitFailure::Unknown(reason),
            },
            Err(_) => CommitFailure::Unknown("the commit was not answered in time".to_owned()),
        };
        self.connection = None;
        Err(failed)
    }
}

type Statement<'q> = Query<'q, Postgres, PgArguments>;

/// Binds the columns of events, each as an array.
fn bind_events<'q>(query: Statement<'q>, rows: &'q [EventRow]) -> Statement<'q> {
    query
        .bind(rows.iter().map(|row| row.event().aggregate_type).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.event().aggregate_id.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.sequence.cast_signed()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.event().event_type.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.event().event_version.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.event().payload.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(EventRow::metadata).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.position.cast_signed()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.event_id).collect::<Vec<_>>())
        .bind(rows.iter().map(EventRow::command_id).collect::<Vec<_>>())
}

/// Binds the columns of the plan's answers, each as an array.
fn bind_commands<'q>(query: Statement<'q>, plan: &'q Plan) -> Statement<'q> {
    let rows = &plan.commands;
    query
        .bind(rows.iter().map(|row| row.append.command_id).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.append.command).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.append.input_hash.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.answer.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.position.cast_signed()).collect::<Vec<_>>())
}

/// Binds the streams that are to be looked at, and what their last sequences are to be.
fn bind_believed<'q>(query: Statement<'q>, plan: &'q Plan) -> Statement<'q> {
    let streams = &plan.believed;
    query
        .bind(streams.iter().map(|stream| stream.aggregate_type).collect::<Vec<_>>())
        .bind(streams.iter().map(|stream| stream.aggregate_id.as_str()).collect::<Vec<_>>())
        .bind(streams.iter().map(|stream| stream.sequence.cast_signed()).collect::<Vec<_>>())
}

/// An instant, to the microsecond.
fn text(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Runs a statement with a limit. What ran out of time leaves the connection unusable: the batch is abandoned with it.
async fn within<T>(statement: impl Future<Output = Result<T, sqlx::Error>> + Send) -> Result<T, Failure> {
    match timeout(STATEMENT, statement).await {
        Ok(outcome) => outcome.map_err(failure),
        Err(_) => {
            Err(Failure::Unavailable(format!("the database did not answer within {} s", STATEMENT.as_secs())))
        }
    }
}

#[async_trait]
impl BatchTx for PostgresJournal {
    const TOGETHER: RangeInclusive<usize> = 2..=24;

    async fn begin(&mut self) -> Result<Head, Failure> {
        if self.connection.is_none() {
            self.connection = Some(Self::connect(&self.options).await?);
        }
        self.in_transaction = true;
        let connection = self.connection()?;
        // The lock has a statement of its own: what is read after it was granted sees all that was committed before.
        within(connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")).await?;
        let row = within(sqlx::query(HEAD).fetch_one(connection)).await?;
        Ok(Head {
            position: feed::number(&row, 0).map_err(failure)?,
            recorded_at: feed::instant(&row, 1).map_err(failure)?,
        })
    }

    async fn answers(&mut self, ids: &[Uuid]) -> Result<HashMap<Uuid, Answer>, Failure> {
        let rows = within(sqlx::query(ANSWERS).bind(ids).fetch_all(self.connection()?)).await?;
        rows.iter().map(|row| feed::answer(row).map_err(failure)).collect()
    }

    async fn sequences(&mut self, streams: &[StreamKey<'_>]) -> Result<Vec<u64>, Failure> {
        let mut lasts = Vec::with_capacity(streams.len());
        for streams in streams.chunks(ROWS) {
            let (types, ids): (Vec<&str>, Vec<&str>) = streams.iter().copied().unzip();
            let query = sqlx::query_scalar(SEQUENCES).bind(types).bind(ids);
            let found: Vec<i64> = within(query.fetch_all(self.connection()?)).await?;
            lasts.extend(found.into_iter().map(i64::cast_unsigned));
        }
        Ok(lasts)
    }

    async fn place(&mut self, plan: &Plan) -> Result<(), Failure> {
        let recorded_at = text(plan.head.recorded_at);
        let connection = self.connection()?;
        if !plan.events.is_empty() {
            for rows in plan.events.chunks(ROWS) {
                let insert = bind_events(sqlx::query(INSERT_EVENTS).bind(&recorded_at), rows);
                within(insert.execute(&mut *connection)).await?;
            }
            let head =
                sqlx::query(MOVE_HEAD).bind(plan.head.position.cast_signed()).bind(recorded_at.as_str());
            within(head.execute(&mut *connection)).await?;
        }
        let insert = bind_commands(sqlx::query(INSERT_COMMANDS).bind(&recorded_at), plan);
        within(insert.execute(connection)).await?;
        Ok(())
    }

    async fn store_at(&mut self, head: Head, plan: &Plan) -> Result<bool, CommitFailure> {
        let (at, from) = (text(plan.head.recorded_at), text(head.recorded_at));
        let connection = self.connection().map_err(CommitFailure::NotStored)?;
        let query = sqlx::query(STORE_AT)
            .bind(plan.head.position.cast_signed())
            .bind(&at)
            .bind(head.position.cast_signed())
            .bind(&from);
        // Not `fetch_one`: it returns with the row, and the commit comes after all rows.
        let query = bind_believed(bind_commands(bind_events(query, &plan.events), plan), plan);
        let statement = query.fetch_all(connection);
        let (outcome, warned) = standby::warned(timeout(STATEMENT, statement)).await;
        let rows = outcome.map(|outcome| outcome.map(|rows| rows.len()));
        self.committed(rows, warned).map(|rows| rows > 0)
    }

    async fn commit(&mut self) -> Result<(), CommitFailure> {
        let connection = self.connection().map_err(CommitFailure::NotStored)?;
        let (outcome, warned) = standby::warned(timeout(COMMIT, connection.execute("COMMIT"))).await;
        self.in_transaction = false;
        self.committed(outcome.map(|outcome| outcome.map(drop)), warned)
    }

    async fn confirm(&mut self) -> Result<(), CommitFailure> {
        let connection = self.connection().map_err(CommitFailure::NotStored)?;
        within(standby::mark(connection)).await.map_err(CommitFailure::NotStored)?;
        self.commit().await
    }

    async fn abandon(&mut self) {
        if !std::mem::take(&mut self.in_transaction) {
            return;
        }
        let rolled_back = match &mut self.connection {
            Some(connection) => timeout(Duration::from_secs(1), connection.execute("ROLLBACK"))
                .await
                .is_ok_and(|outcome| outcome.is_ok()),
            None => false,
        };
        if !rolled_back {
            self.connection = None;
        }
    }

    async fn was_stored(&mut self, command_id: Uuid) -> Option<bool> {
        match timeout(PROOF, prove(&self.options, command_id)).await {
            Ok(Ok(stored)) => Some(stored),
            Ok(Err(failure)) => {
                tracing::warn!(?failure, "what became of the commit could not be proved");
                None
            }
            Err(_) => None,
        }
    }

    async fn close(&mut self) {
        self.abandon().await;
        if let Some(connection) = self.connection.take()
            && let Err(error) = connection.close().await
        {
            tracing::debug!(%error, "the journal's connection did not close well");
        }
    }
}

/// Whoever gets the head's lock knows that the lost transaction has ended. And whoever commits a change after it knows that the
/// lost one is at least as safe, on standbys too.
async fn prove(options: &PgConnectOptions, command_id: Uuid) -> Result<bool, Failure> {
    let mut connection = PostgresJournal::connect(options).await?;
    connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE").await.map_err(failure)?;
    connection.execute(HEAD).await.map_err(failure)?;
    let found = sqlx::query("SELECT 1 FROM commands WHERE command_id = $1").bind(command_id);
    let stored = found.fetch_optional(&mut connection).await.map_err(failure)?.is_some();
    connection.execute("UPDATE ledger_head SET position = position WHERE one = 1").await.map_err(failure)?;
    let (committed, warned) = standby::warned(connection.execute("COMMIT")).await;
    committed.map_err(failure)?;
    if warned {
        return Err(Failure::Unavailable("the server answered the proof with a warning".to_owned()));
    }
    if let Err(error) = connection.close().await {
        tracing::debug!(%error, "the proving connection did not close well");
    }
    Ok(stored)
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
fn failure(error: sqlx::Error) -> Failure {
    let reason = error.to_string();
    match state(&error).as_deref() {
        // Serialization failure, deadlock, a lock not granted in time; unique violation: another process was there first.
        Some("40001" | "40P01" | "55P03" | "23505") => Failure::Contention(reason),
        // Shutdown, recovery, read-only standby, lost connection.
        Some("57P01" | "57P02" | "57P03" | "25006" | "25P03") => Failure::Broken(reason),
        Some(state) if state.starts_with("08") => Failure::Broken(reason),
        // Data, constraints, limits.
        Some(state) if ["22", "23", "54"].iter().any(|class| state.starts_with(class)) => {
            Failure::Rejected(reason)
        }
        Some(_) => Failure::Unavailable(reason),
        None => match error {
            sqlx::Error::Io(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::WorkerCrashed => Failure::Broken(reason),
            _ => Failure::Unavailable(reason),
        },
    }
}
