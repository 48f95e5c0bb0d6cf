//! Facts of readings.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::circumstance::Role;
use crate::ids::{ActorId, Term};

/// What was shown to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// Who read.
    pub by: ActorId,
    /// In what capacity.
    pub role: Role,
    /// On whose behalf.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<ActorId>,
    /// What was read: the plural noun of a resource, `history`, `record`, `export`, `vault` …
    pub what: Term,
    /// About whom, as `member:m-1` or `household:h-1`.
    pub subjects: BTreeSet<String>,
    /// What for, when it was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Whether it was beyond the reader's authority and given for a reason told, with an alarm.
    #[serde(default)]
    pub broken_glass: bool,
}

/// A fact of readings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ReadingEvent {
    /// Somebody of an office read what is held about persons.
    PersonalRecordsRead {
        /// Who, what, about whom.
        reading: Reading,
    },
}

crate::facts!(ReadingEvent: PersonalRecordsRead "1.0");
