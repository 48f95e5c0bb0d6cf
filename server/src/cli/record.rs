//! `baodao record`: a verified record in a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use proofs::record::Record;
use serde_json::json;

use super::failure::out;
use super::log::LogArgs;
use super::{Common, Failure, language, ledger};
use crate::certificate::{self, CertificateError, Fonts, Names};
use crate::persons::Reading;
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
    /// File for a certificate that carries the record, which must not be there yet
    #[arg(long, value_name = "FILE")]
    pdf: Option<PathBuf>,
    /// Address of the server whose page checks records, for the certificate
    #[arg(long, value_name = "URL", env = "BAODAO_PUBLIC_URL", default_value = "http://127.0.0.1:8300")]
    public_url: String,
    /// File with the Chinese font of the certificate; by default the best one that is installed
    #[arg(long, value_name = "FILE", env = "BAODAO_FONT")]
    font: Option<PathBuf>,
    /// File to write to, which must not be there yet; standard output without it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    log: LogArgs,
}

/// Makes it.
pub(super) async fn run(common: &Common, args: Args) -> Result<(), Failure> {
    let files = || args.out.iter().chain(&args.pdf);
    if let Some(file) = files().find(|file| file.exists()) {
        return Err(Failure::new(
            format!("{} is there already", file.display()),
            "name another file with --out or --pdf",
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
    let fonts = args.pdf.as_ref().map(|_| Fonts::shared(args.font.as_deref())).transpose();
    let fonts = fonts.map_err(CertificateError::from)?;
    let desk = Arc::new(ledger::desk(common, &store).await?);
    let recorder = Recorder::new(Arc::clone(&store), Arc::clone(&desk));
    let kept = match (args.name.is_none(), kind) {
        (true, "member") => {
            let vault = ledger::vault(common, &store).await?;
            Reading { store: &store, desk: &desk, vault: &vault }.name(&args.id).await
        }
        _ => None,
    };
    let asked = Asked {
        kind,
        id: &args.id,
        purpose: &args.purpose,
        since: args.since,
        name: args.name.as_deref().or(kept.as_deref()),
        notes: args.notes.as_deref(),
    };
    let made = recorder.record(&publisher, &asked).await;
    let named = match (&made, &fonts) {
        (Ok(record), Some(_)) => Some(Names::of(record, &desk).await),
        _ => None,
    };
    store.close().await;
    let record = made?;
    if let (Some(file), Some(fonts), Some(names)) = (&args.pdf, &fonts, named) {
        let check_at = format!("{}/check", args.public_url.trim_end_matches('/'));
        std::fs::write(file, certificate::pdf(&record, &names?, fonts, &check_at)?)?;
        if args.out.is_none() {
            return told(common, &record, file);
        }
    }
    let Some(file) = args.out else { return Common::print(&record) };
    let text = serde_json::to_string_pretty(&record).map_err(|error| Failure::new(error.to_string(), ""))?;
    std::fs::write(&file, text)?;
    told(common, &record, &file)
}

fn told(common: &Common, record: &Record, file: &Path) -> Result<(), Failure> {
    if common.json {
        return Common::print(&json!({"file": file, "events": record.events.len()}));
    }
    let zh = format!("核验记录（{} 个事件）已写入 {}", record.events.len(), file.display());
    let en = format!("wrote the record of {} events to {}", record.events.len(), file.display());
    out(language().pick(&zh, &en))
}

impl From<CertificateError> for Failure {
    fn from(error: CertificateError) -> Self {
        let next = match &error {
            CertificateError::Font(_) => "apt-get install fonts-noto-cjk",
            CertificateError::Unstated => "baodao key FOLDER --statement makes a key",
            CertificateError::Pdf(_) => "report this as a defect",
        };
        Self::new(error.to_string(), next)
    }
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
