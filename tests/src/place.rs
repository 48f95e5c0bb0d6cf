//! A place for one test's ledger, in either database.

use server::store::{Settings, Store};
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{Connection, Executor, PgPool, Row, SqlitePool};
use tempfile::TempDir;
use uuid::Uuid;

use crate::cluster;

/// Where a ledger is. Nobody else uses it.
pub enum Place {
    /// A file in a folder that goes with it.
    Sqlite(TempDir),
    /// A schema of its own.
    Postgres(Schema),
}

/// A schema of a PostgreSQL server.
pub struct Schema {
    server: String,
    name: String,
}

impl Schema {
    /// Its name on the server.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Place {
    /// A new file.
    pub fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    /// A new schema.
    pub fn postgres() -> Self {
        Self::on(cluster::url())
    }

    /// A new schema on the server at the address.
    pub fn on(server: &str) -> Self {
        Self::Postgres(Schema { server: server.to_owned(), name: format!("t{}", Uuid::new_v4().simple()) })
    }

    /// The schema of this name, in the database of the same name on the server at the address: a ledger that was restored.
    pub fn again(server: &str, name: &str) -> Self {
        let (host, _) = server.rsplit_once('/').unwrap();
        Self::Postgres(Schema { server: format!("{host}/{name}"), name: name.to_owned() })
    }

    /// What is in it, to be copied. Nobody may have it open.
    pub fn original(self) -> Original {
        match self {
            Self::Sqlite(folder) => {
                // The newest pages may be in the log beside it, which comes first: whoever leaves last moves them into the file and then
                // takes the log away, and that may happen between the two.
                let read =
                    |name: &str| Some((name.to_owned(), std::fs::read(folder.path().join(name)).ok()?));
                Original::Files(["ledger.db-wal", "ledger.db"].into_iter().filter_map(read).collect())
            }
            Self::Postgres(schema) => Original::Database(schema),
        }
    }

    /// A new schema in a database that has nothing else, so that it can be copied.
    pub async fn postgres_alone() -> Self {
        let name = format!("t{}", Uuid::new_v4().simple());
        create(cluster::url(), &format!(r#"CREATE DATABASE "{name}""#)).await;
        Self::again(cluster::url(), &name)
    }

    /// Its address, as people write it.
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite://{}", folder.path().join("ledger.db").display()),
            Self::Postgres(Schema { server, name }) => {
                format!("{server}{}schema={name}", if server.contains('?') { '&' } else { '?' })
            }
        }
    }

    /// Opens the ledger.
    pub async fn open(&self) -> Store {
        self.open_with(Settings::default()).await
    }

    /// Opens the ledger with other settings.
    pub async fn open_with(&self, settings: Settings) -> Store {
        Store::open_with(&self.url(), settings).await.unwrap()
    }

    /// A way past the store, to look and to tamper.
    pub async fn raw(&self) -> Raw {
        self.raw_with(2).await
    }

    /// The same, with so many connections.
    pub async fn raw_with(&self, connections: u32) -> Raw {
        match self {
            Self::Sqlite(folder) => {
                let options = SqliteConnectOptions::new()
                    .filename(folder.path().join("ledger.db"))
                    .busy_timeout(std::time::Duration::from_secs(5));
                let pool = SqlitePoolOptions::new().max_connections(connections);
                Raw::Sqlite(pool.connect_with(options).await.unwrap())
            }
            Self::Postgres(schema) => Raw::Postgres(pool(schema, connections).await),
        }
    }
}

/// What was in a place.
pub enum Original {
    /// The files.
    Files(Vec<(String, Vec<u8>)>),
    /// A database that has this schema alone: one can be copied, a schema cannot.
    Database(Schema),
}

impl Original {
    /// A place with the same in it.
    pub async fn copy(&self) -> Place {
        match self {
            Self::Files(files) => {
                let folder = tempfile::tempdir().unwrap();
                for (name, content) in files {
                    std::fs::write(folder.path().join(name), content).unwrap();
                }
                Place::Sqlite(folder)
            }
            Self::Database(Schema { server, name }) => {
                let (host, database) = server.rsplit_once('/').unwrap();
                let copy = format!("t{}", Uuid::new_v4().simple());
                create(server, &format!(r#"CREATE DATABASE "{copy}" TEMPLATE "{database}""#)).await;
                Place::Postgres(Schema { server: format!("{host}/{copy}"), name: name.clone() })
            }
        }
    }
}

/// Makes a database, from another one of the server.
async fn create(server: &str, statement: &str) {
    let (host, _) = server.rsplit_once('/').unwrap();
    let mut connection = sqlx::PgConnection::connect(&format!("{host}/postgres")).await.unwrap();
    connection.execute(statement).await.unwrap();
    connection.close().await.unwrap();
}

async fn pool(schema: &Schema, connections: u32) -> PgPool {
    let options: sqlx::postgres::PgConnectOptions = schema.server.parse().unwrap();
    let options = options.options([("search_path", &schema.name)]);
    PgPoolOptions::new().max_connections(connections).connect_with(options).await.unwrap()
}

/// Connections that are not the store's.
#[derive(Clone)]
pub enum Raw {
    /// To the file.
    Sqlite(SqlitePool),
    /// To the schema, as superuser.
    Postgres(PgPool),
}

impl Raw {
    /// Runs statements; the error's text when they fail.
    pub async fn run(&self, sql: &str) -> Result<(), String> {
        match self {
            Self::Sqlite(pool) => pool.execute(sqlx::raw_sql(sql)).await.map(drop),
            Self::Postgres(pool) => pool.execute(sqlx::raw_sql(sql)).await.map(drop),
        }
        .map_err(|error| error.to_string())
    }

    /// The numbers in the first column.
    pub async fn numbers(&self, sql: &str) -> Vec<i64> {
        match self {
            Self::Sqlite(pool) => pool.fetch_all(sql).await.unwrap().iter().map(|row| row.get(0)).collect(),
            Self::Postgres(pool) => pool.fetch_all(sql).await.unwrap().iter().map(|row| row.get(0)).collect(),
        }
    }

    /// The texts in the first column.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        match self {
            Self::Sqlite(pool) => pool.fetch_all(sql).await.unwrap().iter().map(|row| row.get(0)).collect(),
            Self::Postgres(pool) => pool.fetch_all(sql).await.unwrap().iter().map(|row| row.get(0)).collect(),
        }
    }
}

/// The ledger's head, held by somebody who is not the store.
pub enum Held {
    /// The file's write lock.
    Sqlite(sqlx::Transaction<'static, sqlx::Sqlite>),
    /// The row's lock.
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

impl Raw {
    /// Holds the head: nothing can be appended until it is released.
    pub async fn hold_head(&self) -> Held {
        match self {
            Self::Sqlite(pool) => Held::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await.unwrap()),
            Self::Postgres(pool) => {
                let mut tx = pool.begin().await.unwrap();
                tx.execute("SELECT 1 FROM ledger_head FOR UPDATE").await.unwrap();
                Held::Postgres(tx)
            }
        }
    }
}

impl Held {
    /// Lets go.
    pub async fn release(self) {
        match self {
            Self::Sqlite(tx) => tx.rollback().await.unwrap(),
            Self::Postgres(tx) => tx.rollback().await.unwrap(),
        }
    }
}
