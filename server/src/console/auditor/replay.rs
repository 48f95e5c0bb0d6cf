//! `/replay`: a stream moment by moment: its events, the state after each with what it changed, what is proved, and two moments side by side.

use aggregates::ledger::STREAM_TYPES;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Value, json};

use super::super::interface::written;
use super::super::visit::Visit;
use super::{moment, resolve, view};
use crate::http::problem::Problem;

/// Events on a page.
const EVENTS: usize = 200;
/// Streams that something happened in lately.
const RECENT: usize = 12;
/// Moments that a script asks for at once.
const MOMENTS: usize = 24;

/// What to play, by kind and id, or out of what happened lately.
pub(super) async fn choose(visit: Visit) -> Result<Response, Problem> {
    let asked = visit.asked("q").map(str::to_owned);
    if let Some(text) = &asked
        && let Some(found) = resolve::of(&visit, visit.asked("kind"), text).await?
    {
        return Ok(Redirect::to(&visit.link(&found)).into_response());
    }
    let newest = visit.get_plain("/v1/events", &[("order", "newest"), ("limit", "300")]).await?.body;
    let mut recent: Vec<Value> = vec![];
    for event in view::events(&newest) {
        let is_known = recent.iter().any(|one| one["replay"] == event["replay"]);
        // What the house records of itself is not what one looks for.
        if !is_known && !matches!(event["kind"].as_str(), Some("log" | "reading")) {
            recent.push(event);
        }
        if recent.len() == RECENT {
            break;
        }
    }
    let status = if asked.is_some() { StatusCode::NOT_FOUND } else { StatusCode::OK };
    let context =
        json!({ "q": asked, "kind": visit.asked("kind"), "kinds": resolve::KINDS, "recent": recent });
    let mut response = visit.show("auditor/choose.html", context)?;
    *response.status_mut() = status;
    response.extensions_mut().insert(crate::http::edge::Told);
    Ok(response)
}

/// A stream at a moment.
pub(super) async fn page(
    visit: Visit,
    Path((kind, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let kind = STREAM_TYPES.iter().copied().find(|known| *known == kind);
    let kind = kind.ok_or_else(|| Problem::of_status(StatusCode::NOT_FOUND))?;
    if visit.asked("part") == Some("moments") {
        return moments(&visit, kind, &id).await;
    }
    let at = visit.asked("at").map(moment::of);
    let with = visit.asked("with").map(moment::of);
    let limit = EVENTS.to_string();
    let path = format!("{}/replay", resolve::stream(kind, &id));
    let first = visit.get_plain(&path, &query(at.as_deref(), with.as_deref(), None, &limit)).await?.body;
    let positions: Vec<u64> =
        first["positions"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
    let here = first["moments"][0]["at"].as_u64().unwrap_or_default();
    // Which page of events holds the moment is known when all positions are.
    let place = positions.iter().rposition(|position| *position <= here);
    let from = place.unwrap_or_default() / EVENTS * EVENTS;
    let after = from.checked_sub(1).and_then(|place| positions.get(place)).copied();
    let replay = if after.is_some() {
        let (here, after) = (here.to_string(), after.map(|after| after.to_string()));
        visit.get_plain(&path, &query(Some(&here), with.as_deref(), after.as_deref(), &limit)).await?.body
    } else {
        first
    };
    let own = visit.link(&resolve::replay(kind, &id));
    visit.show("auditor/replay.html", context(kind, &id, &own, &replay, &positions, (place, from), &visit))
}

fn query<'a>(
    at: Option<&'a str>,
    with: Option<&'a str>,
    after: Option<&'a str>,
    limit: &'a str,
) -> Vec<(&'a str, &'a str)> {
    let given = [("at", at), ("with", with), ("after", after), ("limit", Some(limit))];
    given.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn context(
    kind: &str,
    id: &str,
    own: &str,
    replay: &Value,
    positions: &[u64],
    (place, from): (Option<usize>, usize),
    visit: &Visit,
) -> Value {
    let with = replay["moments"].as_array().filter(|all| all.len() > 1).and_then(|all| all.last());
    let with_text = visit.asked("with").map(moment::of);
    let to = |position: Option<&u64>| {
        position.map(|position| {
            let position = position.to_string();
            let pairs = query(Some(&position), with_text.as_deref(), None, "");
            let pairs: Vec<_> = pairs.into_iter().filter(|(name, _)| *name != "limit").collect();
            format!("{own}?{}#moment", written(&pairs))
        })
    };
    let before = |place: usize| place.checked_sub(1).and_then(|place| positions.get(place));
    let steps: Vec<Value> = replay["items"].as_array().into_iter().flatten().map(step).collect();
    json!({
        "kind": kind,
        "id": id,
        "own": own,
        "steps": steps,
        "positions": positions,
        "count": positions.len(),
        "place": place.map(|place| place + 1),
        "from": from + 1,
        "moment": told(&replay["moments"][0], place, replay),
        "with": with,
        "with_rows": with.map(|with| view::rows(&with["rows"], &Value::Null)),
        "compared": with.map(|with| {
            let newer = if with["at"].as_u64() < replay["moments"][0]["at"].as_u64() { &replay["moments"][0] } else { with };
            view::rows(&newer["rows"], &replay["compared"])
        }).map(|rows| rows.into_iter().filter(|row| row["is_changed"] == true).collect::<Vec<_>>()),
        "checkpoint": replay["checkpoint"],
        "head": replay["position"],
        "first": to(positions.first()),
        "previous": to(place.and_then(before)),
        "next": to(positions.get(place.map_or(0, |place| place + 1))),
        "last": to(positions.last()),
        "earlier": to(before(from)),
        "later": to(positions.get(from + EVENTS)),
        "with_asked": visit.asked("with"),
    })
}

fn step(step: &Value) -> Value {
    let mut step = step.clone();
    step["counted"] = Value::from(view::counted(&step["rows"]));
    step
}

/// A moment with the event before it.
fn told(moment: &Value, place: Option<usize>, replay: &Value) -> Value {
    let items = replay["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let step = items.iter().find(|step| step["position"] == moment["event"]);
    json!({
        "at": moment["at"],
        "event": moment["event"],
        "place": place.map(|place| place + 1),
        "rows": view::rows(&moment["rows"], &moment["changes"]),
        "step": step,
        "checkpoint": replay["checkpoint"],
    })
}

/// Several moments as parts of a page, for the script that moves through them.
async fn moments(visit: &Visit, kind: &str, id: &str) -> Result<Response, Problem> {
    let at = visit.asked("at").unwrap_or_default();
    let asked: Vec<u64> = at.split(',').filter_map(|at| at.parse().ok()).take(MOMENTS).collect();
    let (Some(first), false) = (asked.iter().min(), asked.is_empty()) else {
        return Err(Problem::of_status(StatusCode::NOT_FOUND));
    };
    let at = asked.iter().map(u64::to_string).collect::<Vec<_>>().join(",");
    let after = first.saturating_sub(1).to_string();
    let limit = EVENTS.to_string();
    let path = format!("{}/replay", resolve::stream(kind, id));
    let replay = visit.get_plain(&path, &query(Some(&at), None, Some(&after), &limit)).await?.body;
    let positions: Vec<u64> =
        replay["positions"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
    let all: Vec<Value> = replay["moments"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|moment| {
            let event = moment["event"].as_u64();
            let place = event.and_then(|event| positions.iter().position(|position| *position == event));
            told(moment, place, &replay)
        })
        .collect();
    visit.show(
        "auditor/moments.html",
        json!({ "moments": all, "count": positions.len(), "kind": kind, "id": id }),
    )
}
