//! Links by community: which units stand behind it, with what they need and can give (A2, A3, A7).

use aggregates::unit::UnitEvent;
use aggregates::{LedgerEvent, Recorded};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use super::day;
use crate::projection::Projection;

/// A link that stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UnitLinkRow {
    /// The unit.
    pub unit: String,
    /// The community.
    pub community: String,
    /// The key estate there.
    pub estate: Option<String>,
    /// Business day from which it stands; none once it has ended.
    pub since: Option<NaiveDate>,
    /// Business day of the unit's latest report under this link (A3).
    pub reported_on: Option<NaiveDate>,
    /// Categories in which the unit needs something.
    pub needs: Vec<String>,
    /// Categories in which it can give something.
    pub resources: Vec<String>,
}

/// The projection.
pub struct UnitLinks;

impl Projection for UnitLinks {
    const NAME: &'static str = "unit_links";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = Some("unit-links");
    const COLUMNS: &'static [&'static str] = &["unit", "community", "estate", "reported_on"];
    type Row = UnitLinkRow;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        match &event.event {
            LedgerEvent::Unit(
                UnitEvent::UnitLinked { community, .. }
                | UnitEvent::UnitUnlinked { community, .. }
                | UnitEvent::UnitReported { community, .. },
            ) => vec![format_smolstr!("{}/{community}", event.stream_id)],
            _ => vec![],
        }
    }

    fn fold(_key: &str, row: &mut UnitLinkRow, event: &Recorded) {
        let LedgerEvent::Unit(fact) = &event.event else { return };
        match fact {
            UnitEvent::UnitLinked { community, estate, .. } => {
                event.stream_id.as_str().clone_into(&mut row.unit);
                row.community = community.to_string();
                row.estate = estate.as_ref().map(ToString::to_string);
                row.since = row.since.or(Some(day(event)));
            }
            UnitEvent::UnitUnlinked { .. } => *row = UnitLinkRow::default(),
            UnitEvent::UnitReported { needs, resources, on, .. } => {
                row.reported_on = Some(*on);
                row.needs = needs.iter().map(ToString::to_string).collect();
                row.resources = resources.iter().map(ToString::to_string).collect();
            }
            _ => {}
        }
    }

    fn columns(_key: &str, row: &UnitLinkRow) -> Vec<Option<String>> {
        vec![
            Some(row.unit.clone()),
            Some(row.community.clone()),
            row.estate.clone(),
            row.reported_on.map(|on| on.to_string()),
        ]
    }

    fn is_gone(row: &UnitLinkRow) -> bool {
        row.since.is_none()
    }

    fn streams(key: &str) -> Option<Vec<(&'static str, String)>> {
        let (unit, _) = key.rsplit_once('/')?;
        Some(vec![("unit", unit.to_owned())])
    }
}
