//! The register of opinions (征求意见登记): asked for, given, and which records were pulled under them (E1).

use aggregates::opinion::{OpinionEvent, OpinionPurpose, Stance};
use aggregates::{LedgerEvent, Recorded};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::projection::Projection;

/// A request and what came of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OpinionRow {
    /// The request.
    pub opinion: String,
    /// About whom.
    pub member: String,
    /// What for.
    pub purpose: OpinionPurpose,
    /// Number of the document behind it.
    pub document: String,
    /// Who is asked.
    pub community: String,
    /// Who asks: opaque.
    pub asked_by: String,
    /// Business day of asking.
    pub requested_on: String,
    /// When the answer is due.
    pub due: String,
    /// The last day on which the record may be pulled.
    pub until: String,
    /// What the community says.
    pub stance: Option<Stance>,
    /// Business day of the answer.
    pub given_on: Option<String>,
    /// Whether it came late.
    pub late: bool,
    /// How often the record was pulled.
    pub pulled: u32,
    /// The last time that it was.
    pub pulled_on: Option<String>,
    /// Whether the request was withdrawn.
    pub withdrawn: bool,
}

/// The projection.
pub struct Opinions;

impl Projection for Opinions {
    const NAME: &'static str = "opinions";
    const VERSION: u32 = 2;
    const RESOURCE: Option<&'static str> = Some("opinions");
    const COLUMNS: &'static [&'static str] =
        &["community", "member", "due", "requested_on", "given_on", "asked_by"];
    type Row = OpinionRow;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        match &event.event {
            LedgerEvent::Opinion(_) => vec![event.stream_id.clone()],
            _ => vec![],
        }
    }

    fn fold(_key: &str, row: &mut OpinionRow, event: &Recorded) {
        let LedgerEvent::Opinion(fact) = &event.event else { return };
        match fact {
            OpinionEvent::OpinionRequested {
                opinion,
                member,
                purpose,
                document,
                community,
                due,
                until,
                on,
            } => {
                *row = OpinionRow {
                    opinion: opinion.to_string(),
                    member: member.to_string(),
                    purpose: *purpose,
                    document: document.to_string(),
                    community: community.to_string(),
                    asked_by: event.meta.actor.to_string(),
                    requested_on: on.to_string(),
                    due: due.to_string(),
                    until: until.to_string(),
                    ..OpinionRow::default()
                };
            }
            OpinionEvent::OpinionGiven { stance, late, on, .. } => {
                row.stance = Some(*stance);
                row.given_on = Some(on.to_string());
                row.late = *late;
            }
            OpinionEvent::RecordPulled { on, .. } => {
                row.pulled += 1;
                row.pulled_on = Some(on.to_string());
            }
            OpinionEvent::OpinionWithdrawn { .. } => row.withdrawn = true,
        }
    }

    fn columns(_key: &str, row: &OpinionRow) -> Vec<Option<String>> {
        vec![
            Some(row.community.clone()),
            Some(row.member.clone()),
            Some(row.due.clone()),
            Some(row.requested_on.clone()),
            row.given_on.clone(),
            Some(row.asked_by.clone()),
        ]
    }

    fn streams(key: &str) -> Option<Vec<(&'static str, String)>> {
        Some(vec![("opinion", key.to_owned())])
    }
}
