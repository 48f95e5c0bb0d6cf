//! From what somebody types to where it is: a position, an event, a command, a stream.

use uuid::Uuid;

use super::super::interface::escaped;
use super::super::visit::Visit;
use crate::http::problem::Problem;

/// Kinds of streams, those first that are asked for most.
pub(super) const KINDS: [&str; 17] = [
    "member",
    "unit",
    "demand",
    "grid",
    "household",
    "group",
    "estate",
    "batch",
    "appraisal",
    "agreement",
    "opinion",
    "division",
    "policy",
    "access",
    "reading",
    "person",
    "log",
];

/// The address of a stream's replay.
pub(super) fn replay(kind: &str, id: &str) -> String {
    let id: Vec<String> = id.split('/').map(escaped).collect();
    format!("/replay/{}/{}", escaped(kind), id.join("/"))
}

/// A stream as its address in the interface has it: strokes in its id are no part of the path.
pub(super) fn stream(kind: &str, id: &str) -> String {
    format!("/v1/streams/{}/{}", escaped(kind), escaped(id))
}

/// Where it leads; none when nothing is known by it.
pub(super) async fn of(visit: &Visit, kind: Option<&str>, text: &str) -> Result<Option<String>, Problem> {
    let text = text.trim();
    if kind.is_none() {
        if let Ok(position) = text.parse::<u64>() {
            let entry = visit.find(&format!("/v1/events/{position}"), &[]).await?;
            if entry.is_some() {
                return Ok(Some(format!("/journal/{position}")));
            }
        }
        if let Ok(id) = Uuid::parse_str(text) {
            let id = id.to_string();
            let query = [("event_id", id.as_str()), ("order", "newest"), ("limit", "1")];
            let found = visit.get_plain("/v1/events", &query).await?.body;
            if let Some(position) = found[0]["position"].as_str() {
                return Ok(Some(format!("/journal/{position}")));
            }
        }
    }
    let named = text.split_once(['/', ':']).filter(|(kind, _)| KINDS.contains(kind));
    let (kinds, id): (Vec<&str>, &str) = match (kind, named) {
        (Some(kind), _) => (vec![kind], text),
        (None, Some((kind, id))) => (vec![kind], id),
        (None, None) => (KINDS.to_vec(), text),
    };
    if id.is_empty() {
        return Ok(None);
    }
    for kind in kinds {
        if visit.find(&stream(kind, id), &[("limit", "1")]).await?.is_some() {
            return Ok(Some(replay(kind, id)));
        }
    }
    Ok(None)
}
