//! The batch writer's transaction in PostgreSQL.
//!
//! Plain portable SQL: no sequence, no advisory lock, no LISTEN, no ON CONFLICT, so that engines that speak PostgreSQL's
//! protocol and shard by schema can carry it (design §3).

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use chrono::SecondsFormat;
use commands::journal::Answer;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection, Executor};
use tokio::time::timeout;
use uuid::Uuid;

use super::{feed, standby, state};
use crate::store::batch::{BatchTx, CommitFailure, Failure, Head, Plan, StreamKey};

/// How long one statement may take before the connection is given up.
const STATEMENT: Duration = Duration::from_secs(15);
/// How long a commit may take before the connection is given up. A commit is never cancelled: a cancelled one may be done.
const COMMIT: Duration = Duration::from_secs(10);
/// How long it may take to find out what became of a commit.
const PROOF: Duration = Duration::from_secs(4);

const HEAD: &str = "SELECT position, recorded_at FROM ledger_head WHERE one = 1 FOR UPDATE";
const ANSWERS: &str =
    "SELECT command_id, input_hash, answer FROM commands WHERE command_id = ANY($1::text[]::uuid[])";
const SEQUENCES: &str = "SELECT coalesce((SELECT max(e.sequence) FROM events e WHERE e.aggregate_type = asked.type AND e.aggregate_id = asked.id), 0) \
     FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked(type, id, place) ORDER BY asked.place";
const INSERT_EVENTS: &str = "INSERT INTO events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata, position, event_id, recorded_at, command_id) \
     SELECT type, id, sequence, event, version, payload::json, metadata::json, position, event_id::uuid, $10::text::timestamptz, command_id::uuid \
     FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::text[], $11::text[]) \
     AS new(type, id, sequence, event, version, payload, metadata, position, event_id, command_id)";
const INSERT_COMMANDS: &str = "INSERT INTO commands (command_id, command, input_hash, answer, position, recorded_at) \
     SELECT command_id::uuid, command, input_hash, answer::json, position, $6::text::timestamptz \
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[]) AS new(command_id, command, input_hash, answer, position)";
const MOVE_HEAD: &str =
    "UPDATE ledger_head SET position = $1, recorded_at = $2::text::timestamptz WHERE one = 1";

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
        let ids: Vec<String> = ids.iter().map(Uuid::to_string).collect();
        let rows = within(sqlx::query(ANSWERS).bind(ids).fetch_all(self.connection()?)).await?;
        rows.iter().map(|row| feed::answer(row).map_err(failure)).collect()
    }

    async fn sequences(&mut self, streams: &[StreamKey<'_>]) -> Result<Vec<u64>, Failure> {
        let (types, ids): (Vec<&str>, Vec<&str>) = streams.iter().copied().unzip();
        let found: Vec<i64> =
            within(sqlx::query_scalar(SEQUENCES).bind(types).bind(ids).fetch_all(self.connection()?)).await?;
        Ok(found.into_iter().map(i64::cast_unsigned).collect())
    }

    async fn place(&mut self, plan: &Plan<'_>) -> Result<(), Failure> {
        let recorded_at = plan.head.recorded_at.to_rfc3339_opts(SecondsFormat::Micros, true);
        let connection = self.connection()?;
        let rows = &plan.events;
        if !rows.is_empty() {
            let insert = sqlx::query(INSERT_EVENTS)
                .bind(rows.iter().map(|row| row.event.aggregate_type).collect::<Vec<_>>())
                .bind(rows.iter().map(|row| row.event.aggregate_id.as_str()).collect::<Vec<_>>())
                .bind(rows.iter().map(|row| row.sequence.cast_signed()).collect::<Vec<_>>())
                .bind(rows.iter().map(|row| row.event.event_type.as_str()).collect::<Vec<_>>())
                .bind(rows.iter().map(|row| row.event.event_version.as_str()).collect::<Vec<_>>())
                .bind(rows.iter().map(|row| row.event.payload.as_str()).collect::<Vec<_>>())
                .bind(rows.iter().map(|row| row.metadata).collect::<Vec<_>>())
                .bind(rows.iter().map(|row| row.position.cast_signed()).collect::<Vec<_>>())
                .bind(rows.iter().map(|row| row.event_id.to_string()).collect::<Vec<_>>())
                .bind(recorded_at.as_str())
                .bind(rows.iter().map(|row| row.command_id.to_string()).collect::<Vec<_>>());
            within(insert.execute(&mut *connection)).await?;
            let head =
                sqlx::query(MOVE_HEAD).bind(plan.head.position.cast_signed()).bind(recorded_at.as_str());
            within(head.execute(&mut *connection)).await?;
        }
        let rows = &plan.commands;
        let insert = sqlx::query(INSERT_COMMANDS)
            .bind(rows.iter().map(|row| row.append.command_id.to_string()).collect::<Vec<_>>())
            .bind(rows.iter().map(|row| row.append.command).collect::<Vec<_>>())
            .bind(rows.iter().map(|row| row.append.input_hash.as_str()).collect::<Vec<_>>())
            .bind(rows.iter().map(|row| row.answer.as_str()).collect::<Vec<_>>())
            .bind(rows.iter().map(|row| row.position.cast_signed()).collect::<Vec<_>>())
            .bind(recorded_at.as_str());
        within(insert.execute(connection)).await?;
        Ok(())
    }

    async fn commit(&mut self) -> Result<(), CommitFailure> {
        let connection = self.connection().map_err(CommitFailure::NotStored)?;
        let (outcome, warned) = standby::warned(timeout(COMMIT, connection.execute("COMMIT"))).await;
        let failed = match outcome {
            Ok(Ok(_)) if !warned => {
                self.in_transaction = false;
                return Ok(());
            }
            Ok(Ok(_)) => CommitFailure::Unknown("the server answered the commit with a warning".to_owned()),
            Ok(Err(error)) => match failure(error) {
                // The server says that it rolled back.
                failure @ (Failure::Contention(_) | Failure::Rejected(_)) => {
                    CommitFailure::NotStored(failure)
                }
                Failure::Broken(reason) | Failure::Unavailable(reason) => CommitFailure::Unknown(reason),
            },
            Err(_) => {
                CommitFailure::Unknown(format!("the commit was not answered within {} s", COMMIT.as_secs()))
            }
        };
        self.connection = None;
        self.in_transaction = false;
        Err(failed)
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
    let found =
        sqlx::query("SELECT 1 FROM commands WHERE command_id = $1::text::uuid").bind(command_id.to_string());
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
        // Serialization failure, deadlock; unique violation: another process was there first.
        Some("40001" | "40P01" | "23505") => Failure::Contention(reason),
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
