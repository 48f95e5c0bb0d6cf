//! The batch writer's transaction in SQLite.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, SecondsFormat, Utc};
use commands::journal::Answer;
use serde::Serialize;
use sqlx::sqlite::{Sqlite, SqlitePool};
use sqlx::{Row, Transaction};
use tokio::sync::{Mutex, OwnedMutexGuard};
use uuid::Uuid;

use super::code;
use super::values::{pieces, values};
use crate::store::batch::{BatchTx, CommitFailure, Failure, Head, Plan, StreamKey};

const INSERT_EVENTS: &str = "INSERT INTO events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata, position, event_id, recorded_at, command_id) VALUES ";
const INSERT_COMMANDS: &str =
    "INSERT INTO commands (command_id, command, input_hash, answer, position, recorded_at) VALUES ";
const MOVE_HEAD_FROM: &str = "UPDATE ledger_head SET position = ?1, recorded_at = ?2 WHERE one = 1 AND position = ?3 AND recorded_at = ?4";
const MOVE_HEAD: &str = "UPDATE ledger_head SET position = ?1, recorded_at = ?2 WHERE one = 1";
const HEAD: &str = "SELECT position, recorded_at FROM ledger_head WHERE one = 1";
pub(super) const ANSWERS: &str = "SELECT command_id, input_hash, answer FROM commands WHERE command_id IN (SELECT value FROM json_each(?1))";
const SEQUENCES: &str = "SELECT coalesce((SELECT max(sequence) FROM events WHERE aggregate_type = asked.value ->> 0 AND aggregate_id = asked.value ->> 1), 0) \
     FROM json_each(?1) AS asked ORDER BY asked.key";

/// The journal's own connection.
pub(crate) struct SqliteJournal {
    pool: SqlitePool,
    turn: Arc<Mutex<()>>,
    open: Option<(Transaction<'static, Sqlite>, OwnedMutexGuard<()>)>,
}

impl SqliteJournal {
    pub(super) fn new(pool: SqlitePool, turn: Arc<Mutex<()>>) -> Self {
        Self { pool, turn, open: None }
    }

    fn tx(&mut self) -> Result<&mut Transaction<'static, Sqlite>, Failure> {
        self.open
            .as_mut()
            .map(|(tx, _)| tx)
            .ok_or_else(|| Failure::Unavailable("no transaction was begun".to_owned()))
    }
}

impl SqliteJournal {
    /// Whether the streams end where the plan believes.
    async fn are_as_believed(&mut self, plan: &Plan) -> Result<bool, Failure> {
        if plan.believed.is_empty() {
            return Ok(true);
        }
        let streams: Vec<StreamKey<'_>> = (plan.believed.iter())
            .map(|believed| (believed.aggregate_type, believed.aggregate_id.as_str()))
            .collect();
        let lasts = self.sequences(&streams).await?;
        Ok(plan.believed.iter().zip(lasts).all(|(believed, last)| believed.sequence == last))
    }

    /// Events and answers.
    async fn insert(&mut self, plan: &Plan, recorded_at: &str) -> Result<(), Failure> {
        let tx = self.tx()?;
        for rows in pieces(&plan.events) {
            let sql = format!("{INSERT_EVENTS}{}", values(rows.len(), 11));
            let mut query = sqlx::query(&sql);
            for row in rows {
                let event = row.event();
                query = query
                    .bind(event.aggregate_type)
                    .bind(&event.aggregate_id)
                    .bind(row.sequence.cast_signed())
                    .bind(&event.event_type)
                    .bind(&event.event_version)
                    .bind(&event.payload)
                    .bind(row.metadata())
                    .bind(row.position.cast_signed())
                    .bind(row.event_id.to_string())
                    .bind(recorded_at)
                    .bind(row.command_id().to_string());
            }
            query.execute(&mut **tx).await.map_err(failure)?;
        }
        for rows in pieces(&plan.commands) {
            let sql = format!("{INSERT_COMMANDS}{}", values(rows.len(), 6));
            let mut query = sqlx::query(&sql);
            for row in rows {
                query = query
                    .bind(row.append.command_id.to_string())
                    .bind(row.append.command)
                    .bind(&row.append.input_hash)
                    .bind(&row.answer)
                    .bind(row.position.cast_signed())
                    .bind(recorded_at);
            }
            query.execute(&mut **tx).await.map_err(failure)?;
        }
        Ok(())
    }
}

#[async_trait]
impl BatchTx for SqliteJournal {
    const TOGETHER: RangeInclusive<usize> = 2..=128;

