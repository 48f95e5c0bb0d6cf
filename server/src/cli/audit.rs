//! `baodao audit`: every event is read and hashed anew.

use std::path::{Path, PathBuf};

use projections::ports::Feed;
use proofs::Checkpoint;
use proofs::note::{Note, Verifier};
use proofs::policy::Policy;

use super::failure::out;
use super::verify::Finding;
use super::{Common, Failure, language, ledger, verify};
use crate::tlog::{audit, signing};

/// What `audit` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Policy file (C2SP tlog-policy) with the keys of the log and its witnesses, as you were given them
    #[arg(long, value_name = "FILE", conflicts_with = "key")]
    policy: Option<PathBuf>,
    /// Public key of the log, as you were given it
    #[arg(long)]
    key: Option<String>,
    /// A checkpoint that you kept from before: the log must continue it
    #[arg(long, value_name = "FILE")]
    known_head: Option<PathBuf>,
    /// The log only: do not fold the projections anew
    #[arg(long)]
    log_only: bool,
}

/// Audits.
pub(super) async fn run(common: &Common, args: Args) -> Result<(), Failure> {
    let policy = believed(args.policy.as_deref(), args.key.as_deref())?;
    let known = args.known_head.as_deref().map(known_head).transpose()?;
    let brought = audit::Brought { policy, known };
    let store = ledger::open_existing(common).await?;
    let head = store.head().await?;
    let bar = ledger::progress("auditing", head);
    let shown = bar.clone();
    let found = audit::audit(&store, &brought, &move |position| shown.set_position(position)).await;
    bar.finish_and_clear();
    let found = found?.into_iter().map(|audit::Finding { check, checked, difference }| Finding {
        check: check.to_owned(),
        checked,
        difference,
    });
    let mut findings: Vec<Finding> = found.collect();
    if !args.log_only {
        findings.extend(verify::check(common, &store, false).await?);
    }
    store.close().await;
    if brought.policy.is_none() && !common.json {
        let zh = "未给出密钥：检查点的签名未核验（--policy 或 --key）";
        let en = "no key was given: the signatures of checkpoints were not verified (--policy or --key)";
        out(language().pick(zh, en))?;
    }
    verify::tell(common, &findings)
}

/// Whose signatures are believed: those of a policy, or of one key.
pub(super) fn believed(policy: Option<&Path>, key: Option<&str>) -> Result<Option<Policy>, Failure> {
    let of_key = |key: &str| {
        let key = Verifier::parse(key)
            .map_err(|error| Failure::new(error.to_string(), "expected NAME+ID+KEY").with_code(2))?;
        Ok(Policy::of_log(key))
    };
    match (policy, key) {
        (Some(path), _) => Ok(Some(signing::read(path)?)),
        (None, key) => key.map(of_key).transpose(),
    }
}

/// The checkpoint in a file.
pub(super) fn known_head(path: &Path) -> Result<Checkpoint, Failure> {
    let failed = |what: String| {
        Failure::new(
            format!("{}: {what}", path.display()),
            "expected a signed checkpoint, as `baodao log checkpoint` prints it",
        )
    };
    let text = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
    let note = Note::parse(&text).map_err(|error| failed(error.to_string()))?;
    Checkpoint::of(&note).map_err(|error| failed(error.to_string()))
}
