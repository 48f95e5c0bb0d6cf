//! `baodao vault`: how the vault stands, and changing its key.

use clap::Subcommand;
use serde_json::json;

use super::failure::out;
use super::{Common, Failure, language, ledger};
use crate::vault::RotateError;
use crate::vault::suite::Suite;

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// How much is kept, and where the key is 状态
    Status,
    /// Change the key: backups of the database from before cannot be opened any more 更换密钥
    Rotate {
        /// Of this suite from now on; without it, of the same as before 算法套件
        #[arg(long)]
        suite: Option<Suite>,
    },
}

/// Does it.
pub(super) async fn run(common: &Common, command: Command) -> Result<(), Failure> {
    let store = ledger::open_existing(common).await?;
    let vault = ledger::vault(common, &store).await?;
    if let Command::Rotate { suite } = command {
        vault.rotate(suite).await?;
    }
    let standing = vault.standing().await?;
    store.close().await;
    if common.json {
        return Common::print(&json!(standing));
    }
    let key = standing.key.as_ref().map_or_else(|| "–".to_owned(), |file| file.display().to_string());
    out(&format!("{}: {key}", language().pick("密钥文件", "key")))?;
    if let Some(suite) = standing.suite {
        let (zh, en) = match suite {
            Suite::Aes => ("AES-256-GCM、HMAC-SHA-256", "AES-256-GCM, HMAC-SHA-256"),
            Suite::Sm => ("SM4-GCM、HMAC-SM3", "SM4-GCM, HMAC-SM3"),
        };
        out(&format!("{}: {}", language().pick("算法", "sealed with"), language().pick(zh, en)))?;
    }
    if let Some(why) = &standing.closed {
        out(&format!("{}: {why}", language().pick("未启用", "closed")))?;
    }
    let (subjects, entries, erased) = (standing.subjects, standing.entries, standing.erased);
    let zh = format!("主体 {subjects}，条目 {entries}，已登记删除 {erased}");
    let en = format!("{entries} entries of {subjects} subjects; {erased} registered as erased");
    out(language().pick(&zh, &en))
}

impl From<RotateError> for Failure {
    fn from(error: RotateError) -> Self {
        Self::new(error.to_string(), "`baodao vault status` tells how it stands")
    }
}
