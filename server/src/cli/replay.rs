//! `baodao replay STREAM ID`: the history of one stream.

use aggregates::ledger::STREAM_TYPES;
use clap::builder::PossibleValuesParser;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};
use projections::HistoryLine;
use projections::ports::Feed;
use serde_json::Value;

use super::failure::out;
use super::{Common, Failure, ledger};
use crate::http::query::line;
use crate::http::query::parameters::AsOf;

/// What `replay` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Type of the stream
    #[arg(value_parser = PossibleValuesParser::new(STREAM_TYPES))]
    stream: String,
    /// Its id or code
    id: String,
    /// As it stood after this position, or by this time (RFC 3339)
    #[arg(long, value_name = "POSITION|TIME")]
    as_of: Option<String>,
}

/// Tells the history.
pub(super) async fn run(common: &Common, args: Args) -> Result<(), Failure> {
    let role = common.actor()?.role;
    let store = ledger::open_existing(common).await?;
    let until = match &args.as_of {
        None => store.head().await?,
        Some(text) => {
            let as_of = AsOf::read(text).ok_or_else(|| {
                Failure::new(
                    format!("{text} is neither a position nor a time"),
                    "such as --as-of 1200, --as-of 2026-03-02T09:00:00+08:00",
                )
            })?;
            as_of.position(store.as_ref()).await.map_err(|problem| Failure::of(&problem))?
        }
    };
    let events = store.stream(&args.stream, &args.id, until).await?;
    if events.is_empty() {
        return Err(Failure::new(
            format!("the ledger has no {} {} (up to position {until})", args.stream, args.id),
            "look for the id with `baodao export`",
        ));
    }
    let lines = events.iter().map(|event| line(event, role)).collect::<Result<Vec<_>, _>>()?;
    store.close().await;
    if common.json { Common::print(&lines) } else { out(&table(&lines).to_string()) }
}

fn table(lines: &[HistoryLine]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["位次 position", "时间 time", "事件 event", "内容 what changed", "经办 by"]);
    for line in lines {
        let time = line.occurred_at.get(..16).unwrap_or(&line.occurred_at).replace('T', " ");
        let late = if line.backfilled { " 补录" } else { "" };
        table.add_row([
            line.position.to_string(),
            format!("{time}{late}"),
            line.event_type.clone(),
            told(&line.fact),
            format!("{}/{}", line.role, line.actor),
        ]);
    }
    table
}

/// A fact in a line: names and values, what is empty left out.
fn told(fact: &Value) -> String {
    match fact {
        Value::Object(fields) => fields
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| match value {
                Value::Object(_) => format!("{name}: {{{}}}", told(value)),
                other => format!("{name} {}", told(other)),
            })
            .collect::<Vec<_>>()
            .join(", "),
        Value::Array(items) => format!("[{}]", items.iter().map(told).collect::<Vec<_>>().join(", ")),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
