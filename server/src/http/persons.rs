//! `GET /v1/persons/{kind}/{id}`, its `/export`, `GET /v1/demands/{id}/words`, `GET /v1/households/{id}/words`: what is personal.

use std::collections::BTreeSet;
use std::sync::Arc;

use aggregates::demand::Demand;
use aggregates::{Subject, SubjectKind};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use commands::Trouble;
use projections::{Askers, Projection};
use serde::Serialize;

use super::House;
use super::problem::Problem;
use super::query::Parameters;
use super::sight::{Seen, Sight};
use super::unreadable::short;
use crate::persons::{ReadError, Reading};

/// Only for whoever asked.
const PRIVATE: (HeaderName, HeaderValue) =
    (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));

/// Details and consents.
pub(super) async fn person(
    State(house): State<Arc<House>>,
    sight: Sight,
    Path((kind, id)): Path<(String, String)>,
    given: Parameters,
) -> Result<Response, Problem> {
    let subject = subject(&kind, &id)?;
    caught_up(&house, given).await?;
    let (reader, seen) = sight.reader();
    let view = house.reading().person(&reader, &subject).await.map_err(|error| denied(&sight, error))?;
    shown(&sight, "details", [subject.to_string()].into(), seen, view).await
}

/// Everything that is held.
pub(super) async fn export(
    State(house): State<Arc<House>>,
    sight: Sight,
    Path((kind, id)): Path<(String, String)>,
    given: Parameters,
) -> Result<Response, Problem> {
    let subject = subject(&kind, &id)?;
    caught_up(&house, given).await?;
    let file = house.reading().file(sight.actor(), &subject).await.map_err(|error| denied(&sight, error))?;
    shown(&sight, "everything", [subject.to_string()].into(), Seen::Yes, file).await
}

/// What was said about a demand.
pub(super) async fn demand_words(
    State(house): State<Arc<House>>,
    sight: Sight,
    Path(id): Path<String>,
    given: Parameters,
) -> Result<Response, Problem> {
    caught_up(&house, given).await?;
    let (reader, seen) = sight.reader();
    let words = house.reading().words(&reader, &id).await.map_err(|error| denied(&sight, error))?;
    // The one who asked is told, where it is known who that is.
    let asker =
        house.app.desk().look::<Demand>(&id).await?.placed_by().map(|asker| format!("resident:{asker}"));
    let subjects = [Some(words.subject.to_string()), asker].into_iter().flatten().collect();
    shown(&sight, "words", subjects, seen, words).await
}

/// What was noted of visits to a household.
pub(super) async fn household_words(
    State(house): State<Arc<House>>,
    sight: Sight,
    Path(id): Path<String>,
    given: Parameters,
) -> Result<Response, Problem> {
    caught_up(&house, given).await?;
    let (reader, seen) = sight.reader();
    let words = house.reading().visits(&reader, &id).await.map_err(|error| denied(&sight, error))?;
    shown(&sight, "notes", [words.subject.to_string()].into(), seen, words).await
}

/// What was read: first it is recorded of whom, then it is shown.
async fn shown(
    sight: &Sight,
    what: &str,
    subjects: BTreeSet<String>,
    seen: Seen,
    view: impl Serialize,
) -> Result<Response, Problem> {
    sight.read(what, subjects, seen).await?;
    Ok(([PRIVATE], Json(view)).into_response())
}

/// Whoever has not signed in is asked to.
fn denied(sight: &Sight, error: ReadError) -> Problem {
    let problem = sight.refused();
    match error {
        ReadError::Forbidden if problem.status == StatusCode::UNAUTHORIZED => problem,
        other => other.into(),
    }
}

impl House {
    /// What reads the vault.
    pub(super) fn reading(&self) -> Reading<'_> {
        Reading { store: self.app.store(), desk: self.app.desk(), vault: self.app.vault() }
    }
}

async fn caught_up(house: &House, mut given: Parameters) -> Result<(), Problem> {
    let at_least = given.at_least();
    given.done(|| "at_least".to_owned())?;
    if let Some(position) = at_least {
        house.app.reached(&Askers::sheet(), position).await?;
    }
    Ok(())
}

fn subject(kind: &str, id: &str) -> Result<Subject, Problem> {
    let known = SubjectKind::named(kind).and_then(|kind| Subject::new(kind, id).ok());
    known.ok_or_else(|| unknown(&format!("{}/{}", short(kind), short(id))))
}

fn unknown(what: &str) -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "person.unknown",
        format!("没有 {what}"),
        format!("there is no {what}"),
    )
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Forbidden => Self::new(
                StatusCode::FORBIDDEN,
                "personal.not_yours",
                "无权查看该个人信息",
                "that is personal, and not for whoever asks",
            ),
            ReadError::Unknown(what) => unknown(&short(&what)),
            ReadError::Vault(error) => Trouble::from(error).into(),
            ReadError::Trouble(trouble) => trouble.into(),
            ReadError::Store(error) => error.into(),
        }
    }
}
