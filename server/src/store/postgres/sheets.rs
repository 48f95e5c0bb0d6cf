//! Sheets in PostgreSQL.

use async_trait::async_trait;
use sqlx::Row;
use sqlx::postgres::{PgArguments, PgPool, PgRow, Postgres};
use sqlx::query::Query;

use super::lease::{self, Lease};
use crate::store::sql::{Bind, Cells, Dialect, SheetDb, SheetTx, SqlFailure};

/// The pool that reads, too.
pub(crate) struct PostgresSheets {
    pool: PgPool,
}

impl PostgresSheets {
    pub(super) fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl SheetDb for PostgresSheets {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    async fn begin(&self) -> Result<Box<dyn SheetTx>, SqlFailure> {
        let mut lease = Lease::of(&self.pool).await.map_err(failure)?;
        lease.begin().await.map_err(failure)?;
        Ok(Box::new(PostgresSheetTx { lease }))
    }

    async fn read(&self, sql: &str, binds: Vec<Bind>) -> Result<Vec<Cells>, SqlFailure> {
        let rows = lease::rows(&self.pool, bound(sql, binds)).await.map_err(failure)?;
        rows.iter().map(cells).collect()
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}

struct PostgresSheetTx {
    lease: Lease,
}

#[async_trait]
impl SheetTx for PostgresSheetTx {
    async fn run(&mut self, sql: &str, binds: Vec<Bind>) -> Result<Vec<Cells>, SqlFailure> {
        let rows = self.lease.rows(bound(sql, binds)).await.map_err(failure)?;
        rows.iter().map(cells).collect()
    }

    async fn commit(mut self: Box<Self>) -> Result<(), SqlFailure> {
        self.lease.commit().await.map_err(failure)
    }
}

fn bound(sql: &str, binds: Vec<Bind>) -> Query<'_, Postgres, PgArguments> {
    binds.into_iter().fold(sqlx::query(sql), |query, bind| match bind {
        Bind::Text(text) => query.bind(text),
        Bind::Number(number) => query.bind(number),
        Bind::Texts(texts) => query.bind(texts),
    })
}

fn cells(row: &PgRow) -> Result<Cells, SqlFailure> {
    (0..row.len()).map(|column| row.try_get(column).map_err(failure)).collect()
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
fn failure(error: sqlx::Error) -> SqlFailure {
    let reason = error.to_string();
    match super::state(&error).as_deref() {
        // A table that is gone, also from under a prepared plan; one made by somebody else a moment ago.
        Some("42P01" | "42P07" | "23505" | "0A000" | "XX000") => SqlFailure::Moved(reason),
        Some("40001" | "40P01") => SqlFailure::Contention(reason),
        _ => SqlFailure::Unavailable(reason),
    }
}
