//! `baodao verify FILE`: a record, offline.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use proofs::note::Verifier;
use proofs::record::{self, Brought, Told};
use serde_json::json;

use super::Args;
use crate::cli::audit::{believed, known_head};
use crate::cli::failure::out;
use crate::cli::{Common, Failure, language};
use crate::http::language::Language;

/// Seconds of a day.
const DAY: u64 = 86_400;

/// Verifies the record in the file. Neither the ledger nor the network is asked.
pub(super) fn run(common: &Common, args: &Args, file: &Path) -> Result<(), Failure> {
    let policy = believed(args.policy.as_deref(), args.key.as_deref())?.ok_or_else(|| {
        Failure::new(
            "whose signature is to be believed?",
            "--policy FILE, or --key KEY, as you were given them by a way you trust; never out of the record",
        )
        .with_code(2)
    })?;
    let policy = match &args.issuer {
        None => policy,
        Some(key) => Verifier::parse(key)
            .and_then(|key| policy.with_issuer(key))
            .map_err(|error| Failure::new(error.to_string(), "expected NAME+ID+KEY").with_code(2))?,
    };
    let known = args.known_head.as_deref().map(known_head).transpose()?;
    let bytes = std::fs::read(file).map_err(|error| {
        Failure::new(format!("{}: {error}", file.display()), "name the file of a record").with_code(2)
    })?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let max_age = args.max_age.map(|days| days * DAY);
    let verdict = record::verify(&bytes, &Brought { policy, known, max_age, now });
    if common.json {
        let findings: Vec<_> = verdict
            .findings
            .iter()
            .map(|one| json!({"outcome": one.outcome.name(), "zh": one.zh, "en": one.en}))
            .collect();
        let (kind, id) = verdict.subject.clone().unzip();
        Common::print(&json!({
            "outcome": verdict.outcome.name(), "kind": kind, "id": id, "events": verdict.events, "size": verdict.size,
            "totals": verdict.totals, "statement": verdict.statement.as_ref().map(Told::json), "findings": findings,
            "witnessed": verdict.witnessed.iter().map(|(name, at)| json!({"name": name, "at": at})).collect::<Vec<_>>(),
        }))?;
    } else {
        out(&verdict.text(language() == Language::Zh))?;
    }
    match verdict.outcome.code() {
        0 => Ok(()),
        code => Err(Failure::told(code)),
    }
}
