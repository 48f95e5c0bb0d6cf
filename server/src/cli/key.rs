//! `baodao key`: a key for a log, a witness, or statements.

use std::path::PathBuf;

use proofs::note::Kind;
use serde_json::json;

use super::failure::out;
use super::{Common, Failure, language};
use crate::tlog::home::Home;

/// What `key` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder that it is kept in; nobody but its owner may read there
    folder: PathBuf,
    /// What the key is called: an address without scheme that is nobody else's, such as ledger.example/5202
    #[arg(long)]
    name: String,
    /// A witness's key instead of a log's
    #[arg(long, conflicts_with = "statement")]
    witness: bool,
    /// A recording organisation's, for statements on records, instead of a log's
    #[arg(long)]
    statement: bool,
}

/// Makes it, and tells the public part.
pub(super) fn run(common: &Common, args: &Args) -> Result<(), Failure> {
    let kind = match (args.witness, args.statement) {
        (true, _) => Kind::Cosignature,
        (_, true) => Kind::Statement,
        _ => Kind::Note,
    };
    let key = Home::open(&args.folder)?.make_key(&args.name, kind)?;
    let public = key.verifier().to_string();
    if common.json {
        return Common::print(&json!({"public_key": public, "folder": args.folder}));
    }
    out(language().pick(
        "公钥（请经可靠渠道交给核验方）：",
        "public key (hand it to those who verify, by a way they trust):",
    ))?;
    out(&public)
}
