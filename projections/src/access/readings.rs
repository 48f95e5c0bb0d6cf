//! Readings of personal records (查阅登记), a row for each person and time: what somebody is shown about who looked at him.

use aggregates::reading::ReadingEvent;
use aggregates::{LedgerEvent, Recorded, Role};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use crate::projection::Projection;

/// One person's record was read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReadingRow {
    /// Whose: `member:m-1`.
    pub subject: String,
    /// When, RFC 3339.
    pub read_at: String,
    /// By whom: opaque.
    pub by: String,
    /// In what capacity.
    pub role: Option<Role>,
    /// On whose behalf.
    pub organisation: Option<String>,
    /// What was read.
    pub what: String,
    /// What for, when it was told.
    pub purpose: Option<String>,
    /// Whether it was beyond the reader's authority.
    pub broken_glass: bool,
    /// The event behind it.
    pub position: u64,
}

/// The projection.
pub struct ReadingsOfPersons;

impl Projection for ReadingsOfPersons {
    const NAME: &'static str = "readings";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = Some("readings");
    const COLUMNS: &'static [&'static str] = &["subject", "read_at", "by", "role", "what", "broken_glass"];
    type Row = ReadingRow;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        let LedgerEvent::Reading(ReadingEvent::PersonalRecordsRead { reading }) = &event.event else {
            return vec![];
        };
        // Wide enough that the rows of one person stand in the order of the journal.
        reading.subjects.iter().map(|subject| format_smolstr!("{subject}/{:012}", event.position)).collect()
    }

    fn fold(key: &str, row: &mut ReadingRow, event: &Recorded) {
        let LedgerEvent::Reading(ReadingEvent::PersonalRecordsRead { reading }) = &event.event else {
            return;
        };
        *row = ReadingRow {
            subject: key.rsplit_once('/').map_or(key, |(subject, _)| subject).to_owned(),
            read_at: event.meta.occurred_at.to_rfc3339(),
            by: reading.by.to_string(),
            role: Some(reading.role),
            organisation: reading.organisation.as_ref().map(ToString::to_string),
            what: reading.what.to_string(),
            purpose: reading.purpose.clone(),
            broken_glass: reading.broken_glass,
            position: event.position,
        };
    }

    fn columns(_key: &str, row: &ReadingRow) -> Vec<Option<String>> {
        vec![
            Some(row.subject.clone()),
            Some(row.read_at.clone()),
            Some(row.by.clone()),
            row.role.map(|role| role.name().to_owned()),
            Some(row.what.clone()),
            Some(row.broken_glass.to_string()),
        ]
    }
}
