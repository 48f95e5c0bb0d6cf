//! Facts of a division.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{DivisionCode, EmergencyId, GridCode, Level};

/// A fact of a division.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum DivisionEvent {
    /// The division entered the register, or its name or aliases were corrected.
    DivisionRegistered {
        /// National or local code.
        code: DivisionCode,
        /// Official name.
        name: String,
        /// Told by the code.
        level: Level,
        /// The division above.
        parent: Option<DivisionCode>,
        /// Other names and codes in local use.
        aliases: Vec<String>,
    },
    /// Places of a county were turned to emergency (F3). The county's stream keeps what is in force in it.
    EmergencyBegan {
        /// The emergency.
        emergency: EmergencyId,
        /// The division that it is for.
        scope: DivisionCode,
        /// Only these grids of it; all of it when empty.
        grids: Vec<GridCode>,
    },
    /// They were turned back to routine (F3).
    EmergencyEnded {
        /// The emergency.
        emergency: EmergencyId,
        /// The division that it was for.
        scope: DivisionCode,
    },
}

crate::facts!(DivisionEvent: DivisionRegistered "1.0", EmergencyBegan "1.0", EmergencyEnded "1.0");
