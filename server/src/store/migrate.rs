//! Versioned migrations: plain SQL files, each applied once, in one transaction.

/// One step of the schema.
pub(super) struct Migration {
    /// 1, 2, 3 …
    pub version: i64,
    /// File name without its number.
    pub name: &'static str,
    /// Statements.
    pub sql: &'static str,
}

/// Of the SQLite file.
pub(super) const SQLITE: &[Migration] = &[
    Migration { version: 1, name: "ledger", sql: include_str!("../../migrations/sqlite/0001_ledger.sql") },
    Migration { version: 2, name: "log", sql: include_str!("../../migrations/sqlite/0002_log.sql") },
    Migration { version: 3, name: "vault", sql: include_str!("../../migrations/sqlite/0003_vault.sql") },
    Migration { version: 4, name: "logins", sql: include_str!("../../migrations/sqlite/0004_logins.sql") },
    Migration { version: 5, name: "audits", sql: include_str!("../../migrations/sqlite/0005_audits.sql") },
    Migration { version: 6, name: "sm3", sql: include_str!("../../migrations/sqlite/0006_sm3.sql") },
];

/// Of the PostgreSQL schema.
pub(super) const POSTGRES: &[Migration] = &[
    Migration { version: 1, name: "ledger", sql: include_str!("../../migrations/postgres/0001_ledger.sql") },
    Migration { version: 2, name: "log", sql: include_str!("../../migrations/postgres/0002_log.sql") },
    Migration { version: 3, name: "vault", sql: include_str!("../../migrations/postgres/0003_vault.sql") },
    Migration { version: 4, name: "logins", sql: include_str!("../../migrations/postgres/0004_logins.sql") },
    Migration { version: 5, name: "audits", sql: include_str!("../../migrations/postgres/0005_audits.sql") },
    Migration { version: 6, name: "sm3", sql: include_str!("../../migrations/postgres/0006_sm3.sql") },
];

/// The newest version that this program knows.
pub(super) fn newest(migrations: &[Migration]) -> i64 {
    migrations.iter().map(|migration| migration.version).max().unwrap_or(0)
}
