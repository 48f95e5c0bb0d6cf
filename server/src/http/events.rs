//! `GET /v1/events`, `GET /v1/events/stream`: the journal for other systems, as CloudEvents 1.0.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use aggregates::{Actor, Meta, Role, StoredEvent};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use commands::authority;
use futures::{Stream, stream};
use projections::StoreError;
use projections::ports::Feed;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::House;
use super::caller::Caller;
use super::commands::position;
use super::journal::{FILTERS, LOOKED_AT_MAX, Search};
use super::problem::Problem;
use super::query::Parameters;
use crate::app::{Lag, NotCaughtUp};
use crate::console::written;

/// `Content-Type` of a batch of CloudEvents.
pub const CLOUDEVENTS_BATCH: &str = "application/cloudevents-batch+json";
/// Where they are, and come from.
pub(super) const PATH: &str = "/v1/events";
/// Events of one answer when nothing is said.
const LIMIT_DEFAULT: usize = 100;
/// Of one answer at most.
const LIMIT_MAX: usize = 1000;
/// Between comments that keep the connection open.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How often is looked for events that other processes wrote.
const POLL: Duration = Duration::from_millis(500);

/// An event in the form of CloudEvents 1.0. Names of extension attributes are small letters, as the standard asks.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CloudEvent {
    /// Always `1.0`.
    pub specversion: &'static str,
    /// Unique for ever.
    pub id: String,
    /// Where it comes from.
    pub source: Arc<str>,
    /// `cn.baodao.` stream type, name of the fact, major version: `cn.baodao.member.MemberReported.v1`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `type/id` of the stream.
    pub subject: String,
    /// When it was recorded, RFC 3339.
    pub time: String,
    /// Always `application/json`.
    pub datacontenttype: &'static str,
    /// Place in the ledger: 1, 2, 3 … without holes.
    pub position: String,
    /// Place within the stream.
    pub sequence: String,
    /// When it happened, RFC 3339.
    pub occurredat: String,
    /// The command that caused it.
    pub command: String,
    /// The idempotency key of that command.
    pub commandid: String,
    /// Opaque id of who acted.
    pub actor: String,
    /// In what capacity.
    pub role: String,
    /// The body on whose behalf.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// `name@version` of the policy in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The fact.
    #[schemars(with = "Value")]
    pub data: Box<RawValue>,
}

impl CloudEvent {
    /// A stored event of this source, as the role may see it.
    pub fn of(stored: &StoredEvent, source: &Arc<str>, role: Role) -> Result<Self, StoreError> {
        let damaged = |error: serde_json::Error| StoreError::Damaged(error.to_string());
        let meta: Meta = serde_json::from_str(&stored.metadata).map_err(damaged)?;
        let mut fact: Box<RawValue> = RawValue::from_string(stored.payload.clone()).map_err(damaged)?;
        if !authority::sees_exclusion_reasons(role) {
            let mut value: Value = serde_json::from_str(fact.get()).map_err(damaged)?;
            authority::mask_fact(role, &stored.event_type, &mut value);
            fact = serde_json::value::to_raw_value(&value).map_err(damaged)?;
        }
        let major = stored.event_version.split('.').next().unwrap_or_default();
        Ok(Self {
            specversion: "1.0",
            id: stored.event_id.to_string(),
            source: Arc::clone(source),
            kind: format!("cn.baodao.{}.{}.v{major}", stored.aggregate_type, stored.event_type),
            subject: format!("{}/{}", stored.aggregate_type, stored.aggregate_id),
            time: stored.recorded_at.to_rfc3339(),
            datacontenttype: "application/json",
            position: stored.position.to_string(),
            sequence: stored.sequence.to_string(),
            occurredat: meta.occurred_at.to_rfc3339(),
            command: meta.command.into(),
            commandid: stored.command_id.to_string(),
            actor: meta.actor.to_string(),
            role: meta.role.name().to_owned(),
            organisation: meta.organisation.map(Into::into),
            policy: meta.policy.map(Into::into),
            data: fact,
        })
    }
}

/// Only for those who may follow the journal itself.
pub(super) fn follower_of(house: &House, caller: Caller) -> Result<Actor, Problem> {
    if authority::reads_events(caller.0.role) { Ok(caller.0) } else { Err(caller.refused(house)) }
}

