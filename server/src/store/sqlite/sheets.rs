//! Sheets in SQLite.

use std::sync::Arc;

use async_trait::async_trait;
use projections::ports::{RowWrite, Sheet};
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments, SqlitePool, SqliteRow};
use sqlx::{Row, Transaction};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::code;
use super::values::{pieces, values};
use crate::store::sheet;
use crate::store::sql::{Bind, Cells, Dialect, SheetDb, SheetTx, SqlFailure};

/// The shelf's own connection, and the readers'.
pub(crate) struct SqliteSheets {
    writer: SqlitePool,
    readers: SqlitePool,
    turn: Arc<Mutex<()>>,
}

impl SqliteSheets {
    pub(super) fn new(writer: SqlitePool, readers: SqlitePool, turn: Arc<Mutex<()>>) -> Self {
        Self { writer, readers, turn }
    }
}

#[async_trait]
impl SheetDb for SqliteSheets {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    async fn begin(&self) -> Result<Box<dyn SheetTx>, SqlFailure> {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        let tx = self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(failure)?;
        Ok(Box::new(SqliteSheetTx { tx, _turn: turn }))
    }

    async fn read(&self, sql: &str, binds: Vec<Bind>) -> Result<Vec<Cells>, SqlFailure> {
        let rows = bound(sql, binds)?.fetch_all(&self.readers).await.map_err(failure)?;
        rows.iter().map(cells).collect()
    }

    async fn scrub(&self, _: &[&str]) -> Result<(), SqlFailure> {
        let _turn = self.turn.lock().await;
        let told =
            sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&self.writer).await.map_err(failure)?;
        // Pages as they were before stand in the WAL until all of it has been taken over.
        match told.try_get::<i64, _>(0).map_err(failure)? {
            0 => Ok(()),
            _ => Err(SqlFailure::Contention("somebody reads: the WAL could not be emptied".to_owned())),
        }
    }

    async fn close(&self) {
        self.writer.close().await;
        self.readers.close().await;
    }
}

/// The transaction goes before the turn does.
struct SqliteSheetTx {
    tx: Transaction<'static, Sqlite>,
    _turn: OwnedMutexGuard<()>,
}

#[async_trait]
impl SheetTx for SqliteSheetTx {
    async fn run(&mut self, sql: &str, binds: Vec<Bind>) -> Result<Vec<Cells>, SqlFailure> {
        let rows = bound(sql, binds)?.fetch_all(&mut *self.tx).await.map_err(failure)?;
        rows.iter().map(cells).collect()
    }

    async fn build(&mut self, sql: &str) -> Result<(), SqlFailure> {
        self.run(sql, vec![]).await.map(drop)
    }

    async fn fill(
        &mut self,
        sheet: &Sheet,
        table: &str,
        rows: &[(&RowWrite, &str)],
    ) -> Result<(), SqlFailure> {
        let (listed, columns) = (sheet::listed(sheet), sheet::names(sheet).len());
        for piece in pieces(rows) {
            let sql = format!(r#"INSERT INTO "{table}" ({listed}) VALUES {}"#, values(piece.len(), columns));
            let query = piece.iter().flat_map(sheet::cells).fold(sqlx::query(&sql), Query::bind);
            query.execute(&mut *self.tx).await.map_err(failure)?;
        }
        Ok(())
    }

    async fn harden(&mut self) -> Result<(), SqlFailure> {
        sqlx::query("PRAGMA secure_delete = ON").execute(&mut *self.tx).await.map(drop).map_err(failure)
    }

    async fn commit(self: Box<Self>) -> Result<(), SqlFailure> {
        self.tx.commit().await.map_err(failure)
    }
}

fn bound(sql: &str, binds: Vec<Bind>) -> Result<Query<'_, Sqlite, SqliteArguments<'_>>, SqlFailure> {
    let mut query = sqlx::query(sql);
    for bind in binds {
        query = match bind {
            Bind::Text(text) => query.bind(text),
            Bind::Number(number) => query.bind(number),
            Bind::Texts(texts) => query.bind(
                serde_json::to_string(&texts).map_err(|error| SqlFailure::Unavailable(error.to_string()))?,
            ),
        };
    }
    Ok(query)
}

fn cells(row: &SqliteRow) -> Result<Cells, SqlFailure> {
    (0..row.len()).map(|column| row.try_get(column).map_err(failure)).collect()
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
fn failure(error: sqlx::Error) -> SqlFailure {
    let reason = error.to_string();
    match (super::primary(&error), super::extended(&error)) {
        (Some(code::BUSY | code::LOCKED), _) => SqlFailure::Contention(reason),
        (_, Some(extended)) if code::DUPLICATES.contains(&extended) => SqlFailure::Moved(reason),
        // SQLite has no code of its own for a table that is not there. A statement prepared while it was says SCHEMA.
        (Some(code::SCHEMA), _) => SqlFailure::Moved(reason),
        (Some(code::ERROR), _) if reason.contains("no such table") || reason.contains("already exists") => {
            SqlFailure::Moved(reason)
        }
        _ => SqlFailure::Unavailable(reason),
    }
}
