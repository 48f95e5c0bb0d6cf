//! Duties of the grids' lists, open and done (B17). `/v1/duties`.

use aggregates::Recorded;
use aggregates::grid::GridEvent;
use aggregates::points::Work;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use super::fact;
use crate::projection::Projection;

/// An item of a duty list.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DutyRow {
    /// The grid.
    pub grid: String,
    /// Its community.
    pub community: String,
    /// The list.
    pub list: String,
    /// The item.
    pub item: String,
    /// The slot whose duty it is.
    pub slot: String,
    /// Always duty: voluntary service stands on no list.
    pub work: Option<Work>,
    /// Last day. An open item behind it is overdue.
    pub due: Option<NaiveDate>,
    /// `open`, `done`, or `done_late`.
    pub state: String,
    /// The day on which it was done.
    pub done_on: Option<NaiveDate>,
    /// `member` or `person`.
    pub done_by_kind: Option<String>,
    /// Opaque id of who did it.
    pub done_by: Option<String>,
}

/// The projection.
pub struct GridDuties;

impl Projection for GridDuties {
    const NAME: &'static str = "grid_duties";
    const VERSION: u32 = 1;
    const RESOURCE: Option<&'static str> = Some("duties");
    const COLUMNS: &'static [&'static str] =
        &["community", "grid", "list", "slot", "state", "due", "done_by"];
    type Row = DutyRow;

    fn keys(event: &Recorded) -> Vec<SmolStr> {
        let key = |list: &str, item: &str| format_smolstr!("{}/{list}/{item}", event.stream_id);
        match fact(event) {
            Some(GridEvent::DutyListPublished { list, items, .. }) => {
                items.iter().map(|item| key(list.as_str(), item.item.as_str())).collect()
            }
            Some(GridEvent::DutyDone { list, item, .. }) => vec![key(list.as_str(), item.as_str())],
            _ => vec![],
        }
    }

    fn fold(key: &str, row: &mut DutyRow, event: &Recorded) {
        match fact(event) {
            Some(GridEvent::DutyListPublished { community, list, items, .. }) => {
                let mine = key.rsplit('/').next().unwrap_or_default();
                let Some(item) = items.iter().find(|item| item.item.as_str() == mine) else { return };
                *row = DutyRow {
                    grid: event.stream_id.to_string(),
                    community: community.to_string(),
                    list: list.to_string(),
                    item: item.item.to_string(),
                    slot: item.slot.to_string(),
                    work: Some(Work::Duty),
                    due: Some(item.due),
                    state: "open".to_owned(),
                    ..DutyRow::default()
                };
            }
            Some(GridEvent::DutyDone { by, on, late, .. }) => {
                let state = if *late { "done_late" } else { "done" };
                state.clone_into(&mut row.state);
                row.done_on = Some(*on);
                row.done_by_kind = Some(by.kind().to_owned());
                row.done_by = Some(by.id().to_owned());
            }
            _ => {}
        }
    }

    fn columns(_key: &str, row: &DutyRow) -> Vec<Option<String>> {
        vec![
            Some(row.community.clone()),
            Some(row.grid.clone()),
            Some(row.list.clone()),
            Some(row.slot.clone()),
            Some(row.state.clone()),
            row.due.map(|due| due.to_string()),
            row.done_by.clone(),
        ]
    }

    fn streams(key: &str) -> Option<Vec<(&'static str, String)>> {
        let (grid, _) = key.split_once('/')?;
        Some(vec![("grid", grid.to_owned())])
    }
}
