//! Audits that were run from within, so that what they found outlives the process. Written once for both databases.

use chrono::{DateTime, SecondsFormat, Utc};
use projections::ports::StoreError;

use super::generations::{Tries, cell, number};
use super::reader::as_signed;
use super::sql::{Bind, Cells, SheetDb};

/// How many are kept: older ones go.
const KEPT: usize = 200;

/// An audit as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Its id.
    pub audit: String,
    /// Opaque id of whoever asked for it.
    pub asked_by: String,
    /// In what capacity.
    pub asked_role: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When whoever runs it last told of it.
    pub beat_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// The name of its state.
    pub state: String,
    /// Where the ledger ended when it began.
    pub head: u64,
    /// The position reached.
    pub position: u64,
    /// What was found, as JSON; empty until then.
    pub findings: String,
    /// Why it failed.
    pub trouble: Option<String>,
}

/// The audits of a database.
#[derive(Clone, Copy)]
pub struct AuditStore<'a> {
    pub(super) db: &'a dyn SheetDb,
}

impl AuditStore<'_> {
    /// Keeps an audit in place of how it stood before. The oldest go when there are many.
    pub async fn keep(&self, row: &AuditRow) -> Result<(), StoreError> {
        let binds = vec![
            text(&row.audit),
            text(&row.asked_by),
            text(&row.asked_role),
            moment(row.started_at),
            moment(row.beat_at),
            row.ended_at.map_or_else(|| text(""), moment),
            text(&row.state),
            Bind::Number(as_signed(row.head)),
            Bind::Number(as_signed(row.position)),
            text(&row.findings),
            text(row.trouble.as_deref().unwrap_or_default()),
        ];
        let insert = "INSERT INTO audits (audit, asked_by, asked_role, started_at, beat_at, ended_at, state, head, position, findings, trouble) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        let forget = format!(
            "DELETE FROM audits WHERE audit IN (SELECT audit FROM audits ORDER BY started_at DESC, audit DESC LIMIT 1000 OFFSET {KEPT})"
        );
        let mut tries = Tries::default();
        loop {
            let mut tx = self.db.begin().await?;
            let outcome = async {
                tx.run("DELETE FROM audits WHERE audit = $1", vec![text(&row.audit)]).await?;
                tx.run(insert, binds.clone()).await?;
                tx.run(&forget, vec![]).await?;
                Ok(())
            };
            let outcome = outcome.await;
            if let Some(done) = tries.settle(tx, outcome).await {
                return done;
            }
        }
    }

    /// The audit of this id.
    pub async fn one(&self, audit: &str) -> Result<Option<AuditRow>, StoreError> {
        Ok(self.found("WHERE audit = $1", vec![text(audit)]).await?.pop())
    }

    /// The newest ones, at most so many.
    pub async fn newest(&self, limit: usize) -> Result<Vec<AuditRow>, StoreError> {
        self.found(&format!("ORDER BY started_at DESC, audit DESC LIMIT {limit}"), vec![]).await
    }

    async fn found(&self, which: &str, binds: Vec<Bind>) -> Result<Vec<AuditRow>, StoreError> {
        let sql = format!(
            "SELECT audit, asked_by, asked_role, started_at, beat_at, ended_at, state, CAST(head AS text), CAST(position AS text), findings, trouble FROM audits {which}"
        );
        self.db.read(&sql, binds).await?.iter().map(read).collect()
    }
}

fn read(row: &Cells) -> Result<AuditRow, StoreError> {
    let of = |number| cell(row, number).map(str::to_owned);
    let some = |number| Ok::<_, StoreError>(Some(cell(row, number)?).filter(|text| !text.is_empty()));
    Ok(AuditRow {
        audit: of(0)?,
        asked_by: of(1)?,
        asked_role: of(2)?,
        started_at: instant(cell(row, 3)?)?,
        beat_at: instant(cell(row, 4)?)?,
        ended_at: some(5)?.map(instant).transpose()?,
        state: of(6)?,
        head: number(row, 7)?,
        position: number(row, 8)?,
        findings: of(9)?,
        trouble: some(10)?.map(str::to_owned),
    })
}

fn text(text: &str) -> Bind {
    Bind::Text(text.to_owned())
}

/// Of one width, so that texts compare as times do.
fn moment(at: DateTime<Utc>) -> Bind {
    Bind::Text(at.to_rfc3339_opts(SecondsFormat::Millis, true))
}

fn instant(text: &str) -> Result<DateTime<Utc>, StoreError> {
    DateTime::parse_from_rfc3339(text)
        .map(|at| at.to_utc())
        .map_err(|error| StoreError::Damaged(format!("an audit's time: {error}")))
}
