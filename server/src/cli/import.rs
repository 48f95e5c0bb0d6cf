//! `baodao import KIND FILE`: a CSV or Excel file recorded as a whole, or nothing of it.

use std::path::PathBuf;

use commands::Envelope;

use super::{Common, Failure, failure, language, ledger};
use crate::exchange::{self, Faults, Import, Imported, NotImported};
use crate::http::caller;
use crate::http::language::Language;

/// What `import` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What stands in the file: divisions, units, members, reports …
    kind: String,
    /// The file: CSV or xlsx
    file: PathBuf,
    /// Decide everything and tell what would be recorded, but store nothing
    #[arg(long)]
    dry_run: bool,
    /// Business time of all rows, RFC 3339; now when absent
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Why the records are late or corrections; never a person's name
    #[arg(long)]
    reason: Option<String>,
    /// Opaque id of the second person who approves late records
    #[arg(long, value_name = "ID")]
    approved_by: Option<String>,
}

/// Imports.
pub(super) async fn run(common: &Common, args: Args) -> Result<(), Failure> {
    let kind = exchange::kind(&args.kind).ok_or_else(|| {
        let known = format!("known are {}", exchange::kinds::NAMES.join(", "));
        Failure::new(format!("there is no kind of file {}", args.kind), known)
    })?;
    let mut envelope = envelope(common, &args)?;
    let bytes = std::fs::read(&args.file).map_err(|error| {
        Failure::new(format!("{}: {error}", args.file.display()), "name a CSV or xlsx file that can be read")
    })?;
    let import = Import::read(kind, &bytes).map_err(|faults| faulty(common, &faults))?;
    envelope = import.envelope(envelope);
    let store =
        if args.dry_run { ledger::open_existing(common).await? } else { ledger::open(common).await? };
    let desk = ledger::desk(common, &store).await?;
    let outcome = if args.dry_run {
        import.rehearse(&desk, &envelope).await
    } else {
        import.submit(&desk, &envelope).await
    };
    store.close().await;
    let imported = outcome.map_err(|error| match error {
        NotImported::Faults(faults) => faulty(common, &faults),
        NotImported::Trouble(trouble) => trouble.into(),
    })?;
    if common.json { Common::print(&imported) } else { failure::out(&sentence(&imported)) }
}

fn envelope(common: &Common, args: &Args) -> Result<Envelope, Failure> {
    let mut envelope = Envelope::new(common.actor()?);
    if let Some(at) = &args.at {
        let at = caller::moment(at).ok_or_else(|| {
            Failure::new(format!("--at {at} is no time"), "write it as 2026-03-02T09:00:00+08:00")
        })?;
        envelope.at = Some(at);
    }
    envelope.reason.clone_from(&args.reason);
    if let Some(id) = &args.approved_by {
        let id =
            id.parse().map_err(|_| Failure::new(format!("{id} is no id"), "use letters, digits, - _ . :"))?;
        envelope.approved_by = Some(id);
    }
    Ok(envelope)
}

/// Every fault on standard error, one a line; with `--json` all of them as one value on standard output.
fn faulty(common: &Common, faults: &Faults) -> Failure {
    if common.json {
        if let Err(failure) = Common::print(faults) {
            return failure;
        }
    } else {
        let english = language() == Language::En;
        for fault in &faults.faults {
            eprintln!("{}", if english { fault.en() } else { fault.zh() });
        }
        if let Some(rest) = faults.rest() {
            eprintln!("{}", if english { rest.en } else { rest.zh });
        }
    }
    let count = faults.count();
    let (what, next) = language().pick_pair(
        ("处错误，全部未入库", "改正后重新导入；--dry-run 可先核对"),
        (
            " faults; nothing was imported",
            "correct them and import the file again; --dry-run checks it first",
        ),
    );
    Failure::new(format!("{count}{what}"), next)
}

fn sentence(imported: &Imported) -> String {
    let events: Vec<String> = imported.events.iter().map(|(name, count)| format!("{name} {count}")).collect();
    let events = if events.is_empty() { "–".to_owned() } else { events.join(", ") };
    let rows = imported.rows;
    let (zh, en) = match (imported.dry_run, imported.repeat) {
        (_, true) => ("此前已导入同一文件，无新增", "the very same file was imported before; nothing new"),
        (true, false) => ("试运行，未入库；将记录", "dry run, nothing stored; would record"),
        (false, false) => ("已入库", "recorded"),
    };
    let position = imported.position.map(|position| format!(" @{position}")).unwrap_or_default();
    match language() {
        Language::Zh => format!("{rows} 行；{zh}：{events}{position}"),
        Language::En => format!("{rows} rows; {en}: {events}{position}"),
    }
}
