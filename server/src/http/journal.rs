//! The journal, searched and one event at a time: what `GET /v1/events` finds by filters, and `GET /v1/events/{position}`.

use std::cell::LazyCell;
use std::sync::Arc;

use aggregates::{Meta, StoredEvent};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use commands::authority;
use commands::journal::Journal;
use projections::StoreError;
use projections::ports::Feed;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::caller::{self, Caller};
use super::commands::position;
use super::problem::Problem;
use super::query::Parameters;
use super::{House, events};
use crate::store::Store;
use crate::tlog::leaf;
use crate::tlog::standing::{Proof, Signed, Standing};

/// Events looked at for one answer at most: what is rare is found over several.
pub(super) const LOOKED_AT_MAX: u64 = 20_000;
/// Events looked at before one for the one that caused it.
const CAUSES_MAX: u64 = 5_000;
/// Events read at once while something is looked for.
const PAGE: u64 = 1_000;

/// What is looked for in the journal.
#[derive(Debug, Clone, Default)]
pub(super) struct Search {
    /// Only events after this position.
    pub(super) after: u64,
    /// Only events before this position; up to the head when absent.
    pub(super) before: Option<u64>,
    /// The newest first.
    pub(super) newest: bool,
    /// At most so many.
    pub(super) limit: usize,
    conditions: Vec<(&'static str, String)>,
    recorded: (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
}

/// What was found.
pub(super) struct Found {
    pub(super) events: Vec<StoredEvent>,
    /// Where to look on: after it, or before it when the newest come first.
    pub(super) next: Option<u64>,
}

/// The filters on what an event says.
pub(super) const FILTERS: [&str; 7] =
    ["stream_type", "stream", "type", "actor", "role", "organisation", "event_id"];

impl Search {
    /// Takes the parameters.
    pub(super) fn take(given: &mut Parameters) -> Self {
        let mut search = Self {
            after: given.position("after").unwrap_or(0),
            before: given.position("before"),
            limit: 0,
            ..Self::default()
        };
        let (zh, en) = ("应为 oldest 或 newest", "expected oldest or newest");
        search.newest = given
            .read("order", zh, en, |text| matches!(text, "oldest" | "newest").then(|| text == "newest"))
            .unwrap_or_default();
        for name in FILTERS {
            let value = given.read(name, "不能为空", "expected something", |text| {
                (!text.is_empty()).then(|| text.to_owned())
            });
            search.conditions.extend(value.map(|value| (name, value)));
        }
        let mut time = |name| {
            given.read(name, "应为 RFC 3339 时间", "expected a time as RFC 3339 has it", |text| {
                caller::moment(&text.replace(' ', "+")).map(|moment| moment.to_utc())
            })
        };
        search.recorded = (time("from"), time("to"));
        search
    }

    /// The pairs of an address that looks on from a position.
    pub(super) fn onward(&self, from: u64) -> Vec<(&'static str, String)> {
        let mut pairs = self.conditions.clone();
        let bounds = if self.newest {
            [("after", Some(self.after).filter(|after| *after > 0)), ("before", Some(from))]
        } else {
            [("after", Some(from)), ("before", self.before)]
        };
        pairs.extend(bounds.into_iter().filter_map(|(name, bound)| Some((name, bound?.to_string()))));
        if self.newest {
            pairs.push(("order", "newest".to_owned()));
        }
        for (name, time) in [("from", self.recorded.0), ("to", self.recorded.1)] {
            pairs.extend(time.map(|time| (name, time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))));
        }
        pairs.push(("limit", self.limit.to_string()));
        pairs
    }

    fn of_event(id: Uuid, before: u64) -> Self {
        Self {
            before: Some(before),
            newest: true,
            limit: 1,
            conditions: vec![("event_id", id.to_string())],
            ..Self::default()
        }
    }

    fn holds(&self, event: &StoredEvent) -> bool {
        let meta = LazyCell::new(|| serde_json::from_str::<Meta>(&event.metadata).ok());
        let of_meta = |told: &dyn Fn(&Meta) -> bool| meta.as_ref().is_some_and(told);
        self.conditions.iter().all(|(name, wanted)| match *name {
            "stream_type" => event.aggregate_type == *wanted,
            "stream" => event.aggregate_id == *wanted,
            "type" => event.event_type == *wanted,
            "event_id" => event.event_id.to_string().eq_ignore_ascii_case(wanted),
            "actor" => of_meta(&|meta| meta.actor.as_str() == wanted),
            "role" => of_meta(&|meta| meta.role.name() == wanted),
            _ => of_meta(&|meta| meta.organisation.as_deref() == Some(wanted)),
        })
    }

    /// Looks at so many events at most.
    pub(super) async fn run(&self, store: &Store, most: u64) -> Result<Found, StoreError> {
        let head = store.head().await?;
        let (mut low, mut high) = (self.after, self.before.unwrap_or(u64::MAX).min(head + 1));
        // Times never go back with the position, so that they are positions.
        let instant = TimeDelta::microseconds(1);
        if let Some(from) = self.recorded.0 {
            low = low.max(store.position_at(from - instant).await?);
        }
        if let Some(to) = self.recorded.1 {
            high = high.min(store.position_at(to - instant).await?.saturating_add(1));
        }
        let page = if self.conditions.is_empty() { (self.limit as u64).max(1) } else { PAGE };
        let (mut found, mut looked) = (vec![], 0);
        while low + 1 < high {
            if looked >= most {
                return Ok(Found { events: found, next: Some(if self.newest { high } else { low }) });
            }
            let count = page.min(high - low - 1);
            let from = if self.newest { high - 1 - count } else { low };
            let mut events = store.after(from, count as usize).await?;
            events.retain(|event| event.position < high);
            looked += count;
            if self.newest {
                events.reverse();
                high = from + 1;
            } else {
                low = from + count;
            }
            for event in events {
                let at = event.position;
                if self.holds(&event) {
                    found.push(event);
                }
                if found.len() == self.limit {
                    return Ok(Found { events: found, next: Some(at) });
                }
            }
        }
        Ok(Found { events: found, next: None })
    }
}

/// An event of the same command.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Together {
    /// Its position.
    pub position: u64,
    /// `type/id` of its stream.
    pub stream: String,
    /// Its fact's name.
    #[serde(rename = "type")]
    pub event_type: String,
}

