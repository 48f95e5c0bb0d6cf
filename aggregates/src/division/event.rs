//! Facts of a division.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{DivisionCode, Level};

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
}

crate::facts!(DivisionEvent: DivisionRegistered "1.0");
