//! Key households: opaque, with need tags, and the members who help them (C8, C9).

use std::collections::BTreeSet;

use aggregates::household::{HouseholdEvent, NeedTag};
use aggregates::{LedgerEvent, Recorded};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::projection::Projection;

/// A household.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HouseholdRow {
    /// Opaque.
    pub household: String,
    /// Its community.
    pub community: String,
    /// Its grid, when known.
    pub grid: Option<String>,
    /// Why it needs help.
    pub needs: BTreeSet<NeedTag>,
    /// Whether the person, or a minor's guardian, consents to these tags.
    pub consent: bool,
    /// Who helps it now.
    pub helpers: Vec<HelperLine>,
    /// Whether anybody does.
    pub paired: bool,
    /// Visits that it asked for.
    pub requests: u32,
    /// Visits made.
    pub visits: u32,
    /// Day of the last visit.
    pub last_visit: Option<NaiveDate>,
}

/// A member who helps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HelperLine {
    /// The member.
    pub member: String,
    /// First day.
    pub from: NaiveDate,
}

/// The projection.
pub struct Households;

impl Projection for Households {
    const NAME: &'static str = "households";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = Some("households");
    const COLUMNS: &'static [&'static str] = &["community", "grid", "paired", "last_visit"];
    type Row = HouseholdRow;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        match &event.event {
            LedgerEvent::Household(_) => vec![event.stream_id.clone()],
            _ => vec![],
        }
    }

    fn fold(key: &str, row: &mut HouseholdRow, event: &Recorded) {
        use HouseholdEvent as E;
        let LedgerEvent::Household(fact) = &event.event else { return };
        key.clone_into(&mut row.household);
        match fact {
            E::HouseholdRegistered { community, grid, needs, consent, .. } => {
                row.community = community.to_string();
                row.grid = grid.as_ref().map(ToString::to_string);
                row.needs.clone_from(needs);
                row.consent = *consent;
            }
            E::HouseholdNeedsRecorded { needs, consent, .. } => {
                row.needs.clone_from(needs);
                row.consent = *consent;
            }
            E::PairFormed { member, on, .. } => {
                row.helpers.push(HelperLine { member: member.to_string(), from: *on });
            }
            E::PairEnded { member, .. } => {
                row.helpers.retain(|helper| helper.member != member.as_str());
            }
            E::VisitRequested { .. } => row.requests += 1,
            E::HouseholdVisited { on, .. } => {
                row.visits += 1;
                row.last_visit = row.last_visit.max(Some(*on));
            }
        }
        row.paired = !row.helpers.is_empty();
    }

    fn columns(_key: &str, row: &HouseholdRow) -> Vec<Option<String>> {
        vec![
            Some(row.community.clone()),
            row.grid.clone(),
            Some(row.paired.to_string()),
            row.last_visit.map(|day| day.to_string()),
        ]
    }

    fn streams(key: &str) -> Option<Vec<(&'static str, String)>> {
        Some(vec![("household", key.to_owned())])
    }
}
