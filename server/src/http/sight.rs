//! What a caller is shown: rows within his reach, without the fields that are not for him; and that he was shown it.

use std::collections::BTreeSet;
use std::sync::Arc;

use aggregates::Role;
use aggregates::circumstance::Actor;
use aggregates::ids::{ActorId, Term};
use aggregates::reading::Reading;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use commands::authority::{self, Limit, Reach};
use commands::{Envelope, RecordReading};
use projections::ports::{Condition, Find, FoundRow, Sheet};
use projections::resource::Resource;
use projections::{StoreError, sheets};
use serde_json::Value;

use super::House;
use super::caller::{self, Caller, Callers};
use super::problem::Problem;
use crate::reach::condition;

/// Why somebody looks who may not: it is recorded, and alarms.
pub const BREAK_GLASS: &str = "Baodao-Break-Glass";
/// What somebody looks for: it is recorded.
pub const PURPOSE: &str = "Baodao-Purpose";
/// Characters of either at most.
const REASON_MAX: usize = 200;
/// Persons of one reading at most: more make several.
const SUBJECTS_MAX: usize = 400;

/// A caller who looks.
pub(super) struct Sight {
    pub(super) caller: Caller,
    house: Arc<House>,
    glass: Option<String>,
    purpose: Option<String>,
}

impl FromRequestParts<Arc<House>> for Sight {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, house: &Arc<House>) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, house).await?;
        let glass = words(parts, BREAK_GLASS)?;
        if glass.is_some() && !authority::breaks_glass(caller.0.role) {
            return Err(caller.refused(house));
        }
        let purpose = words(parts, PURPOSE)?;
        Ok(Self { caller, house: Arc::clone(house), glass, purpose })
    }
}

fn words(parts: &Parts, name: &'static str) -> Result<Option<String>, Problem> {
    let Some(text) = caller::text(&parts.headers, name)? else { return Ok(None) };
    if text.is_empty() || text.chars().count() > REASON_MAX || text.chars().any(char::is_control) {
        let (zh, en) = (
            format!("应为 1 至 {REASON_MAX} 字的说明"),
            format!("expected a reason of 1 to {REASON_MAX} characters"),
        );
        return Err(Problem::new(StatusCode::BAD_REQUEST, "request.malformed_header", zh, en).at(name));
    }
    Ok(Some(text))
}

impl Sight {
    /// Who looks.
    pub(super) fn actor(&self) -> &Actor {
        &self.caller.0
    }

    /// As whom the vault is read: through broken glass as the house itself.
    pub(super) fn reader(&self) -> (Actor, Seen) {
        let house = Actor { role: Role::System, ..self.actor().clone() };
        if self.glass.is_some() { (house, Seen::ThroughGlass) } else { (self.actor().clone(), Seen::Yes) }
    }

    /// The same, who has said elsewhere what he looks for.
    pub(super) fn purposed(self, purpose: &str) -> Self {
        Self { purpose: Some(purpose.to_owned()), ..self }
    }

    /// What the caller is told who may not.
    pub(super) fn refused(&self) -> Problem {
        self.caller.refused(&self.house)
    }

    /// The condition that rows of a list must meet; none when all are seen.
    pub(super) fn of_list(&self, resource: &str) -> Result<Option<Condition>, Problem> {
        match authority::reach(self.actor(), resource) {
            Reach::Nothing => Err(self.refused()),
            Reach::All => Ok(None),
            Reach::Within(limit) => Ok(Some(condition(&limit))),
        }
    }

    /// All rows of a sheet for a file, which is for offices only, and the position that they reflect; recorded is whose rows are in it.
    pub(super) async fn of_export(&self, sheet: &Sheet) -> Result<(Vec<FoundRow>, u64), Problem> {
        let resource = sheets::resources()
            .iter()
            .find(|one| one.sheet.name == sheet.name)
            .ok_or_else(|| self.refused())?;
        if !authority::is_office(self.actor().role) {
            return Err(self.refused());
        }
        let conditions = self.of_list(resource.name)?.into_iter().collect();
        let find = Find { conditions, limit: i32::MAX as usize, ..Find::default() };
        let found = self.find(sheet, &find).await?;
        self.shown(resource.name, found.0.iter().map(|row| row.body.as_str()), Seen::Yes).await?;
        Ok(found)
    }

    /// Rows, read for the caller: the only way in which they are, so that the second lock is always there.
    pub(super) async fn find(&self, sheet: &Sheet, find: &Find) -> Result<(Vec<FoundRow>, u64), StoreError> {
        self.house.app.store().seen_by(self.actor()).find(sheet, find).await
    }

