//! Sheets in PostgreSQL.

use aggregates::circumstance::Actor;
use async_trait::async_trait;
use projections::ports::{RowWrite, Sheet};
use sqlx::Row;
use sqlx::postgres::{PgArguments, PgPool, PgRow, Postgres};
use sqlx::query::Query;

use super::lease::{self, Lease};
use super::{policies, second_lock};
use crate::store::sheet;
use crate::store::sql::{Bind, Cells, Dialect, SheetDb, SheetTx, SqlFailure};

/// About how many bytes of a COPY go together.
const PIECE: usize = 64 << 10;

/// The pool that reads, too.
pub(crate) struct PostgresSheets {
    pool: PgPool,
    /// Whether row-level security holds, too.
    is_locked: bool,
}

impl PostgresSheets {
    pub(super) fn new(pool: PgPool, is_locked: bool) -> Self {
        Self { pool, is_locked }
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
        Ok(Box::new(PostgresSheetTx { lease, is_locked: self.is_locked }))
    }

    async fn read(&self, sql: &str, binds: Vec<Bind>) -> Result<Vec<Cells>, SqlFailure> {
        let rows = lease::rows(&self.pool, bound(sql, binds)).await.map_err(failure)?;
        rows.iter().map(cells).collect()
    }

    async fn read_for(&self, caller: &Actor, sql: &str, binds: Vec<Bind>) -> Result<Vec<Cells>, SqlFailure> {
        let Some(begin) = policies::begin(caller).filter(|_| self.is_locked) else {
            return self.read(sql, binds).await;
        };
        let mut lease = Lease::of(&self.pool).await.map_err(failure)?;
        lease.begin_with(&begin).await.map_err(failure)?;
        let rows = lease.rows(bound(sql, binds)).await.map_err(failure)?;
        // Nothing was written: the lease rolls back when it goes, and nobody waits for that.
        rows.iter().map(cells).collect()
    }

    fn is_locked_twice(&self) -> bool {
        self.is_locked
    }

    async fn scrub(&self, tables: &[&str]) -> Result<(), SqlFailure> {
        let mut lease = Lease::of(&self.pool).await.map_err(failure)?;
        for table in tables {
            let sql = format!(r#"VACUUM "{table}""#);
            lease.rows_within(lease::BUILD, sqlx::query(&sql).persistent(false)).await.map_err(failure)?;
        }
        Ok(())
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}

struct PostgresSheetTx {
    lease: Lease,
    is_locked: bool,
}

#[async_trait]
impl SheetTx for PostgresSheetTx {
    async fn run(&mut self, sql: &str, binds: Vec<Bind>) -> Result<Vec<Cells>, SqlFailure> {
        let rows = self.lease.rows(bound(sql, binds)).await.map_err(failure)?;
        rows.iter().map(cells).collect()
    }

    async fn build(&mut self, sql: &str) -> Result<(), SqlFailure> {
        self.lease.rows_within(lease::BUILD, sqlx::query(sql)).await.map(drop).map_err(failure)
    }

    async fn fill(
        &mut self,
        sheet: &Sheet,
        table: &str,
        rows: &[(&RowWrite, &str)],
    ) -> Result<(), SqlFailure> {
        let listed = sheet::listed(sheet);
        let copy = format!(r#"COPY "{table}" ({listed}) FROM STDIN (FORMAT binary)"#);
        self.lease.copy(&copy, copied(rows)).await.map_err(failure)
    }

    async fn harden(&mut self) -> Result<(), SqlFailure> {
        self.run("SELECT set_config('synchronous_commit', 'on', true)", vec![]).await.map(drop)
    }

    async fn guard(&mut self, sheet: &Sheet, table: &str) -> Result<(), SqlFailure> {
        if self.is_locked { second_lock::guard(self, sheet, table).await } else { Ok(()) }
    }

    async fn point(&mut self, sheet: &Sheet, table: &str) -> Result<(), SqlFailure> {
        if self.is_locked { second_lock::point(self, sheet, table).await } else { Ok(()) }
    }

    async fn commit(mut self: Box<Self>) -> Result<(), SqlFailure> {
        self.lease.commit().await.map_err(failure)
    }
}

/// Rows of texts as COPY takes them: a header, each row with the count of its values and each value behind its length, and an end. In pieces,
/// none of which is so long that it leaves the processor's memory before it is sent.
fn copied<'a>(rows: &'a [(&'a RowWrite, &'a str)]) -> impl Iterator<Item = Vec<u8>> + 'a {
    let mut rows = rows.iter();
    let mut begun = Some(b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0".as_slice());
    let mut is_over = false;
    std::iter::from_fn(move || {
        if is_over {
            return None;
        }
        let mut bytes = Vec::with_capacity(PIECE + PIECE / 4);
        bytes.extend(begun.take().unwrap_or_default());
        while bytes.len() < PIECE {
            let Some(row) = rows.next() else {
                is_over = true;
                bytes.extend((-1_i16).to_be_bytes());
                break;
            };
            let count = 2 + row.0.columns.len();
            bytes.extend(i16::try_from(count).unwrap_or(i16::MAX).to_be_bytes());
            for text in sheet::cells(row) {
                bytes.extend(i32::try_from(text.len()).unwrap_or(i32::MAX).to_be_bytes());
                bytes.extend(text.as_bytes());
            }
        }
        Some(bytes)
    })
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
