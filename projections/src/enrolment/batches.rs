//! Batches of reports and their reconciliation (A6): running while a batch is open, final once it is closed.

use std::collections::BTreeSet;

use aggregates::batch::BatchEvent;
use aggregates::policy::ReportKind;
use aggregates::{LedgerEvent, Recorded};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::projection::Projection;

/// A batch.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BatchRow {
    /// The batch.
    pub batch: String,
    /// Where it reports.
    pub community: String,
    /// The unit that sends it.
    pub unit: Option<String>,
    /// Business day on which it was announced.
    pub opened_on: Option<NaiveDate>,
    /// Business day of the reconciliation.
    pub closed_on: Option<NaiveDate>,
    /// How many are expected.
    pub expected_count: u32,
    /// How many of those expected have arrived.
    pub received: u32,
    /// Expected and not arrived. Once closed, without those excluded or retired by then (A5).
    pub missing: Vec<String>,
    /// How many of those expected were excluded or retired at the reconciliation.
    pub not_due_count: u32,
    /// Arrived without being expected.
    pub unexpected: Vec<String>,
    /// Who is expected.
    pub expected: Vec<String>,
    /// Who has arrived.
    pub arrivals: Vec<ArrivalLine>,
}

/// An arrival.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ArrivalLine {
    /// The member.
    pub member: String,
    /// Which of the two reports.
    pub kind: ReportKind,
    /// Business day.
    pub on: NaiveDate,
}

/// The projection.
pub struct Batches;

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl BatchRow {
    fn reconcile(&mut self) {
        let arrived: BTreeSet<&str> = self.arrivals.iter().map(|line| line.member.as_str()).collect();
        let expected: BTreeSet<&str> = self.expected.iter().map(String::as_str).collect();
        let (received, missing) =
            (arrived.intersection(&expected).count(), expected.difference(&arrived).map(ToString::to_string));
        let (missing, unexpected) =
            (missing.collect(), arrived.difference(&expected).map(ToString::to_string).collect());
        self.expected_count = count(expected.len());
        self.received = count(received);
        self.missing = missing;
        self.unexpected = unexpected;
    }
}

impl Projection for Batches {
    const NAME: &'static str = "batches";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = Some("batches");
    const COLUMNS: &'static [&'static str] = &["community", "unit", "status", "opened_on"];
    type Row = BatchRow;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        match &event.event {
            LedgerEvent::Batch(_) => vec![event.stream_id.clone()],
            _ => vec![],
        }
    }

    fn fold(_key: &str, row: &mut BatchRow, event: &Recorded) {
        let LedgerEvent::Batch(fact) = &event.event else { return };
        event.stream_id.as_str().clone_into(&mut row.batch);
        match fact {
            BatchEvent::BatchOpened { community, unit, expected, on, .. } => {
                row.community = community.to_string();
                row.unit = unit.as_ref().map(ToString::to_string);
                row.expected = expected.iter().map(ToString::to_string).collect();
                row.opened_on = Some(*on);
                row.reconcile();
            }
            BatchEvent::BatchReportsReceived { reports, on } => {
                row.arrivals.extend(reports.iter().map(|report| ArrivalLine {
                    member: report.member.to_string(),
                    kind: report.kind,
                    on: *on,
                }));
                row.reconcile();
            }
            BatchEvent::BatchClosed { received, missing, not_due, unexpected, on } => {
                row.received = *received;
                row.missing = missing.iter().map(ToString::to_string).collect();
                row.not_due_count = count(not_due.len());
                row.unexpected = unexpected.iter().map(ToString::to_string).collect();
                row.closed_on = Some(*on);
            }
        }
    }

    fn columns(_key: &str, row: &BatchRow) -> Vec<Option<String>> {
        let status = if row.closed_on.is_some() { "closed" } else { "open" };
        vec![
            Some(row.community.clone()),
            row.unit.clone(),
            Some(status.to_owned()),
            row.opened_on.map(|on| on.to_string()),
        ]
    }

    fn streams(key: &str) -> Option<Vec<(&'static str, String)>> {
        Some(vec![("batch", key.to_owned())])
    }
}
