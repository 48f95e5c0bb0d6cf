//! A value and where it comes from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A number or choice of a policy with its source in a city's report or a law, or marked as our assumption:
/// `{ value = 80, source = "001 潞州区: 基准分80分" }` or `{ value = 100, assumed = "the report names no cap" }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sourced<T> {
    /// The value in force.
    pub value: T,
    /// Report, document number or law that states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Why we chose it where no source states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assumed: Option<String>,
}

impl<T> Sourced<T> {
    /// Whether exactly one of source and assumption is told.
    pub fn is_accounted_for(&self) -> bool {
        self.source.is_some() != self.assumed.is_some()
    }
}
