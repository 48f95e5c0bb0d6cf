//! Who came to the grid in which emergency (F4): `/v1/musters`. The place is a grid or community, never a trail of a person.

use aggregates::emergency::EmergencyEvent;
use aggregates::{LedgerEvent, Recorded, when};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use crate::projection::Projection;

/// A member who came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MusterRow {
    /// The emergency.
    pub emergency: String,
    /// The member: opaque.
    pub member: String,
    /// The member's unit then.
    pub unit: Option<String>,
    /// Where the member came to.
    pub community: String,
    /// The grid, when it is known.
    pub grid: Option<String>,
    /// Whether the member holds a post there.
    pub posted: bool,
    /// Came at.
    pub mustered_at: String,
}

/// The projection.
pub struct Musters;

impl Projection for Musters {
    const NAME: &'static str = "musters";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = Some("musters");
    const COLUMNS: &'static [&'static str] =
        &["emergency", "community", "grid", "member", "unit", "mustered_at"];
    type Row = MusterRow;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        match &event.event {
            LedgerEvent::Emergency(EmergencyEvent::MemberMustered { member, .. }) => {
                vec![format_smolstr!("{}/{member}", event.stream_id)]
            }
            _ => vec![],
        }
    }

    fn fold(_key: &str, row: &mut MusterRow, event: &Recorded) {
        let LedgerEvent::Emergency(EmergencyEvent::MemberMustered { member, unit, community, grid, posted }) =
            &event.event
        else {
            return;
        };
        *row = MusterRow {
            emergency: event.stream_id.to_string(),
            member: member.to_string(),
            unit: unit.as_ref().map(ToString::to_string),
            community: community.to_string(),
            grid: grid.as_ref().map(ToString::to_string),
            posted: *posted,
            mustered_at: when::stamp(&event.meta.occurred_at),
        };
    }

    fn columns(_key: &str, row: &MusterRow) -> Vec<Option<String>> {
        vec![
            Some(row.emergency.clone()),
            Some(row.community.clone()),
            row.grid.clone(),
            Some(row.member.clone()),
            row.unit.clone(),
            Some(row.mustered_at.clone()),
        ]
    }

    fn streams(key: &str) -> Option<Vec<(&'static str, String)>> {
        let (emergency, _) = key.split_once('/')?;
        Some(vec![("emergency", emergency.to_owned())])
    }
}
