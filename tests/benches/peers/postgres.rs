//! The one PostgreSQL server of a run, the same for everybody.

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor, PgConnection};
use tokio::sync::OnceCell;

use crate::cpu::{Watched, parent};

/// Everything else is PostgreSQL's default: fsync and synchronous_commit are on.
pub const SETTINGS: &str = "-c max_connections=700 -c shared_buffers=1GB";

/// Its address.
pub fn url() -> &'static str {
    tests::cluster::own(SETTINGS)
}

/// Its address with a schema to work in, for sqlx and libpq alike.
pub fn options(schema: &str) -> anyhow::Result<PgConnectOptions> {
    Ok(url().parse::<PgConnectOptions>()?.options([("search_path", schema)]))
}

async fn connection() -> anyhow::Result<PgConnection> {
    Ok(PgConnection::connect(url()).await?)
}

/// Runs statements.
pub async fn run(sql: &str) -> anyhow::Result<()> {
    let mut connection = connection().await?;
    connection.execute(sqlx::raw_sql(sql)).await?;
    connection.close().await?;
    Ok(())
}

/// What one statement tells.
pub async fn text(sql: &str) -> anyhow::Result<String> {
    let mut connection = connection().await?;
    let told = sqlx::query_scalar(sql).fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(told)
}

/// Writes out what is dirty, so that nobody's run pays for what was filled before it.
pub async fn settle() -> anyhow::Result<()> {
    run("CHECKPOINT").await
}

/// Whose processor time counts as the server's.
pub async fn watched() -> anyhow::Result<Watched> {
    static POSTMASTER: OnceCell<Option<u32>> = OnceCell::const_new();
    let found = POSTMASTER.get_or_try_init(|| async {
        let mut connection = connection().await?;
        let backend: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut connection).await?;
        connection.close().await?;
        anyhow::Ok(parent(backend.cast_unsigned()))
    });
    Ok(Watched { server: *found.await? })
}