/// Answers events after a position.
pub(super) async fn events(
    State(house): State<Arc<House>>,
    caller: Caller,
    mut given: Parameters,
) -> Result<Response, Problem> {
    let actor = follower_of(&house, caller)?;
    let mut search = Search::take(&mut given);
    search.limit = given
        .read("limit", "应为 1 至 1000 的整数", "expected a whole number from 1 to 1000", |text| {
            text.parse().ok().filter(|limit| (1..=LIMIT_MAX).contains(limit))
        })
        .unwrap_or(LIMIT_DEFAULT);
    let at_least = given.at_least();
    given.done(|| format!("after, before, order, from, to, {}, limit, at_least", FILTERS.join(", ")))?;
    // The journal itself is read, which never lags.
    let head = house.app.store().head().await?;
    if let Some(asked) = at_least.filter(|asked| *asked > head) {
        return Err(Lag::from(NotCaughtUp { reached: head, asked }).into());
    }
    let found = search.run(house.app.store(), LOOKED_AT_MAX).await?;
    let reached = if search.newest { head } else { found.next.unwrap_or(head) };
    let source = house.link(PATH).into();
    let told = found
        .events
        .iter()
        .map(|event| CloudEvent::of(event, &source, actor.role))
        .collect::<Result<Vec<_>, _>>()?;
    let body = serde_json::to_vec(&told).map_err(|_| Problem::internal())?;
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CLOUDEVENTS_BATCH));
    if let Some(next) = found.next {
        let pairs = search.onward(next);
        let query = written(&pairs.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>());
        if let Ok(link) = HeaderValue::from_str(&format!("<{source}?{query}>; rel=\"next\"")) {
            headers.insert(header::LINK, link);
        }
    }
    Ok((position(reached), headers, Body::from(body)).into_response())
}

/// Streams events after `Last-Event-ID` (or `after`) and then as they come.
pub(super) async fn event_stream(
    State(house): State<Arc<House>>,
    caller: Caller,
    headers: HeaderMap,
    mut given: Parameters,
) -> Result<Response, Problem> {
    let actor = follower_of(&house, caller)?;
    let after = given.position("after").unwrap_or(0);
    given.done(|| "after".to_owned())?;
    let after = match headers.get("last-event-id") {
        None => after,
        Some(id) => id.to_str().ok().and_then(|id| id.trim().parse().ok()).ok_or_else(|| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "request.malformed_header",
                "应为账本位次",
                "expected a position of the ledger",
            )
            .at("Last-Event-ID")
        })?,
    };
    let permit = Arc::clone(&house.streams).try_acquire_owned().map_err(|_| {
        Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "events.too_many_streams",
            "同时打开的事件推送过多，请稍后重试",
            "too many event streams at the same time; try again later",
        )
        .retry(10)
    })?;
    let follower = Follower {
        _permit: permit,
        wakeups: house.app.store().wakeups(),
        closing: house.closing.clone(),
        source: house.link(PATH).into(),
        house,
        role: actor.role,
        after,
        waiting: VecDeque::new(),
    };
    let sse = Sse::new(follower.follow()).keep_alive(KeepAlive::new().interval(HEARTBEAT).text("alive"));
    Ok(sse.into_response())
}

struct Follower {
    _permit: OwnedSemaphorePermit,
    house: Arc<House>,
    source: Arc<str>,
    role: Role,
    after: u64,
    waiting: VecDeque<StoredEvent>,
    wakeups: watch::Receiver<u64>,
    closing: watch::Receiver<bool>,
}

impl Follower {
    fn follow(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, |mut follower| async move {
            let event = follower.next().await?;
            Some((Ok(event), follower))
        })
    }

    /// The next event; none when the house closes or the ledger cannot be read: the client comes again by itself.
    async fn next(&mut self) -> Option<Event> {
        while self.waiting.is_empty() {
            if *self.closing.borrow() {
                return None;
            }
            let found = self.house.app.store().after(self.after, LIMIT_MAX).await;
            match found {
                Ok(events) => self.waiting.extend(events),
                Err(error) => {
                    tracing::warn!(%error, "an event stream ends");
                    return None;
                }
            }
            if self.waiting.is_empty() {
                tokio::select! {
                    Ok(()) = self.wakeups.changed() => {}
                    () = tokio::time::sleep(POLL) => {}
                    _ = self.closing.wait_for(|closing| *closing) => return None,
                }
            }
        }
        let stored = self.waiting.pop_front()?;
        self.after = stored.position;
        let told = CloudEvent::of(&stored, &self.source, self.role).ok()?;
        let data = serde_json::to_string(&told).ok()?;
        Some(Event::default().id(stored.position.to_string()).event(stored.event_type).data(data))
    }
}