    async fn begin(&mut self) -> Result<Head, Failure> {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        let tx = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(failure)?;
        let (tx, _) = self.open.insert((tx, turn));
        let row = sqlx::query(HEAD).fetch_one(&mut **tx).await.map_err(failure)?;
        Ok(Head {
            position: row.try_get::<i64, _>(0).map_err(failure)?.cast_unsigned(),
            recorded_at: super::feed::instant(&row, 1).map_err(failure)?,
        })
    }

    async fn answers(&mut self, ids: &[Uuid]) -> Result<HashMap<Uuid, Answer>, Failure> {
        let ids = json(&ids)?;
        let rows = sqlx::query(ANSWERS).bind(ids).fetch_all(&mut **self.tx()?).await.map_err(failure)?;
        rows.iter().map(|row| super::feed::answer(row).map_err(failure)).collect()
    }

    async fn sequences(&mut self, streams: &[StreamKey<'_>]) -> Result<Vec<u64>, Failure> {
        let query = sqlx::query_scalar(SEQUENCES).bind(json(&streams)?);
        let found: Vec<i64> = query.fetch_all(&mut **self.tx()?).await.map_err(failure)?;
        Ok(found.into_iter().map(i64::cast_unsigned).collect())
    }

    async fn place(&mut self, plan: &Plan) -> Result<(), Failure> {
        let recorded_at = text(plan.head.recorded_at);
        if !plan.events.is_empty() {
            let head = sqlx::query(MOVE_HEAD).bind(plan.head.position.cast_signed()).bind(&recorded_at);
            head.execute(&mut **self.tx()?).await.map_err(failure)?;
        }
        self.insert(plan, &recorded_at).await
    }

    async fn store_at(&mut self, head: Head, plan: &Plan) -> Result<bool, CommitFailure> {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        let not_stored = |error| CommitFailure::NotStored(failure(error));
        let tx = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(not_stored)?;
        let (tx, _) = self.open.insert((tx, turn));
        let recorded_at = text(plan.head.recorded_at);
        let moved = sqlx::query(MOVE_HEAD_FROM)
            .bind(plan.head.position.cast_signed())
            .bind(&recorded_at)
            .bind(head.position.cast_signed())
            .bind(text(head.recorded_at));
        let moved = moved.execute(&mut **tx).await.map_err(not_stored)?;
        let is_there = moved.rows_affected() > 0;
        if !(is_there && self.are_as_believed(plan).await.map_err(CommitFailure::NotStored)?) {
            self.abandon().await;
            return Ok(false);
        }
        self.insert(plan, &recorded_at).await.map_err(CommitFailure::NotStored)?;
        self.commit().await.map(|()| true)
    }

    async fn commit(&mut self) -> Result<(), CommitFailure> {
        let Some((tx, turn)) = self.open.take() else {
            return Err(CommitFailure::NotStored(Failure::Unavailable(
                "no transaction was begun".to_owned(),
            )));
        };
        let outcome = tx.commit().await;
        drop(turn);
        outcome.map_err(|error| match super::primary(&error) {
            // Neither wrote its commit frame. Any other error, of a sync above all, leaves open what a restart will find.
            Some(code::BUSY | code::FULL) => CommitFailure::NotStored(failure(error)),
            _ => CommitFailure::Unknown(error.to_string()),
        })
    }

    async fn confirm(&mut self) -> Result<(), CommitFailure> {
        // What can be seen has been synced.
        self.abandon().await;
        Ok(())
    }

    async fn abandon(&mut self) {
        if let Some((tx, turn)) = self.open.take() {
            if let Err(error) = tx.rollback().await {
                tracing::warn!(%error, "a batch could not be rolled back");
            }
            drop(turn);
        }
    }

    async fn was_stored(&mut self, command_id: Uuid) -> Option<bool> {
        // Found means committed. Not found proves nothing: the frames may be whole on disk and count after a restart.
        let found = sqlx::query("SELECT 1 FROM commands WHERE command_id = ?1")
            .bind(command_id.to_string())
            .fetch_optional(&self.pool)
            .await;
        match found {
            Ok(Some(_)) => Some(true),
            Ok(None) | Err(_) => None,
        }
    }

    async fn close(&mut self) {
        self.abandon().await;
        self.pool.close().await;
    }
}

/// As the tables keep instants: sortable as text.
pub(super) fn text(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn json(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::Rejected(error.to_string()))
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
fn failure(error: sqlx::Error) -> Failure {
    let reason = error.to_string();
    match (super::primary(&error), super::extended(&error)) {
        (Some(code::BUSY | code::LOCKED | code::SCHEMA), _) => Failure::Contention(reason),
        (_, Some(extended)) if code::DUPLICATES.contains(&extended) => Failure::Contention(reason),
        (Some(code::CONSTRAINT | code::TOO_BIG), _) => Failure::Rejected(reason),
        _ => Failure::Unavailable(reason),
    }
}
