//! `baodao-verify RECORD POLICY [KNOWN-HEAD]`: verifies a record of public service, alone.
//!
//! It is made of the crate `proofs` and these lines, and asks neither a network nor a ledger. The exit code tells the outcome: 0 valid,
//! 10 valid with warnings, 20 incomplete, 30 diverged, 40 invalid, 2 not understood.

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use proofs::Checkpoint;
use proofs::note::Note;
use proofs::policy::Policy;
use proofs::record::{Brought, verify};

const USAGE: &str = "usage: baodao-verify RECORD POLICY [KNOWN-HEAD]\n\
    RECORD      the file to verify\n\
    POLICY      whose signatures you believe (C2SP tlog-policy), by a way you trust and never from whoever gave you the record\n\
    KNOWN-HEAD  a checkpoint that you kept from before";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.as_slice() {
        [record, policy] => run(record, policy, None),
        [record, policy, known] => run(record, policy, Some(known)),
        _ => Err(USAGE.to_owned()),
    };
    outcome.unwrap_or_else(|trouble| {
        eprintln!("{trouble}");
        ExitCode::from(2)
    })
}

fn run(record: &str, policy: &str, known: Option<&str>) -> Result<ExitCode, String> {
    let told = |file: &str, error: &dyn std::fmt::Display| format!("{file}: {error}");
    let text = |file: &str| std::fs::read_to_string(file).map_err(|error| told(file, &error));
    let bytes = std::fs::read(record).map_err(|error| told(record, &error))?;
    let policy = Policy::parse(&text(policy)?).map_err(|error| told(policy, &error))?;
    let known = match known {
        None => None,
        Some(file) => {
            let note = Note::parse(text(file)?.as_bytes()).map_err(|error| told(file, &error))?;
            Some(Checkpoint::of(&note).map_err(|error| told(file, &error))?)
        }
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let verdict = verify(&bytes, &Brought { policy, known, max_age: None, now });
    let is_chinese = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
        .is_some_and(|value| value.starts_with("zh"));
    println!("{}", verdict.text(is_chinese));
    Ok(ExitCode::from(verdict.outcome.code()))
}
