//! `/v1/audits`: audits run from within: begun, followed, ended, and what they found.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use commands::authority;
use proofs::Checkpoint;
use proofs::note::Note;
use proofs::policy::Policy;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::House;
use super::caller::Caller;
use super::problem::Problem;
use super::query::Parameters;
use super::{body, unreadable};
use crate::app::auditing::{AuditRun, NotBegun};
use crate::tlog::audit::Brought;

/// Bytes of what an auditor brings along at most.
const BYTES_MAX: usize = 64 << 10;
/// Audits that are told at once.
const TOLD: usize = 50;
/// Never kept by anybody.
const NOT_KEPT: (HeaderName, HeaderValue) = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));

/// What an auditor brings along, not believing what the ledger says of itself.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditWanted {
    /// Text of a policy (C2SP tlog-policy) with the keys of the log and its witnesses; those that the house signs with when absent.
    #[serde(default)]
    pub policy: Option<String>,
    /// A signed checkpoint that was kept from before: the log must continue it.
    #[serde(default)]
    pub known_head: Option<String>,
}

/// Audits run from within.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuditRuns {
    /// The newest first.
    pub items: Vec<AuditRun>,
}

/// Begins one.
pub(super) async fn begin(
    State(house): State<Arc<House>>,
    caller: Caller,
    headers: HeaderMap,
    given: Parameters,
    content: Body,
) -> Result<Response, Problem> {
    given.done(String::new)?;
    must_audit(&house, &caller)?;
    body::must_be(&headers, &["application/json"])?;
    let text = body::text(content, BYTES_MAX).await?;
    let wanted = read(&text)?;
    let run =
        house.app.auditing().begin(&caller.0, brought(&house, &wanted)?).await.map_err(
            |error| match error {
                NotBegun::Store(error) => error.into(),
                NotBegun::Running(audit) => Problem::new(
                    StatusCode::CONFLICT,
                    "audit.running",
                    format!("审计 {audit} 正在进行，请等它结束或先取消"),
                    format!("the audit {audit} is under way; wait for its end, or cancel it"),
                ),
            },
        )?;
    let at = HeaderValue::from_str(&house.link(&format!("/v1/audits/{}", run.audit)))
        .map_err(|_| Problem::internal())?;
    Ok((StatusCode::ACCEPTED, [NOT_KEPT, (header::LOCATION, at)], Json(run)).into_response())
}

/// Tells of the newest ones.
pub(super) async fn list(
    State(house): State<Arc<House>>,
    caller: Caller,
    given: Parameters,
) -> Result<Response, Problem> {
    given.done(String::new)?;
    must_audit(&house, &caller)?;
    let items = house.app.auditing().list(TOLD).await?;
    Ok(([NOT_KEPT], Json(AuditRuns { items })).into_response())
}

/// Tells of one.
pub(super) async fn one(
    State(house): State<Arc<House>>,
    caller: Caller,
    Path(audit): Path<String>,
    given: Parameters,
) -> Result<Response, Problem> {
    given.done(String::new)?;
    must_audit(&house, &caller)?;
    let run = house.app.auditing().one(&audit).await?.ok_or_else(unknown)?;
    Ok(([NOT_KEPT], Json(run)).into_response())
}

/// Ends one that is under way; one that is over stays as it is.
pub(super) async fn cancel(
    State(house): State<Arc<House>>,
    caller: Caller,
    Path(audit): Path<String>,
    given: Parameters,
) -> Result<Response, Problem> {
    given.done(String::new)?;
    must_audit(&house, &caller)?;
    let auditing = house.app.auditing();
    auditing.cancel(&audit).await;
    let run = auditing.one(&audit).await?.ok_or_else(unknown)?;
    Ok(([NOT_KEPT], Json(run)).into_response())
}

fn must_audit(house: &House, caller: &Caller) -> Result<(), Problem> {
    if authority::runs_audits(caller.0.role) { Ok(()) } else { Err(caller.refused(house)) }
}

fn read(text: &str) -> Result<AuditWanted, Problem> {
    let mut reader = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        if error.inner().is_data() {
            let expected = "expected an object of texts, with these names and no others";
            unreadable::invalid(&error.path().to_string(), expected)
        } else {
            unreadable::malformed_json("the body is not JSON")
        }
    })
}

fn brought(house: &House, wanted: &AuditWanted) -> Result<Brought, Problem> {
    let text = |text: Option<&str>| text.filter(|text| !text.trim().is_empty()).map(unix);
    let own = || house.app.log().publisher().map(|publisher| publisher.policy().clone());
    let policy = match text(wanted.policy.as_deref()) {
        None => own(),
        Some(text) => Some(Policy::parse(&text).map_err(|error| malformed("policy", &error.to_string()))?),
    };
    let known = text(wanted.known_head.as_deref()).map(|text| {
        let failed = |error: proofs::note::NoteError| malformed("known_head", &error.to_string());
        let note = Note::parse(text.as_bytes()).map_err(failed)?;
        Checkpoint::of(&note).map_err(failed)
    });
    Ok(Brought { policy, known: known.transpose()? })
}

/// Forms end their lines as letters once did, and may lose the last end.
fn unix(text: &str) -> String {
    format!("{}\n", text.replace("\r\n", "\n").trim_end_matches('\n'))
}

fn malformed(field: &str, what: &str) -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "audit.unreadable",
        format!("内容无法读取：{what}"),
        format!("it cannot be read: {what}"),
    )
    .at(field)
}

fn unknown() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "audit.unknown", "没有这次审计", "there is no such audit")
}
