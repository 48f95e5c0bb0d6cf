//! `/journal`: the journal with filters, and one event of it with everything that is known of it.

use axum::extract::Path;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::super::interface::{escaped, written};
use super::super::visit::Visit;
use super::{moment, resolve, view};
use crate::http::problem::Problem;

/// Events on a page.
const EVENTS: &str = "50";
/// What the address may ask, by what the interface calls it.
const FILTERS: [&str; 9] =
    ["stream_type", "stream", "type", "actor", "role", "organisation", "event_id", "from", "to"];

/// The journal, a page at a time.
pub(super) async fn list(visit: Visit) -> Result<Response, Problem> {
    let order = visit.asked("order").filter(|order| *order == "oldest").unwrap_or("newest");
    let mut filters: Vec<(&str, String)> = vec![];
    for name in FILTERS {
        let Some(value) = visit.asked(name) else { continue };
        let value = if matches!(name, "from" | "to") { moment::of(value) } else { value.trim().to_owned() };
        filters.push((name, value));
    }
    let bounds =
        ["after", "before"].into_iter().filter_map(|name| Some((name, visit.asked(name)?.to_owned())));
    let bounds: Vec<(&str, String)> = bounds.collect();
    let mut query: Vec<(&str, &str)> =
        filters.iter().chain(&bounds).map(|(name, value)| (*name, value.as_str())).collect();
    query.extend([("order", order), ("limit", EVENTS)]);
    let answer = visit.get_plain("/v1/events", &query).await?;
    let next = answer.next.as_deref().and_then(|link| link.split_once('?'));
    let next = next.map(|(_, query)| {
        let order = if query.contains("order=") { "" } else { "&order=oldest" };
        visit.link(&format!("/journal?{query}{order}"))
    });
    let shown: Vec<(&str, &str)> = filters.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let other = if order == "newest" { "oldest" } else { "newest" };
    let turned = [shown.as_slice(), &[("order", other)]].concat();
    let typed: Map<String, Value> = FILTERS
        .iter()
        .map(|name| ((*name).to_owned(), Value::from(visit.asked(name).unwrap_or_default())))
        .collect();
    visit.show(
        "auditor/journal.html",
        json!({
            "events": view::events(&answer.body),
            "typed": typed,
            "order": order,
            "is_narrowed": !filters.is_empty(),
            "kinds": resolve::KINDS,
            "facts": facts(),
            "next": next,
            "turned": visit.link(&format!("/journal?{}", written(&turned))),
            "is_first": bounds.is_empty(),
            "position": answer.position,
        }),
    )
}

/// The names of all facts.
fn facts() -> Vec<&'static str> {
    let mut names: Vec<&str> = aggregates::ledger::versions().iter().map(|(_, name, _)| *name).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// One event.
pub(super) async fn entry(visit: Visit, Path(position): Path<String>) -> Result<Response, Problem> {
    let entry = visit.get_plain(&format!("/v1/events/{}", escaped(&position)), &[]).await?.body;
    let stream = entry["stream"].as_str().unwrap_or_default();
    let (kind, id) = stream.split_once('/').unwrap_or((stream, ""));
    let at = entry["position"].as_u64().unwrap_or_default();
    let head = entry["head"].as_u64().unwrap_or_default();
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap_or_default();
    visit.show(
        "auditor/entry.html",
        json!({
            "kind": kind,
            "id": id,
            "replay": format!("{}?at={at}", resolve::replay(kind, id)),
            "previous": (at > 1).then(|| at - 1),
            "next": (at < head).then(|| at + 1),
            "payload": pretty(&entry["payload"]),
            "metadata": pretty(&entry["metadata"]),
            "entry": entry,
        }),
    )
}
