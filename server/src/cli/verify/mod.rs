//! `baodao verify`: proves that the ledger is whole, and that every projection is what its events make. A server may be running.

mod journal;
mod record;
mod rows;
mod vault;

use std::path::PathBuf;
use std::sync::Arc;

use comfy_table::Table;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use commands::Clock;
use serde::Serialize;

use super::failure::out;
use super::{Common, Failure, language, ledger};
use crate::clock::SystemClock;
use crate::store::Store;

/// What `verify` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A record to verify, offline; without it, the ledger is verified
    #[arg(requires = "trust")]
    file: Option<PathBuf>,
    /// Policy file (C2SP tlog-policy) with the keys of the log and its witnesses, as you were given them
    #[arg(long, value_name = "FILE", requires = "file", group = "trust")]
    policy: Option<PathBuf>,
    /// Public key of the log, as you were given it
    #[arg(long, requires = "file", group = "trust")]
    key: Option<String>,
    /// Public key of who issues statements, as you were given it; a policy names it with a line `issuer KEY`
    #[arg(long, value_name = "KEY", requires = "file")]
    issuer: Option<String>,
    /// A checkpoint that you kept from before: the record must continue it
    #[arg(long, value_name = "FILE", requires = "file")]
    known_head: Option<PathBuf>,
    /// How old the witnesses' signatures may be, in days
    #[arg(long, value_name = "DAYS", requires = "file")]
    max_age: Option<u64>,
    /// Only the journal, not the projections
    #[arg(long, conflicts_with = "file")]
    journal_only: bool,
}

/// One thing that was checked.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    /// What.
    pub check: String,
    /// How much of it.
    pub checked: u64,
    /// The first difference; none when it is sound.
    pub difference: Option<String>,
}

/// Verifies; fails at any difference, and names the first of each kind.
pub(super) async fn run(common: &Common, args: Args) -> Result<(), Failure> {
    if let Some(file) = &args.file {
        return record::run(common, &args, file);
    }
    let store = ledger::open_existing(common).await?;
    let findings = check(common, &store, args.journal_only).await?;
    store.close().await;
    tell(common, &findings)
}

/// Looks at the journal, and at the projections unless they are left out.
pub(super) async fn check(
    common: &Common,
    store: &Arc<Store>,
    journal_only: bool,
) -> Result<Vec<Finding>, Failure> {
    let (mut findings, promised) = journal::check(store).await?;
    let vault = ledger::closed_vault(common, store);
    findings.extend(vault::check(&vault, &promised, SystemClock.now()).await?);
    if !journal_only {
        if findings.iter().all(|finding| finding.difference.is_none()) {
            ledger::catch_up(store).await?;
        }
        findings.extend(rows::check(store).await?);
    }
    Ok(findings)
}

/// Tells what was found; a failure when there is any difference.
pub(super) fn tell(common: &Common, findings: &[Finding]) -> Result<(), Failure> {
    if common.json {
        Common::print(&findings)?;
    } else {
        let sound = language().pick("一致", "sound");
        let mut table = Table::new();
        table.load_style(UTF8_FULL_CONDENSED).set_header(["校验 check", "数量 checked", "结果 result"]);
        for finding in findings {
            let result = finding.difference.as_deref().unwrap_or(sound);
            table.add_row([finding.check.as_str(), &finding.checked.to_string(), result]);
        }
        out(&table.to_string())?;
    }
    match findings.iter().find_map(|finding| Some((&finding.check, finding.difference.as_ref()?))) {
        None => Ok(()),
        Some((check, difference)) => Err(Failure::new(
            format!("{check}: {difference}"),
            "rows of a projection: baodao rebuild NAME. The journal itself: stop writing, keep the file, and restore a backup",
        )),
    }
}
