//! Visits due, pair by pair, as a list that a community works through (C9: overdue visit list).

use aggregates::member::VisitKind;
use aggregates::policy::{Holiday, PairingPolicy};
use aggregates::visits::{DueVisit, Occasion, PairTime, Period, Visit, VisitRequest, VisitState, visits_due};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::HelpPair;

/// A visit due, told with its pair.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DueVisitRow {
    /// The household's community.
    pub community: String,
    /// Opaque.
    pub household: String,
    /// The member who helps.
    pub member: String,
    /// Why it is due.
    pub kind: Option<VisitKind>,
    /// Which holiday it is for.
    pub holiday: Option<Holiday>,
    /// The request that it answers.
    pub request: Option<String>,
    /// First date that counts.
    pub from: Option<NaiveDate>,
    /// Last date that is in time.
    pub due: Option<NaiveDate>,
    /// The visit that counted for it.
    pub done_on: Option<NaiveDate>,
    /// Where it stands.
    pub state: Option<VisitState>,
}

/// The visits that a pair owes in the period `from` to `to` (both included), as they stand at the end of the day `as_of`:
/// made, open or overdue (C9), in all the times that the two were a pair. The rule is [`aggregates::visits`]'.
pub fn due_visits(
    row: &HelpPair,
    policy: &PairingPolicy,
    from: NaiveDate,
    to: NaiveDate,
    as_of: NaiveDate,
) -> Vec<DueVisit> {
    let requests: Vec<VisitRequest> =
        row.requests.iter().map(|line| VisitRequest { id: line.request.clone(), on: line.on }).collect();
    let visits: Vec<Visit> = row.visits.iter().map(|line| Visit { on: line.on, kind: line.kind }).collect();
    let earlier = row.earlier.iter().map(|period| (period.from, period.to));
    let mut dues: Vec<DueVisit> = earlier
        .chain([(row.from, row.to)])
        .filter_map(|(first, last)| Some(PairTime { from: first?, to: last }))
        .flat_map(|pair| visits_due(policy, &pair, &requests, &visits, Period { from, to }, as_of))
        .collect();
    dues.sort_by(|a, b| (a.due, &a.occasion).cmp(&(b.due, &b.occasion)));
    dues
}

impl DueVisitRow {
    /// A due visit of a pair.
    pub fn of(pair: &HelpPair, due: &DueVisit) -> Self {
        let (kind, holiday, request) = match &due.occasion {
            Occasion::Month { .. } => (VisitKind::Monthly, None, None),
            Occasion::Feast { holiday, .. } => (VisitKind::Holiday, Some(*holiday), None),
            Occasion::Request { id } => (VisitKind::OnDemand, None, Some(id.to_string())),
        };
        Self {
            community: pair.community.clone(),
            household: pair.household.clone(),
            member: pair.member.clone(),
            kind: Some(kind),
            holiday,
            request,
            from: Some(due.from),
            due: Some(due.due),
            done_on: due.done_on,
            state: Some(due.state),
        }
    }
}
