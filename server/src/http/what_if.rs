//! `/v1/policies/what-if`: what a draft policy would make of the point cards of a year. Nothing is recorded by it but that it was read.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use aggregates::policy::Policy;
use aggregates::{Subject, SubjectKind, when};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{Datelike, NaiveDate};
use commands::{authority, read_draft};
use projections::ports::{Condition, Feed as _, Find};
use projections::{Members, PointCards, PolicyTrial, Projection, Units, WhatIf};
use schemars::JsonSchema;
use serde::Deserialize;

use super::House;
use super::body;
use super::problem::Problem;
use super::query::Parameters;
use super::sight::{Seen, Sight};
use super::trials::{Entry, Standing, TrialState};
use super::unreadable;

/// Where trials are.
pub(crate) const PATH: &str = "/v1/policies/what-if";
/// Bytes of a draft and what is around it at most.
const BYTES_MAX: usize = 512 << 10;
/// Changed cards that are told.
const CARDS_MAX: usize = 500;
/// Whoever asks waits so long for the answer before it is fetched from an address of its own.
const PATIENCE: Duration = Duration::from_millis(1500);
/// The earliest year that there can be cards of.
const FIRST_YEAR: i32 = 2000;

/// A draft, and the year whose cards it is tried on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyDraft {
    /// The draft as TOML text, as `adopt-policy` takes it; or the same as JSON text.
    pub text: String,
    /// The year; the running one when absent.
    #[serde(default)]
    pub year: Option<i32>,
}

/// Tries a draft.
pub(super) async fn begin(
    State(house): State<Arc<House>>,
    sight: Sight,
    headers: HeaderMap,
    given: Parameters,
    content: Body,
) -> Result<Response, Problem> {
    given.done(String::new)?;
    must_try(&sight)?;
    let (draft, year, on) = read(&house, &headers, content).await?;
    let within = holders_in_reach(&house, &sight, year).await?;
    let (id, going, outcome) = house.trials.begin(sight.actor())?;
    let app = Arc::clone(&house.app);
    tokio::spawn(async move {
        let mut trial = WhatIf::new(year, draft);
        let came = match projections::run(app.store().as_ref(), &mut trial, &going).await {
            Ok(Some(position)) => {
                let seen = |kind: &str, holder: &str| {
                    within.as_ref().is_none_or(|within| within.contains(&format!("{kind}/{holder}/{year}")))
                };
                Ok(Arc::new(trial.finish(on, position, CARDS_MAX, seen)))
            }
            Ok(None) => Err(Standing::Stopped),
            Err(error) => {
                tracing::error!(%error, "a trial of a policy could not be finished");
                Err(Standing::Failed)
            }
        };
        outcome.send_replace(Some(came));
    });
    let (id, mut entry) = house.trials.of(&id.to_string(), sight.actor())?;
    let _ = tokio::time::timeout(PATIENCE, entry.outcome.changed()).await;
    let mut response = tell(&sight, entry.state(id)).await?;
    let location = house.link(&format!("{PATH}/{id}"));
    if let Ok(location) = location.parse() {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// Tells how far a trial is, or what came of it.
pub(super) async fn look(
    State(house): State<Arc<House>>,
    Path(id): Path<String>,
    sight: Sight,
    given: Parameters,
) -> Result<Response, Problem> {
    given.done(String::new)?;
    must_try(&sight)?;
    let (id, entry) = house.trials.of(&id, sight.actor())?;
    tell(&sight, entry.state(id)).await
}

/// Stops a trial.
pub(super) async fn stop(
    State(house): State<Arc<House>>,
    Path(id): Path<String>,
    sight: Sight,
    given: Parameters,
) -> Result<Response, Problem> {
    given.done(String::new)?;
    must_try(&sight)?;
    let (_, Entry { going, .. }) = house.trials.of(&id, sight.actor())?;
    going.stop();
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn must_try(sight: &Sight) -> Result<(), Problem> {
    if authority::tries_policies(sight.actor().role) { Ok(()) } else { Err(sight.refused()) }
}

/// The draft, the year, and the day whose policy in force tells today's grades: the year's last, or today while it runs.
async fn read(
    house: &House,
    headers: &HeaderMap,
    content: Body,
) -> Result<(Policy, i32, NaiveDate), Problem> {
    body::must_be(headers, &["application/json"])?;
    let text = body::text(content, BYTES_MAX).await?;
    let mut reader = serde_json::Deserializer::from_str(&text);
    let given: PolicyDraft = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        if error.inner().is_data() {
            unreadable::invalid(&error.path().to_string(), &error.inner().to_string())
        } else {
            unreadable::malformed_json("the body is not JSON")
        }
    })?;
    let draft = read_draft(&given.text)?;
    let today = when::local(house.app.clock().now()).date_naive();
    let year = given.year.unwrap_or_else(|| today.year());
    let last = NaiveDate::from_ymd_opt(year, 12, 31).filter(|_| (FIRST_YEAR..=today.year()).contains(&year));
    let last = last.ok_or_else(|| {
        Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "request.invalid_field",
            format!("年度应为 {FIRST_YEAR} 至 {}", today.year()),
            format!("expected a year from {FIRST_YEAR} to {}", today.year()),
        )
        .at("year")
    })?;
    Ok((draft, year, last.min(today)))
}

/// The keys of the cards that the caller sees; none where he sees all.
async fn holders_in_reach(
    house: &House,
    sight: &Sight,
    year: i32,
) -> Result<Option<HashSet<String>>, Problem> {
    let Some(condition) = sight.of_list("point-cards")? else { return Ok(None) };
    if sight.actor().organisation.is_none() {
        return Ok(None);
    }
    // The trial reads the journal, which never lags: whose cards there are must be known as far.
    let head = house.app.store().head().await?;
    for sheet in [PointCards::sheet(), Members::sheet(), Units::sheet()] {
        house.app.reached(&sheet, head).await?;
    }
    let find = Find {
        conditions: vec![Condition::Is("year", year.to_string()), condition],
        limit: i32::MAX as usize,
        ..Find::default()
    };
    let (found, _) = sight.find(&PointCards::sheet(), &find).await?;
    Ok(Some(found.into_iter().map(|row| row.key).collect()))
}

/// The answer. Whose cards are told is recorded before they are.
async fn tell(sight: &Sight, state: TrialState) -> Result<Response, Problem> {
    if let Some(PolicyTrial { cards, .. }) = &state.result {
        let members = cards.iter().filter(|card| card.holder_kind == "member");
        let subjects: BTreeSet<String> = members
            .filter_map(|card| Subject::new(SubjectKind::Member, &card.holder).ok())
            .map(|subject| subject.to_string())
            .collect();
        sight.read("point-cards", subjects, Seen::Yes).await?;
    }
    let status = if state.state == Standing::Running { StatusCode::ACCEPTED } else { StatusCode::OK };
    Ok((status, [(header::CACHE_CONTROL, "no-store")], Json(state)).into_response())
}
