//! `baodao record`: a verified record in a file.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::json;

use super::failure::out;
use super::log::LogArgs;
use super::{Common, Failure, language, ledger};
use crate::store::LedgerName;
use crate::tlog::record::{Asked, RecordError, Recorder};

/// What `record` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Id of the member
    id: String,
    /// A unit's instead of a member's
    #[arg(long)]
    unit: bool,
    /// What it is for; it is written into the record
    #[arg(long)]
    purpose: String,
    /// Size of a checkpoint that the reader kept: the record proves that it continues it
    #[arg(long)]
    since: Option<u64>,
    /// The member's name, shown beside the statement: whoever holds the record can withhold it
    #[arg(long)]
    name: Option<String>,
    /// Notes on the certificate
    #[arg(long)]
    notes: Option<String>,
    /// File to write to, which must not be there yet; standard output without it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    log: LogArgs,
}

/// Makes it.
pub(super) async fn run(common: &Common, args: Args) -> Result<(), Failure> {
    if let Some(file) = args.out.as_ref().filter(|file| file.exists()) {
        return Err(Failure::new(
            format!("{} is there already", file.display()),
            "name another file with --out",
        ));
    }
    let store = ledger::open_existing(common).await?;
    let signing = args.log.plan().of(&LedgerName::default(), &common.database);
    let publisher = signing.publisher(&store)?.ok_or_else(|| {
        Failure::new(
            "nobody signs this ledger",
            "name a folder with --log-key, or a signer with --log-signer",
        )
    })?;
    let kind = if args.unit { "unit" } else { "member" };
    let recorder = Recorder::new(Arc::clone(&store), Arc::new(ledger::desk(&store)));
    let asked = Asked {
        kind,
        id: &args.id,
        purpose: &args.purpose,
        since: args.since,
        name: args.name.as_deref(),
        notes: args.notes.as_deref(),
    };
    let made = recorder.record(&publisher, &asked).await;
    store.close().await;
    let record = made?;
    let Some(file) = args.out else { return Common::print(&record) };
    let text = serde_json::to_string_pretty(&record).map_err(|error| Failure::new(error.to_string(), ""))?;
    std::fs::write(&file, text)?;
    if common.json {
        return Common::print(&json!({"file": file, "events": record.events.len()}));
    }
    let zh = format!("核验记录（{} 个事件）已写入 {}", record.events.len(), file.display());
    let en = format!("wrote the record of {} events to {}", record.events.len(), file.display());
    out(language().pick(&zh, &en))
}

impl From<RecordError> for Failure {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::Trouble(trouble) => trouble.into(),
            RecordError::Publish(error) => error.into(),
            RecordError::Store(error) => error.into(),
            unknown @ RecordError::Unknown(..) => {
                Self::new(unknown.to_string(), "look for the id: baodao export members")
            }
        }
    }
}
