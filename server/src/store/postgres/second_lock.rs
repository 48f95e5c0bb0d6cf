//! The second lock: row-level security on the tables of rows that are read for callers (docs/adr/0018). It holds where a condition was forgotten.

use std::time::Duration;

use projections::ports::Sheet;
use sqlx::postgres::PgConnection;
use sqlx::{Executor, raw_sql};

use super::policies::{self, ROLES};
use crate::store::sql::{Bind, SheetTx, SqlFailure};

const ROLES_SQL: &str = include_str!("../../../migrations/postgres/readers.sql");

/// Whether there are roles that read for callers; makes them where they are missing. If that may not be, the log says so.
pub(super) async fn is_there(connection: &mut PgConnection) -> bool {
    let made = roles(connection).await;
    if let Err(error) = &made {
        tracing::warn!(%error, "rows are locked once, by this program alone, and not by the database: this role may not make those that read for callers. docs/operations.md, PostgreSQL roles, tells how somebody else does");
    }
    made.is_ok()
}

async fn roles(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let mut tries = 0;
    while let Err(error) = connection.execute(raw_sql(ROLES_SQL)).await {
        tries += 1;
        // Another process did the same at the same moment.
        if super::state(&error).as_deref() != Some("XX000") || tries > 10 {
            return Err(error);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// Locks a table: those who read for callers may read it, and row-level security says what of it.
pub(super) async fn guard(tx: &mut dyn SheetTx, sheet: &Sheet, table: &str) -> Result<(), SqlFailure> {
    if !policies::is_read(sheet) {
        return Ok(());
    }
    let named = || vec![Bind::Text(table.to_owned())];
    let found = tx
        .run("SELECT CAST(polname AS text) FROM pg_policy WHERE polrelid = to_regclass($1)", named())
        .await?;
    let found: Vec<String> = found.into_iter().filter_map(|row| row.into_iter().next().flatten()).collect();
    let wanted = policies::policies(sheet, table);
    for other in policies::looked_into(sheet) {
        look(tx, &other).await?;
    }
    let is_on = tx
        .run("SELECT relname::text FROM pg_class WHERE oid = to_regclass($1) AND relrowsecurity", named())
        .await?;
    if !is_on.is_empty() && found.len() == wanted.len() && wanted.iter().all(|one| found.contains(&one.name))
    {
        return Ok(());
    }
    tx.run(&format!(r#"ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY"#), vec![]).await?;
    let readers = ROLES.map(policies::reader).join(", ");
    tx.run(&format!(r#"GRANT SELECT ON "{table}" TO {readers}"#), vec![]).await?;
    for stale in found.iter().filter(|name| !wanted.iter().any(|one| one.name == **name)) {
        tx.run(&format!(r#"DROP POLICY "{stale}" ON "{table}""#), vec![]).await?;
    }
    for policy in wanted.iter().filter(|one| !found.contains(&one.name)) {
        tx.run(&policy.statement, vec![]).await?;
    }
    Ok(())
}

/// The live rows of the sheet are in this table from now on, for the policies that look into them.
pub(super) async fn point(tx: &mut dyn SheetTx, sheet: &Sheet, table: &str) -> Result<(), SqlFailure> {
    if policies::is_read(sheet) {
        // The table of a sheet that is made later is not there yet.
        tx.run("SELECT set_config('check_function_bodies', 'off', true)", vec![]).await?;
        tx.run(&policies::point(sheet, table), vec![]).await?;
    }
    Ok(())
}

/// Makes the function that tells the live rows, where it is missing.
async fn look(tx: &mut dyn SheetTx, sheet: &Sheet) -> Result<(), SqlFailure> {
    let known =
        tx.run("SELECT CAST(to_regproc($1) AS text)", vec![Bind::Text(policies::live(sheet))]).await?;
    if known.first().is_some_and(|row| row.first().is_some_and(Option::is_some)) {
        return Ok(());
    }
    // Locked: whoever switches meanwhile would point it away from here.
    let sql = "SELECT table_name FROM projections WHERE name = $1 AND state = 'live' FOR UPDATE";
    let live = tx.run(sql, vec![Bind::Text(sheet.name.to_owned())]).await?;
    let live = live.into_iter().next().and_then(|row| row.into_iter().next().flatten());
    let table = live.unwrap_or_else(|| crate::store::sheet::table(sheet.name, 1));
    point(tx, sheet, &table).await
}
