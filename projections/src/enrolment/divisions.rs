//! The register of divisions (区划).

use aggregates::division::DivisionEvent;
use aggregates::ids::Level;
use aggregates::{LedgerEvent, Recorded};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::projection::Projection;

/// A division.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DivisionRow {
    /// National or local code.
    pub code: String,
    /// Official name.
    pub name: String,
    /// Told by the code.
    pub level: Option<Level>,
    /// The division above.
    pub parent: Option<String>,
    /// Other names and codes in local use (gap G6).
    pub aliases: Vec<String>,
}

/// The projection.
pub struct Divisions;

impl Projection for Divisions {
    const NAME: &'static str = "divisions";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = Some("divisions");
    const COLUMNS: &'static [&'static str] = &["division", "level", "parent", "name"];
    type Row = DivisionRow;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        match &event.event {
            LedgerEvent::Division(DivisionEvent::DivisionRegistered { .. }) => vec![event.stream_id.clone()],
            // What is in force in a county is told by the register of emergencies.
            _ => vec![],
        }
    }

    fn fold(_key: &str, row: &mut DivisionRow, event: &Recorded) {
        let LedgerEvent::Division(DivisionEvent::DivisionRegistered { code, name, level, parent, aliases }) =
            &event.event
        else {
            return;
        };
        *row = DivisionRow {
            code: code.to_string(),
            name: name.clone(),
            level: Some(*level),
            parent: parent.as_ref().map(ToString::to_string),
            aliases: aliases.clone(),
        };
    }

    fn columns(_key: &str, row: &DivisionRow) -> Vec<Option<String>> {
        vec![
            Some(row.code.clone()),
            row.level.map(|level| level.name().to_owned()),
            row.parent.clone(),
            Some(row.name.clone()),
        ]
    }

    fn streams(key: &str) -> Option<Vec<(&'static str, String)>> {
        Some(vec![("division", key.to_owned())])
    }
}
