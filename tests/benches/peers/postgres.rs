//! The one PostgreSQL server of a run, the same for everybody.

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, Executor, PgConnection, PgPool};
use tokio::sync::OnceCell;

use crate::cpu::{Watched, parent};

/// Everything else is PostgreSQL's default: fsync and synchronous_commit are on.
pub const SETTINGS: &str = "-c max_connections=1200 -c shared_buffers=1GB";

/// Its address.
pub fn url() -> &'static str {
    tests::cluster::own(SETTINGS)
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

/// Takes a schema away with all that is in it.
pub async fn drop_schema(schema: &str) -> anyhow::Result<()> {
    run(&format!("SET client_min_messages = warning; DROP SCHEMA IF EXISTS {schema} CASCADE")).await
}

/// A new schema with a table in it, whatever was there before.
pub async fn new_schema(schema: &str, tables: &str) -> anyhow::Result<()> {
    drop_schema(schema).await?;
    run(&format!("CREATE SCHEMA {schema}; SET search_path = {schema}; {tables}")).await
}

/// Connections that work in a schema.
pub async fn pool(schema: &str, connections: u32) -> anyhow::Result<PgPool> {
    let options = url().parse::<PgConnectOptions>()?.options([("search_path", schema)]);
    Ok(PgPoolOptions::new().max_connections(connections).connect_with(options).await?)
}

/// One connection that works in a schema: no pool that asks it, before each use, whether it is still there.
pub async fn alone(schema: &str) -> anyhow::Result<PgConnection> {
    let options = url().parse::<PgConnectOptions>()?.options([("search_path", schema)]);
    Ok(PgConnection::connect_with(&options).await?)
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
        let postmaster = parent(backend.cast_unsigned());
        connection.close().await?;
        anyhow::Ok(postmaster)
    });
    Ok(Watched { server: *found.await? })
}
