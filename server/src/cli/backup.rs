//! `baodao backup FILE`: a whole copy of a SQLite ledger. A server may be running.

use std::path::PathBuf;

use serde_json::json;

use super::failure::out;
use super::{Common, Failure, language, ledger};
use crate::store::backup::{self, BackupError};

/// What `backup` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file to make; it must not be there yet
    file: PathBuf,
}

/// Backs up.
pub(super) async fn run(common: &Common, args: Args) -> Result<(), Failure> {
    ledger::must_exist(common)?;
    let copied = backup::copy(&common.database, &args.file).await?;
    let file = args.file.display();
    if common.json {
        return out(&json!({"file": file.to_string(), "position": copied.position, "bytes": copied.bytes})
            .to_string());
    }
    let zh = format!("已备份至 {file}：截至第 {} 位，{} 字节", copied.position, copied.bytes);
    let en = format!("backed up to {file}: up to position {}, {} bytes", copied.position, copied.bytes);
    out(language().pick(&zh, &en))
}

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Self {
        let next = match &error {
            BackupError::Address(_) => "name the ledger with --database, or in BAODAO_DATABASE",
            BackupError::Postgres => "docs/operations.md, Backup, shows both commands",
            BackupError::Taken(_) => "name another file",
            BackupError::Failed { .. } => "is there room, and may this user write there?",
            BackupError::Unsound(_) => "baodao verify tells whether the ledger itself is sound",
        };
        Self::new(error.to_string(), next)
    }
}
