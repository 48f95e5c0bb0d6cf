//! `baodao export KIND`: all rows of a kind as CSV, Excel or JSON.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use aggregates::Actor;
use axum::http::StatusCode;
use clap::ValueEnum;
use commands::authority::{self, Reach};
use projections::ports::{Condition, Find, Sheet};
use projections::resource::Resource;
use projections::sheets;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Common, Failure, ledger};
use crate::exchange::{self, ExportError};
use crate::http::problem::Problem;
use crate::http::query::table::Table;
use crate::reach::condition;
use crate::store::Store;

/// Rows read at once.
const PAGE: usize = 1000;

/// What `export` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to export: a resource such as members, demands, point-cards
    kind: String,
    /// Form of the file; by the name of the output, else csv
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// The file; standard output when absent
    #[arg(long, short)]
    output: Option<PathBuf>,
    /// An empty file to fill in and import; the workbook explains its columns
    #[arg(long)]
    template: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Csv,
    Xlsx,
    Json,
}

impl Args {
    fn form(&self, json: bool) -> Format {
        let ending =
            self.output.as_ref().and_then(|file| file.extension()?.to_str().map(str::to_ascii_lowercase));
        self.format.unwrap_or(match ending.as_deref() {
            Some("xlsx") => Format::Xlsx,
            Some("json") => Format::Json,
            Some("csv") => Format::Csv,
            _ if json => Format::Json,
            _ => Format::Csv,
        })
    }
}

/// Exports.
pub(super) async fn run(common: &Common, args: Args) -> Result<(), Failure> {
    let resources = sheets::resources();
    let kind = exchange::kind(&args.kind);
    let resource = resources.iter().find(|resource| resource.name == args.kind);
    if kind.is_none() && resource.is_none() {
        let mut known: Vec<&str> = resources.iter().map(|resource| resource.name).collect();
        known.extend(exchange::KINDS.iter().map(|kind| kind.name));
        known.sort_unstable();
        known.dedup();
        return Err(Failure::new(
            format!("there is no kind {}", args.kind),
            format!("known are {}", known.join(", ")),
        ));
    }
    let format = args.form(common.json);
    if format == Format::Xlsx && args.output.is_none() && std::io::stdout().is_terminal() {
        return Err(Failure::new("a workbook is no text for a terminal", "name a file with --output"));
    }
    if args.template {
        let Some(kind) = kind else {
            let known = format!("known are {}", exchange::kinds::NAMES.join(", "));
            return Err(Failure::new(format!("{} cannot be imported", args.kind), known));
        };
        let form = if format == Format::Xlsx { exchange::Format::Xlsx } else { exchange::Format::Csv };
        let bytes = exchange::template(kind, form).map_err(|error| Failure::new(error.to_string(), ""))?;
        return put(args.output.as_deref(), &bytes);
    }
    let actor = common.actor()?;
    let store = ledger::open_existing(common).await?;
    ledger::catch_up(&store).await?;
    let bytes = match (format, kind, resource) {
        // What can be imported is exported with the same columns.
        (Format::Csv | Format::Xlsx, Some(kind), _) => {
            let form = if format == Format::Csv { exchange::Format::Csv } else { exchange::Format::Xlsx };
            let conditions = within(&actor, &kind.sheet())?.into_iter().collect();
            let all = Find { conditions, limit: i32::MAX as usize, ..Find::default() };
            let found = store.seen_by(&actor).find(&kind.sheet(), &all).await?;
            let exported = exchange::export(store.as_ref(), kind, form, &actor, found).await;
            exported.map_err(failure)?.bytes
        }
        (_, _, Some(resource)) => file(format, resource, rows(&store, resource, &actor).await?)?,
        _ => {
            return Err(Failure::new(
                format!("{} is exported as csv or xlsx", args.kind),
                "use --format csv",
            ));
        }
    };
    store.close().await;
    put(args.output.as_deref(), &bytes)
}

fn failure(error: ExportError) -> Failure {
    match error {
        ExportError::Store(error) => error.into(),
        ExportError::Refused(refusal) => Failure::of(&refusal.into()),
        ExportError::Write(error) => Failure::new(error.to_string(), "try another --format"),
    }
}

fn put(output: Option<&Path>, bytes: &[u8]) -> Result<(), Failure> {
    match output {
        None => std::io::stdout().lock().write_all(bytes)?,
        Some(file) => std::fs::write(file, bytes).map_err(|error| {
            Failure::new(format!("{}: {error}", file.display()), "name a file that can be written")
        })?,
    }
    Ok(())
}

/// The condition that rows must meet for somebody to see them: whoever says whom he acts for is held to that.
fn within(actor: &Actor, sheet: &Sheet) -> Result<Option<Condition>, Failure> {
    let resource = sheets::resources().iter().find(|one| one.sheet.name == sheet.name);
    match resource.map_or(Reach::All, |resource| authority::reach(actor, resource.name)) {
        Reach::All => Ok(None),
        Reach::Within(limit) => Ok(Some(condition(&limit))),
        Reach::Nothing => Err(Failure::of(&Problem::of_status(StatusCode::FORBIDDEN))),
    }
}

async fn rows(store: &Store, resource: &Resource, actor: &Actor) -> Result<Vec<String>, Failure> {
    let mut bodies = vec![];
    let conditions = within(actor, &resource.sheet)?.into_iter().collect();
    let mut find = Find { limit: PAGE, conditions, ..Find::default() };
    loop {
        let (found, _) = store.seen_by(actor).find(&resource.sheet, &find).await?;
        let Some(last) = found.last() else { return Ok(bodies) };
        find.after = Some((last.order.clone(), last.key.clone()));
        for mut row in found {
            if authority::masks(actor.role, resource.name) {
                let failed = |error: serde_json::Error| Failure::new(error.to_string(), "");
                let mut whole: Value = serde_json::from_str(&row.body).map_err(failed)?;
                authority::mask_row(actor, resource.name, &mut whole);
                row.body = whole.to_string();
            }
            bodies.push(row.body);
        }
    }
}

fn file(format: Format, resource: &Resource, bodies: Vec<String>) -> Result<Vec<u8>, Failure> {
    let failed = |error: serde_json::Error| Failure::new(error.to_string(), "");
    match format {
        Format::Json => {
            let rows = bodies
                .into_iter()
                .map(RawValue::from_string)
                .collect::<Result<Vec<_>, _>>()
                .map_err(failed)?;
            let mut bytes = serde_json::to_vec_pretty(&rows).map_err(failed)?;
            bytes.push(b'\n');
            Ok(bytes)
        }
        Format::Csv => Table::of(resource, &bodies)?.csv().map_err(|problem| Failure::of(&problem)),
        Format::Xlsx => Table::of(resource, &bodies)?.xlsx().map_err(|problem| Failure::of(&problem)),
    }
}
