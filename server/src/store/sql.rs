//! The little of SQL that the shelf needs from a database, so that its logic stands once.

use aggregates::circumstance::Actor;
use async_trait::async_trait;
use projections::ports::{RowWrite, Sheet, StoreError};

/// A parameter: `$1`, `$2` … in both databases.
#[derive(Debug, Clone)]
pub(super) enum Bind {
    /// One text.
    Text(String),
    /// One number.
    Number(i64),
    /// Many texts: an array in PostgreSQL, a JSON array in SQLite.
    Texts(Vec<String>),
}

/// A row; every column is selected as text.
pub(super) type Cells = Vec<Option<String>>;

/// Why a statement failed.
#[derive(Debug)]
pub(super) enum SqlFailure {
    /// A table is not there (any more), or was made by somebody else a moment ago.
    Moved(String),
    /// Somebody else was in the way: try the whole transaction again.
    Contention(String),
    /// The database does not serve.
    Unavailable(String),
}

impl From<SqlFailure> for StoreError {
    fn from(failure: SqlFailure) -> Self {
        match failure {
            SqlFailure::Moved(reason) | SqlFailure::Contention(reason) | SqlFailure::Unavailable(reason) => {
                Self::Unavailable(reason)
            }
        }
    }
}

/// The two ways of saying what the standard does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

/// A transaction that may write. Dropped without a commit, it is rolled back.
#[async_trait]
pub(super) trait SheetTx: Send {
    async fn run(&mut self, sql: &str, binds: Vec<Bind>) -> Result<Vec<Cells>, SqlFailure>;
    /// A statement that reads a whole table, and may take as long as that takes.
    async fn build(&mut self, sql: &str) -> Result<(), SqlFailure>;
    /// Puts rows, each with its body, into a table that has none of their keys, the fastest way there is. Each has a value for each of the
    /// sheet's columns.
    async fn fill(
        &mut self,
        sheet: &Sheet,
        table: &str,
        rows: &[(&RowWrite, &str)],
    ) -> Result<(), SqlFailure>;
    /// Overwrites what is deleted from here on, and is on disk when it is committed, where the database has to be told.
    async fn harden(&mut self) -> Result<(), SqlFailure>;
    /// Locks a sheet's table a second time, where the database can: callers are given what they may see of it.
    async fn guard(&mut self, _sheet: &Sheet, _table: &str) -> Result<(), SqlFailure> {
        Ok(())
    }
    /// The sheet's live rows are in this table from now on.
    async fn point(&mut self, _sheet: &Sheet, _table: &str) -> Result<(), SqlFailure> {
        Ok(())
    }
    async fn commit(self: Box<Self>) -> Result<(), SqlFailure>;
}

/// A database with sheets.
#[async_trait]
pub(super) trait SheetDb: Send + Sync {
    fn dialect(&self) -> Dialect;
    async fn begin(&self) -> Result<Box<dyn SheetTx>, SqlFailure>;
    /// One statement, which sees one snapshot.
    async fn read(&self, sql: &str, binds: Vec<Bind>) -> Result<Vec<Cells>, SqlFailure>;
    /// The same for a caller: where the database has a second lock, it gives what the caller may see and no more.
    async fn read_for(&self, _caller: &Actor, sql: &str, binds: Vec<Bind>) -> Result<Vec<Cells>, SqlFailure> {
        self.read(sql, binds).await
    }
    /// Whether it has one.
    fn is_locked_twice(&self) -> bool {
        false
    }
    /// Makes rows that were deleted from the tables unreadable in the files of the database, too.
    async fn scrub(&self, tables: &[&str]) -> Result<(), SqlFailure>;
    async fn close(&self);
}
