//! Facts of the rulebook.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::DutyCatalogue;
use crate::policy::Policy;

/// A fact of the rulebook.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum RulebookEvent {
    /// A policy was adopted, whole.
    PolicyAdopted {
        /// The policy as validated.
        policy: Box<Policy>,
        /// Hex SHA-256 of the file that was read.
        digest: String,
    },
    /// A duty catalogue was adopted, whole (C4).
    DutyCatalogueAdopted {
        /// The catalogue as validated.
        catalogue: DutyCatalogue,
        /// Hex SHA-256 of the file that was read.
        digest: String,
    },
}

crate::facts!(RulebookEvent: PolicyAdopted "1.0", DutyCatalogueAdopted "1.0");
