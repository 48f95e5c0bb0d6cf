//! `POST /v1/commands/{name}`: one command, one receipt.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aggregates::Role;
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use commands::authority;
use commands::registry::{self, NAMES, Unreadable};

use super::caller::Caller;
use super::origin::From;
use super::problem::Problem;
use super::{House, body, caller};
use crate::telemetry;

/// What a stranger may do again and again, and a community has to look at each time.
const ASKING: [&str; 3] = ["place-order", "post-wish", "raise-issue"];

/// Submits one command.
pub(super) async fn submit(
    State(house): State<Arc<House>>,
    Path(name): Path<String>,
    caller: Caller,
    From(from): From,
    headers: HeaderMap,
    content: Body,
) -> Result<Response, Problem> {
    if !NAMES.contains(&name.as_str()) {
        return Err(Unreadable::NoSuchCommand(name).into());
    }
    if caller.is_nobody(&house) {
        if !authority::may(Role::Public, &name) {
            return Err(caller.refused(&house));
        }
        house.strangers.count(from)?;
    }
    if caller.has_no_account(&headers, &house) && ASKING.contains(&name.as_str()) {
        house.app.sign_in().count_asking(from).map_err(too_many)?;
    }
    let envelope = caller::envelope(caller, &headers)?;
    body::must_be(&headers, &["application/json"])?;
    let text = body::text(content, house.settings.command_bytes_max).await?;
    let command = registry::parse(&name, &text)?;
    let started = Instant::now();
    let outcome = house.app.desk().submit(&envelope, command.as_ref()).await;
    let measures = house.app.store().measures();
    measures.command(command.name(), &outcome);
    measures.command_seconds(command.name(), started.elapsed().as_secs_f64());
    let reply = outcome?;
    telemetry::follow(&house.app, reply.receipt.position);
    let status = if reply.repeat { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, position(reply.receipt.position), Json(reply.receipt)).into_response())
}

/// Too many demands without an account, so that nobody floods a community.
fn too_many(wait: Duration) -> Problem {
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "request.too_many_demands",
        "从您所在的网络提交的需求过多，请过一会儿再试；急事请直接联系社区",
        "too many demands were placed from where you are; try again in a while, and turn to the community directly when it is urgent",
    )
    .retry(u16::try_from(wait.as_secs() + 1).unwrap_or(u16::MAX))
}

/// The header that tells the position.
pub(super) fn position(position: u64) -> [(HeaderName, HeaderValue); 1] {
    [(HeaderName::from_static("baodao-position"), HeaderValue::from(position))]
}
