//! A connection of the pool, for one statement or one transaction, with a limit of time.
//!
//! sqlx asks a connection whether it is sound before it takes it back. Where the machine at the other end is gone without a word, that
//! question is never answered, and the pool runs dry for as long as the kernel hopes: so a connection that broke off in the middle
//! of something is closed instead of given back.

use std::io::{Error, ErrorKind};
use std::time::Duration;

use sqlx::Executor;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnection, PgPool, PgRow, Postgres};
use sqlx::query::Query;
use tokio::time::timeout;

/// How long one statement may take.
const STATEMENT: Duration = Duration::from_secs(15);
/// How long an index of a whole table may take.
pub(super) const BUILD: Duration = Duration::from_secs(900);
/// How long a transaction that was given up may take to end.
const ROLLBACK: Duration = Duration::from_secs(1);

/// A connection in use.
pub(super) struct Lease {
    connection: Option<PoolConnection<Postgres>>,
    /// Whether a transaction was begun and not ended.
    is_open: bool,
}

impl Lease {
    /// The next free connection.
    pub(super) async fn of(pool: &PgPool) -> Result<Self, sqlx::Error> {
        Ok(Self { connection: Some(pool.acquire().await?), is_open: false })
    }

    /// Begins a transaction.
    pub(super) async fn begin(&mut self) -> Result<(), sqlx::Error> {
        self.rows(sqlx::query("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")).await?;
        self.is_open = true;
        Ok(())
    }

    /// Begins one with these statements, in one message.
    pub(super) async fn begin_with(&mut self, statements: &str) -> Result<(), sqlx::Error> {
        self.is_open = true;
        self.within(STATEMENT, async |connection| connection.execute(sqlx::raw_sql(statements)).await)
            .await
            .map(drop)
    }

    /// Ends it.
    pub(super) async fn commit(&mut self) -> Result<(), sqlx::Error> {
        self.rows(sqlx::query("COMMIT")).await?;
        self.is_open = false;
        Ok(())
    }

    /// The rows of a statement.
    pub(super) async fn rows(
        &mut self,
        query: Query<'_, Postgres, PgArguments>,
    ) -> Result<Vec<PgRow>, sqlx::Error> {
        self.rows_within(STATEMENT, query).await
    }

    /// The rows of a statement that may take so long.
    pub(super) async fn rows_within(
        &mut self,
        limit: Duration,
        query: Query<'_, Postgres, PgArguments>,
    ) -> Result<Vec<PgRow>, sqlx::Error> {
        self.within(limit, async |connection| connection.fetch_all(query).await).await
    }

    /// Sends bytes, piece by piece, in the way that the statement, a COPY, says.
    pub(super) async fn copy(
        &mut self,
        statement: &str,
        pieces: impl Iterator<Item = Vec<u8>>,
    ) -> Result<(), sqlx::Error> {
        self.within(STATEMENT, async |connection| {
            let mut copy = connection.copy_in_raw(statement).await?;
            for piece in pieces {
                copy.send(piece).await?;
            }
            copy.finish().await.map(drop)
        })
        .await
    }

    async fn within<T>(
        &mut self,
        limit: Duration,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, sqlx::Error> {
        // Whoever gives this future up, or whom the time gives up, closes the connection with it.
        let mut held = Broken(self.connection.take());
        let connection = held.0.as_mut().ok_or(sqlx::Error::WorkerCrashed)?;
        let outcome = timeout(limit, work(connection)).await.unwrap_or_else(|_| {
            let what = format!("the database did not answer within {} s", limit.as_secs());
            Err(sqlx::Error::Io(Error::new(ErrorKind::TimedOut, what)))
        });
        // What the server refuses leaves a sound connection.
        if matches!(outcome, Ok(_) | Err(sqlx::Error::Database(_))) {
            self.connection = held.0.take();
        }
        outcome
    }
}

/// A connection that is closed unless it is taken out in time.
struct Broken(Option<PoolConnection<Postgres>>);

impl Drop for Broken {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            drop(connection.detach());
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take().filter(|_| self.is_open) else { return };
        let mut held = Broken(Some(connection));
        tokio::spawn(async move {
            let Some(connection) = held.0.as_mut() else { return };
            if matches!(timeout(ROLLBACK, connection.execute("ROLLBACK")).await, Ok(Ok(_))) {
                drop(held.0.take());
            }
        });
    }
}

/// The rows of one statement.
pub(super) async fn rows(
    pool: &PgPool,
    query: Query<'_, Postgres, PgArguments>,
) -> Result<Vec<PgRow>, sqlx::Error> {
    Lease::of(pool).await?.rows(query).await
}
