//! `GET /v1/streams/{type}/{id}/replay`: a stream played again, with what each event changed, how the rows stood, and what is proved.

use std::collections::BTreeSet;
use std::sync::Arc;

use aggregates::{Recorded, Role, StoredEvent};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use commands::authority;
use projections::ports::Feed;
use projections::{HistoryLine, Replay, RowChange, RowState, StoreError, sheets};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::history::{self, line};
use super::parameters::{AsOf, Parameters, fault};
use crate::http::House;
use crate::http::commands::position;
use crate::http::events::follower_of;
use crate::http::journal::standing;
use crate::http::problem::Problem;
use crate::http::sight::{Seen, Sight};
use crate::tlog::leaf;
use crate::tlog::standing::{Proof, Signed};

/// Moments that are told at once.
const MOMENTS_MAX: usize = 50;

/// An event of a stream played again.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReplayStep {
    /// The event, as a history tells it.
    #[serde(flatten)]
    pub line: HistoryLine,
    /// Unique for ever.
    pub event_id: Uuid,
    /// The idempotency key of its command.
    pub command_id: Uuid,
    /// The body on whose behalf.
    pub organisation: Option<String>,
    /// The second person who approved a late record.
    pub approved_by: Option<String>,
    /// The conversation it belongs to.
    pub correlation_id: Option<Uuid>,
    /// The event that caused the command.
    pub causation_id: Option<Uuid>,
    /// Hash of its leaf, Base 64.
    pub hash: String,
    /// Whether it is proved to be in the newest checkpoint.
    pub proof: Proof,
    /// What it changed in the rows that this stream alone makes.
    pub rows: Vec<RowChange>,
}

/// How the rows of a stream stood at a moment.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReplayMoment {
    /// The position asked for, or that of the time asked for.
    pub at: u64,
    /// Position of the last event of the stream by then; none when it had not begun.
    pub event: Option<u64>,
    /// The rows.
    pub rows: Vec<RowState>,
    /// What that event changed.
    pub changes: Vec<RowChange>,
}

/// A stream played again.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReplayPage {
    /// `type/id` of the stream.
    pub stream: String,
    /// All its events by position, the newest last.
    pub positions: Vec<u64>,
    /// Events after the one asked for, in order.
    pub items: Vec<ReplayStep>,
    /// How it stood at each of the moments asked for; now when none is.
    pub moments: Vec<ReplayMoment>,
    /// What differs between the first moment and `with`, from the older to the newer.
    pub compared: Option<Vec<RowChange>>,
    /// The newest checkpoint.
    pub checkpoint: Option<Signed>,
    /// Where the ledger ends.
    pub position: u64,
}

/// Answers a stream played again.
pub(crate) async fn replay(
    State(house): State<Arc<House>>,
    Path((kind, id)): Path<(String, String)>,
    sight: Sight,
    mut given: Parameters,
) -> Result<Response, Problem> {
    let (limit, after, at_least) = (given.limit(), given.position("after").unwrap_or(0), given.at_least());
    let at = moments(&mut given, "at");
    let with = moments(&mut given, "with");
    given.done(|| "at, with, after, limit, at_least".to_owned())?;
    let actor = follower_of(&house, sight.caller.clone())?;
    let kind = history::kind(&kind)?;
    let store = house.app.store();
    let head = store.head().await?;
    if let Some(asked) = at_least.filter(|asked| *asked > head) {
        return Err(crate::app::Lag::from(crate::app::NotCaughtUp { reached: head, asked }).into());
    }
    let wanted = positions(&house, &at, &with, head).await?;
    let events = store.stream(kind, &id, head).await?;
    if events.is_empty() {
        return Err(super::unknown_key(kind, &id));
    }
    let decoded: Vec<Recorded> = events
        .iter()
        .map(|event| event.decode().map_err(|error| StoreError::Damaged(error.to_string())))
        .collect::<Result<_, _>>()?;
    let mut played = sheets::replay((kind, &id), &decoded, &wanted)?;
    keep_seen(actor.role, &mut played);
    record(&sight, kind, &id, &played).await?;
    let standing = standing(&house).await?;
    let shown: Vec<(&StoredEvent, &Recorded)> =
        events.iter().zip(&decoded).filter(|(event, _)| event.position > after).take(limit).collect();
    let mut buffer = vec![];
    let leaves: Vec<_> =
        shown.iter().map(|(event, _)| (event.position, leaf::hash(event, &mut buffer))).collect();
    let proofs = standing.prove(store, &leaves).await?;
    let mut items = vec![];
    for (((event, recorded), (_, hash)), proof) in shown.into_iter().zip(leaves).zip(proofs) {
        let rows = played.steps.get(&event.position).cloned().unwrap_or_default();
        items.push(step(event, recorded, actor.role, (hash.to_string(), proof), rows)?);
    }
    let all: Vec<u64> = events.iter().map(|event| event.position).collect();
    let compared = match (wanted.first(), with.first().and(wanted.last())) {
        (Some(one), Some(other)) => Some(played.compare(*one.min(other), *one.max(other))),
        _ => None,
    };
    let moments = wanted.iter().map(|at| moment(*at, &all, &played)).collect();
    let checkpoint = standing.signed().cloned();
    let page = ReplayPage {
        stream: format!("{kind}/{id}"),
        positions: all,
        items,
        moments,
        compared,
        checkpoint,
        position: head,
    };
    Ok((position(head), Json(page)).into_response())
}