    /// Whether the row of a key is seen. What is not seen is as if it were not there, unless the glass is broken.
    pub(super) async fn sees(&self, resource: &Resource, key: &str, reach: Reach) -> Result<Seen, Problem> {
        let limit = match reach {
            Reach::All => return Ok(Seen::Yes),
            Reach::Nothing if self.glass.is_some() => return Ok(Seen::ThroughGlass),
            Reach::Nothing => return Err(self.refused()),
            Reach::Within(limit) => limit,
        };
        let (found, _) = self.within(resource, key, &limit).await?;
        Ok(match (found, &self.glass) {
            (Some(_), _) => Seen::Yes,
            (None, Some(_)) => Seen::ThroughGlass,
            (None, None) => Seen::No,
        })
    }

    /// The row of a key if it is within the limit, and the position that this reflects.
    pub(super) async fn within(
        &self,
        resource: &Resource,
        key: &str,
        limit: &Limit,
    ) -> Result<(Option<String>, u64), Problem> {
        let conditions = vec![Condition::Key(key.to_owned()), condition(limit)];
        let find = Find { conditions, limit: 1, ..Find::default() };
        let (found, reflects) = self.find(&resource.sheet, &find).await?;
        Ok((found.into_iter().next().map(|row| row.body), reflects))
    }

    /// Whether the caller looks beyond his authority, for a reason told.
    pub(super) fn has_broken_glass(&self) -> bool {
        self.glass.is_some()
    }

    /// The row without what is not for the caller.
    pub(super) fn masked(&self, resource: &str, body: String, seen: Seen) -> Result<String, Problem> {
        if seen == Seen::ThroughGlass || !authority::masks(self.actor().role, resource) {
            return Ok(body);
        }
        let damaged = |error: serde_json::Error| Problem::from(StoreError::Damaged(error.to_string()));
        let mut row: Value = serde_json::from_str(&body).map_err(damaged)?;
        authority::mask_row(self.actor(), resource, &mut row);
        serde_json::to_string(&row).map_err(damaged)
    }

    /// Records, before they are shown, that these rows were read, if they are personal and the caller is of an office.
    pub(super) async fn shown<'a>(
        &self,
        resource: &str,
        bodies: impl IntoIterator<Item = &'a str>,
        seen: Seen,
    ) -> Result<(), Problem> {
        if !self.is_recorded() || !authority::is_personal(resource) {
            return Ok(());
        }
        let mut subjects = BTreeSet::new();
        for body in bodies {
            let row: Value = serde_json::from_str(body)
                .map_err(|error| Problem::from(StoreError::Damaged(error.to_string())))?;
            subjects.extend(authority::subject_of(resource, &row));
        }
        self.read(resource, subjects, seen).await
    }

    /// Records that what is held about these persons was read, if the caller is of an office.
    pub(super) async fn read(
        &self,
        what: &str,
        subjects: BTreeSet<String>,
        seen: Seen,
    ) -> Result<(), Problem> {
        if !self.is_recorded() || subjects.is_empty() {
            return Ok(());
        }
        let broken_glass = seen == Seen::ThroughGlass;
        let purpose = if broken_glass { self.glass.clone() } else { self.purpose.clone() };
        if broken_glass {
            let (by, role) = (self.actor().id.as_str(), self.actor().role.name());
            tracing::error!(target: "baodao::alarm", by, role, what, "GLASS BROKEN: personal records were read beyond the reader's authority");
            metrics::counter!("baodao_broken_glass_total", "ledger" => self.house.name().label())
                .increment(1);
        }
        let house = Actor {
            id: ActorId::new("readings").unwrap_or_default(),
            role: Role::System,
            organisation: None,
        };
        let subjects: Vec<String> = subjects.into_iter().collect();
        for some in subjects.chunks(SUBJECTS_MAX) {
            let reading = Reading {
                by: self.actor().id.clone(),
                role: self.actor().role,
                organisation: self.actor().organisation.clone().and_then(|body| ActorId::new(body).ok()),
                what: Term::new(what).unwrap_or_default(),
                subjects: some.iter().cloned().collect(),
                purpose: purpose.clone(),
                broken_glass,
            };
            self.house.app.desk().submit(&Envelope::new(house.clone()), &RecordReading { reading }).await?;
        }
        Ok(())
    }

    /// Offices are recorded. The person at the machine of an embedded ledger is not: he has the file itself.
    fn is_recorded(&self) -> bool {
        let is_local = self.house.settings.callers == Callers::Trusted && self.actor().role == Role::Operator;
        self.house.settings.readings && authority::is_office(self.actor().role) && !is_local
    }
}

/// Whether a row is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// It is, beyond the caller's authority and for a reason told.
    ThroughGlass,
}