/// One event of the journal with everything that is known of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JournalEntry {
    /// Place in the ledger.
    pub position: u64,
    /// `type/id` of its stream.
    pub stream: String,
    /// Place within the stream.
    pub sequence: u64,
    /// Name of the fact.
    #[serde(rename = "type")]
    pub event_type: String,
    /// Version of its schema.
    pub version: String,
    /// Unique for ever.
    pub event_id: Uuid,
    /// The idempotency key of its command.
    pub command_id: Uuid,
    /// When it was written, RFC 3339.
    pub recorded_at: String,
    /// What it says of the act behind it: command, actor, role, organisation, time, policy.
    pub metadata: Value,
    /// The payload, as the caller may see it.
    pub payload: Value,
    /// The very text that is hashed; none for whoever does not read the journal itself.
    pub leaf: Option<String>,
    /// Hash of the leaf, Base 64.
    pub hash: String,
    /// Whether it is proved to be in the newest checkpoint.
    pub proof: Proof,
    /// The newest checkpoint.
    pub checkpoint: Option<Signed>,
    /// All events of the same command, in order.
    pub together: Vec<Together>,
    /// Position of the event that caused the command, where it is told and near.
    pub caused_by: Option<u64>,
    /// Where the ledger ends.
    pub head: u64,
}

/// Answers one event.
pub(super) async fn entry(
    State(house): State<Arc<House>>,
    caller: Caller,
    Path(at): Path<String>,
    given: Parameters,
) -> Result<Response, Problem> {
    let actor = events::follower_of(&house, caller)?;
    given.done(String::new)?;
    let store = house.app.store();
    let at = proofs::encoding::decimal(&at).filter(|at| *at > 0).ok_or_else(none)?;
    let event = store.after(at - 1, 1).await?.pop().filter(|event| event.position == at).ok_or_else(none)?;
    let damaged = |error: serde_json::Error| Problem::from(StoreError::Damaged(error.to_string()));
    let metadata: Value = serde_json::from_str(&event.metadata).map_err(damaged)?;
    let mut payload: Value = serde_json::from_str(&event.payload).map_err(damaged)?;
    authority::mask_fact(actor.role, &event.event_type, &mut payload);
    let hash = leaf::hash(&event, &mut vec![]);
    let standing = standing(&house).await?;
    let proof = standing.prove(store, &[(at, hash)]).await?.pop().unwrap_or(Proof::Unsigned);
    let answers = store.answers(&[event.command_id]).await.map_err(commands::Trouble::from)?;
    let together =
        answers.get(&event.command_id).map(|answer| answer.receipt.events.as_slice()).unwrap_or_default();
    let caused_by = match metadata.get("causation_id").and_then(Value::as_str).map(Uuid::parse_str) {
        Some(Ok(cause)) => {
            let found = Search::of_event(cause, at).run(store, CAUSES_MAX).await?;
            found.events.first().map(|event| event.position)
        }
        _ => None,
    };
    let is_whole = authority::reads_the_journal_itself(actor.role);
    let head = store.head().await?;
    let told = JournalEntry {
        position: at,
        stream: format!("{}/{}", event.aggregate_type, event.aggregate_id),
        sequence: event.sequence,
        leaf: is_whole.then(|| String::from_utf8_lossy(&leaf::bytes(&event)).into_owned()),
        event_type: event.event_type,
        version: event.event_version,
        event_id: event.event_id,
        command_id: event.command_id,
        recorded_at: event.recorded_at.to_rfc3339(),
        metadata,
        payload,
        hash: hash.to_string(),
        proof,
        checkpoint: standing.signed().cloned(),
        together: together
            .iter()
            .map(|one| Together {
                position: one.position,
                stream: one.stream.clone(),
                event_type: one.event_type.clone(),
            })
            .collect(),
        caused_by,
        head,
    };
    Ok((position(head), Json(told)).into_response())
}

/// How events of the house stand in its log.
pub(super) async fn standing(house: &House) -> Result<Standing, StoreError> {
    let publisher = house.app.log().publisher();
    Standing::read(house.app.store(), publisher.as_ref().map(|one| one.policy())).await
}

fn none() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "event.none_there",
        "账本在该位次没有记录",
        "the ledger has no event at this position",
    )
}
