//! The mode of a place, routine or emergency (F3, F4): a grid, a community, a street and so on, by what is in force above it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::EmergencyRow;

/// The two modes of duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// 平时: one's own job and the grid.
    Routine,
    /// 急时: all to the grid.
    Emergency,
}

/// A place with what is in force there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ModeOfPlace {
    /// The place: a division or a grid.
    pub place: String,
    /// Its mode, as a whole.
    pub mode: Mode,
    /// What is in force for all of it, the widest first.
    pub emergencies: Vec<EmergencyRow>,
    /// What is in force for parts of it.
    pub parts: Vec<EmergencyRow>,
    /// The position that the answer reflects.
    pub position: u64,
}

/// The mode of a place, from the emergencies in force about it.
pub fn mode_of(place: &str, in_force: Vec<EmergencyRow>, position: u64) -> ModeOfPlace {
    let (mut emergencies, mut within) = (vec![], vec![]);
    for row in in_force {
        let Some(scope) = row.place() else { continue };
        if scope.covers(place) {
            emergencies.push(row);
        } else if scope.lies_in(place) {
            within.push(row);
        }
    }
    for rows in [&mut emergencies, &mut within] {
        rows.sort_by(|one, other| {
            (one.scope.len(), &one.declared_at, &one.emergency).cmp(&(
                other.scope.len(),
                &other.declared_at,
                &other.emergency,
            ))
        });
    }
    let mode = if emergencies.is_empty() { Mode::Routine } else { Mode::Emergency };
    ModeOfPlace { place: place.to_owned(), mode, emergencies, parts: within, position }
}