/// The positions of the moments asked for; where the ledger ends when none is.
async fn positions(house: &House, at: &[AsOf], with: &[AsOf], head: u64) -> Result<Vec<u64>, Problem> {
    let mut wanted = vec![];
    if at.is_empty() {
        wanted.push(head);
    }
    for moment in at.iter().chain(with) {
        wanted.push(moment.position(house.app.store().as_ref()).await?);
    }
    Ok(wanted)
}

/// Positions and times with commas between.
fn moments(given: &mut Parameters, name: &'static str) -> Vec<AsOf> {
    let (zh, en) = (
        "应为账本位次或 RFC 3339 时间，多个用逗号分隔，最多 50 个",
        "expected positions or times as RFC 3339 has them, with commas between, at most 50",
    );
    let most = if name == "with" { 1 } else { MOMENTS_MAX };
    let Some(text) = given.take(name) else { return vec![] };
    let read: Option<Vec<AsOf>> =
        text.split(',').map(|one| AsOf::read(&one.trim().replace(' ', "+"))).collect();
    match read {
        Some(all) if all.len() <= most => all,
        _ => {
            given.note(fault("query.invalid_parameter", name, zh, en));
            vec![]
        }
    }
}

/// Rows of which something is not for the role are left out.
fn keep_seen(role: Role, played: &mut Replay) {
    played.states.values_mut().for_each(|rows| rows.retain(|row| !authority::masks(role, &row.resource)));
    played.steps.values_mut().for_each(|rows| rows.retain(|row| !authority::masks(role, &row.resource)));
}

/// Records once whose records are shown, before they are.
async fn record(sight: &Sight, kind: &str, id: &str, played: &Replay) -> Result<(), Problem> {
    let mut subjects = BTreeSet::new();
    if matches!(kind, "member" | "household") {
        subjects.insert(format!("{kind}:{id}"));
    }
    for row in played.states.values().flatten().filter(|row| authority::is_personal(&row.resource)) {
        subjects.extend(authority::subject_of(&row.resource, &row.row));
    }
    sight.read("history", subjects, Seen::Yes).await
}

fn step(
    event: &StoredEvent,
    recorded: &Recorded,
    role: Role,
    (hash, proof): (String, Proof),
    rows: Vec<RowChange>,
) -> Result<ReplayStep, StoreError> {
    let meta = &recorded.meta;
    Ok(ReplayStep {
        line: line(event, role)?,
        event_id: event.event_id,
        command_id: event.command_id,
        organisation: meta.organisation.as_deref().map(ToOwned::to_owned),
        approved_by: meta.approved_by.as_ref().map(ToString::to_string),
        correlation_id: meta.correlation_id,
        causation_id: meta.causation_id,
        hash,
        proof,
        rows,
    })
}

fn moment(at: u64, positions: &[u64], played: &Replay) -> ReplayMoment {
    let event = positions.iter().copied().rfind(|position| *position <= at);
    ReplayMoment {
        at,
        event,
        rows: played.states.get(&at).cloned().unwrap_or_default(),
        changes: event.and_then(|event| played.steps.get(&event)).cloned().unwrap_or_default(),
    }
}
