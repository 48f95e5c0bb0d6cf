//! Pairs of key households and members who help them, with visits asked for and made (C8, C9, C13). Which visits are due
//! is worked out when somebody asks, because it depends on the day: [`super::due_visits`].

use aggregates::household::{FiveHundreds, HouseholdEvent};
use aggregates::ids::DemandId;
use aggregates::member::VisitKind;
use aggregates::{LedgerEvent, Recorded};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use crate::projection::Projection;

/// Whether a pair runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PairStatus {
    /// 结对中
    #[default]
    Active,
    /// 已解除
    Ended,
}

/// A pair.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HelpPair {
    /// Opaque.
    pub household: String,
    /// The member who helps.
    pub member: String,
    /// The household's community.
    pub community: String,
    /// Whether it runs.
    pub status: PairStatus,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day, when it has ended.
    pub to: Option<NaiveDate>,
    /// Times that the same two were a pair before.
    pub earlier: Vec<PairPeriod>,
    /// Visits that the household asked for.
    pub requests: Vec<RequestLine>,
    /// Visits made.
    pub visits: Vec<VisitLine>,
    /// Day of the last visit.
    pub last_visit: Option<NaiveDate>,
}

/// A time that has ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PairPeriod {
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
}

/// A visit asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RequestLine {
    /// The request's name.
    pub request: DemandId,
    /// On which day.
    pub on: NaiveDate,
    /// The event behind it.
    pub position: u64,
}

/// A visit made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VisitLine {
    /// On which day.
    pub on: NaiveDate,
    /// Why.
    pub kind: VisitKind,
    /// How long, when noted.
    pub minutes: Option<u32>,
    /// Which of the five services, when noted (C13).
    pub service: Option<FiveHundreds>,
    /// The event behind it.
    pub position: u64,
}

/// The projection.
pub struct HelpPairs;

impl Projection for HelpPairs {
    const NAME: &'static str = "help_pairs";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = Some("help-pairs");
    const COLUMNS: &'static [&'static str] = &["community", "member", "household", "status", "last_visit"];
    type Row = HelpPair;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        let LedgerEvent::Household(
            HouseholdEvent::PairFormed { member, .. }
            | HouseholdEvent::PairEnded { member, .. }
            | HouseholdEvent::VisitRequested { member, .. }
            | HouseholdEvent::HouseholdVisited { member, .. },
        ) = &event.event
        else {
            return vec![];
        };
        vec![format_smolstr!("{}/{member}", event.stream_id)]
    }

    fn fold(_key: &str, row: &mut HelpPair, event: &Recorded) {
        let LedgerEvent::Household(fact) = &event.event else { return };
        event.stream_id.as_str().clone_into(&mut row.household);
        match fact {
            HouseholdEvent::PairFormed { community, member, on } => {
                if row.from.is_some() {
                    row.earlier.push(PairPeriod { from: row.from, to: row.to });
                }
                row.community = community.to_string();
                row.member = member.to_string();
                row.status = PairStatus::Active;
                (row.from, row.to) = (Some(*on), None);
            }
            HouseholdEvent::PairEnded { on, .. } => {
                row.status = PairStatus::Ended;
                row.to = Some(*on);
            }
            HouseholdEvent::VisitRequested { request, on, .. } => {
                row.requests.push(RequestLine {
                    request: request.clone(),
                    on: *on,
                    position: event.position,
                });
            }
            HouseholdEvent::HouseholdVisited { kind, on, minutes, service, .. } => {
                row.visits.push(VisitLine {
                    on: *on,
                    kind: *kind,
                    minutes: *minutes,
                    service: *service,
                    position: event.position,
                });
                row.last_visit = row.last_visit.max(Some(*on));
            }
            _ => {}
        }
    }

    fn columns(_key: &str, row: &HelpPair) -> Vec<Option<String>> {
        let status = if row.status == PairStatus::Active { "active" } else { "ended" };
        vec![
            Some(row.community.clone()),
            Some(row.member.clone()),
            Some(row.household.clone()),
            Some(status.to_owned()),
            row.last_visit.map(|day| day.to_string()),
        ]
    }

    fn streams(key: &str) -> Option<Vec<(&'static str, String)>> {
        let (household, _) = key.split_once('/')?;
        Some(vec![("household", household.to_owned())])
    }
}

#[cfg(test)]
mod tests;
