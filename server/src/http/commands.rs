//! `POST /v1/commands/{name}`: one command, one receipt.

use std::sync::Arc;
use std::time::Instant;

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

/// The header that tells the position.
pub(super) fn position(position: u64) -> [(HeaderName, HeaderValue); 1] {
    [(HeaderName::from_static("baodao-position"), HeaderValue::from(position))]
}
