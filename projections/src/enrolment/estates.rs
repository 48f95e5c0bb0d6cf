//! Estates and buildings, with who serves there (A4, A8).

use aggregates::estate::EstateEvent;
use aggregates::member::{DwellingKind, LedgerKind};
use aggregates::{LedgerEvent, Recorded};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::day;
use crate::projection::Projection;

/// An estate or building.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EstateRow {
    /// The estate.
    pub estate: String,
    /// Its public name.
    pub name: String,
    /// The community that it lies in.
    pub community: String,
    /// The communities that it lay in before they were re-cut, oldest first.
    pub earlier_communities: Vec<String>,
    /// What kind of dwelling it is.
    pub kind: Option<DwellingKind>,
    /// The ledger that those who live there stand in.
    pub ledger: Option<LedgerKind>,
    /// How many households live there.
    pub households: u32,
    /// How many buildings it has.
    pub buildings: u32,
    /// How many members serve there.
    pub serving_count: u32,
    /// Who serves there: 报到在社区、服务在小区 (A8).
    pub serving: Vec<Serving>,
}

/// A member who serves in the estate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Serving {
    /// The member.
    pub member: String,
    /// Business day of the assignment.
    pub since: NaiveDate,
}

/// The projection.
pub struct Estates;

impl Projection for Estates {
    const NAME: &'static str = "estates";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = Some("estates");
    const COLUMNS: &'static [&'static str] = &["community", "kind", "ledger", "name"];
    type Row = EstateRow;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        match &event.event {
            LedgerEvent::Estate(_) => vec![event.stream_id.clone()],
            _ => vec![],
        }
    }

    fn fold(_key: &str, row: &mut EstateRow, event: &Recorded) {
        let LedgerEvent::Estate(fact) = &event.event else { return };
        event.stream_id.as_str().clone_into(&mut row.estate);
        match fact {
            EstateEvent::EstateRegistered {
                community, kind, ledger, name, households, buildings, ..
            } => {
                row.community = community.to_string();
                row.kind = Some(*kind);
                row.ledger = Some(*ledger);
                row.name.clone_from(name);
                row.households = *households;
                row.buildings = *buildings;
            }
            EstateEvent::EstateCorrected { name, households, buildings, .. } => {
                row.name.clone_from(name);
                row.households = *households;
                row.buildings = *buildings;
            }
            EstateEvent::EstateMovedToCommunity { from, to, .. } => {
                row.earlier_communities.push(from.to_string());
                row.community = to.to_string();
            }
            EstateEvent::EstateMemberAssigned { member } => {
                row.serving.push(Serving { member: member.to_string(), since: day(event) });
            }
            EstateEvent::EstateMemberLeft { member } => {
                row.serving.retain(|serving| serving.member != member.as_str());
            }
        }
        row.serving_count = u32::try_from(row.serving.len()).unwrap_or(u32::MAX);
    }

    fn columns(_key: &str, row: &EstateRow) -> Vec<Option<String>> {
        vec![
            Some(row.community.clone()),
            row.kind.map(|kind| kind.name().to_owned()),
            row.ledger.map(|ledger| ledger.name().to_owned()),
            Some(row.name.clone()),
        ]
    }

    fn streams(key: &str) -> Option<Vec<(&'static str, String)>> {
        Some(vec![("estate", key.to_owned())])
    }
}
