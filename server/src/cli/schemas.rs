//! `baodao schemas [--check]`: the schemas of events and of the interface, as they are committed.

use std::path::PathBuf;

use aggregates::ledger;
use serde_json::Value;

use super::failure::out;
use super::{Common, Failure, language};
use crate::http::openapi;

/// What `schemas` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only compare; fail where a file differs
    #[arg(long)]
    check: bool,
    /// The folder of the documents
    #[arg(long, default_value = "docs")]
    folder: PathBuf,
}

/// Every committed schema: path within the folder, and content.
pub fn files() -> Vec<(String, String)> {
    let mut files = vec![("openapi.json".to_owned(), text(&openapi::document()))];
    for (kind, schema) in ledger::schemas() {
        files.push((format!("events/{kind}.json"), text(schema.as_value())));
    }
    files
}

fn text(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

/// Writes or compares the files.
pub(super) fn run(common: &Common, args: &Args) -> Result<(), Failure> {
    let mut different = vec![];
    let files = files();
    for (name, content) in &files {
        let path = args.folder.join(name);
        if std::fs::read_to_string(&path).is_ok_and(|found| found == *content) {
            continue;
        }
        if !args.check {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            std::fs::write(&path, content)?;
        }
        different.push(path.display().to_string());
    }
    if args.check && !different.is_empty() {
        return Err(Failure::new(
            format!("these files are not what the program says: {}", different.join(", ")),
            "baodao schemas",
        ));
    }
    if common.json {
        return Common::print(&serde_json::json!({"files": files.len(), "written": different}));
    }
    let zh = format!("{} 个文件，更新 {} 个", files.len(), different.len());
    let en = format!("{} files, {} written", files.len(), different.len());
    out(language().pick(&zh, &en))
}
