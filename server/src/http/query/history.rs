//! Histories: every event of a stream, in order, now or as it stood.

use std::sync::Arc;

use aggregates::ledger::STREAM_TYPES;
use aggregates::{Role, StoredEvent};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use commands::authority::{self, Reach};
use projections::ports::Feed;
use projections::{History, HistoryLine, StoreError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::parameters::Parameters;
use crate::http::House;
use crate::http::commands::position;
use crate::http::problem::Problem;
use crate::http::sight::{Seen, Sight};
use crate::http::unreadable::short;

/// A part of a stream's history.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct HistoryPage {
    /// `type/id` of the stream.
    pub stream: String,
    /// The events, in order.
    pub items: Vec<HistoryLine>,
    /// Link to what follows; none when there is no more.
    pub next: Option<String>,
    /// The position that the answer reflects.
    pub position: u64,
}

/// Answers the history of any stream.
pub(crate) async fn stream(
    State(house): State<Arc<House>>,
    Path((kind, id)): Path<(String, String)>,
    sight: Sight,
    given: Parameters,
) -> Result<Response, Problem> {
    let kind = self::kind(&kind)?;
    page(&house, &format!("/v1/streams/{kind}/{id}"), kind, &id, sight, given).await
}

/// The type of stream of this name.
pub(super) fn kind(name: &str) -> Result<&'static str, Problem> {
    STREAM_TYPES.iter().copied().find(|known| *known == name).ok_or_else(|| {
        let (kind, known) = (short(name), STREAM_TYPES.join(", "));
        Problem::new(
            StatusCode::NOT_FOUND,
            "stream.unknown_type",
            format!("没有 {kind} 类流水，可用：{known}"),
            format!("there is no stream of type {kind}; known are {known}"),
        )
    })
}

/// Answers the history of a stream of one kind: `history_of("members", "member")`.
pub(crate) fn history_of(plural: &'static str, kind: &'static str) -> MethodRouter<Arc<House>> {
    get(
        move |State(house): State<Arc<House>>, Path(id): Path<String>, sight: Sight, given: Parameters| async move {
            page(&house, &format!("/v1/{plural}/{id}/history"), kind, &id, sight, given).await
        },
    )
}

async fn page(
    house: &House,
    path: &str,
    kind: &'static str,
    id: &str,
    sight: Sight,
    mut given: Parameters,
) -> Result<Response, Problem> {
    let (limit, after) = (given.limit(), given.position("after").unwrap_or(0));
    let (as_of, at_least) = (given.as_of(), given.at_least());
    given.done(|| "as_of, after, limit, at_least".to_owned())?;
    let until = match as_of {
        Some(as_of) => as_of.position(house.app.store().as_ref()).await?,
        None => house.app.store().head().await?,
    };
    // The journal itself is read, which never lags: a position beyond its head will not be waited for.
    if let Some(asked) = at_least.filter(|asked| as_of.is_none() && *asked > until) {
        return Err(crate::app::Lag::from(crate::app::NotCaughtUp { reached: until, asked }).into());
    }
    let seen = sees(&sight, kind, id).await?;
    let events = house.app.store().stream(kind, id, until).await?;
    if events.is_empty() || seen == Seen::No {
        return Err(super::unknown_key(kind, id));
    }
    if matches!(kind, "member" | "household") {
        sight.read("history", [format!("{kind}:{id}")].into(), seen).await?;
    }
    let role = if seen == Seen::ThroughGlass { Role::OrganisationDepartment } else { sight.actor().role };
    let mut rest = events.iter().filter(|event| event.position > after);
    let items = rest.by_ref().take(limit).map(|event| line(event, role)).collect::<Result<Vec<_>, _>>()?;
    let next = items
        .last()
        .filter(|_| rest.next().is_some())
        .map(|last| house.link(&format!("{path}?after={}&limit={limit}&as_of={until}", last.position)));
    let page = HistoryPage { stream: format!("{kind}/{id}"), items, next, position: until };
    Ok((position(until), Json(page)).into_response())
}

/// Whether the caller sees the history of a stream.
async fn sees(sight: &Sight, kind: &str, id: &str) -> Result<Seen, Problem> {
    let (resource, reach) = authority::reach_history(sight.actor(), kind);
    match super::resource(resource) {
        Ok(resource) => sight.sees(resource, id, reach).await,
        // There are no rows of it: it is seen as a whole, or not at all.
        Err(_) if reach == Reach::All => Ok(Seen::Yes),
        Err(_) => Err(sight.refused()),
    }
}

/// An event as a line of a history, as the role may see it.
pub fn line(stored: &StoredEvent, role: Role) -> Result<HistoryLine, StoreError> {
    let event = stored.decode().map_err(|error| StoreError::Damaged(error.to_string()))?;
    let payload: Value =
        serde_json::from_str(&stored.payload).map_err(|error| StoreError::Damaged(error.to_string()))?;
    let mut fact = match payload {
        Value::Object(mut fields) if fields.len() == 1 => {
            fields.remove(&stored.event_type).unwrap_or(Value::Object(fields))
        }
        other => other,
    };
    authority::mask_fact(role, &stored.event_type, &mut fact);
    Ok(History::line(&event, fact))
}
