//! The rows of a projection become a file with the columns that the same kind is imported with.

use aggregates::refusal::Refusal;
use aggregates::{Actor, StoredEvent};
use commands::authority;
use projections::ports::{Feed, FoundRow, StoreError};
use projections::sheets;
use serde_json::Value;

use super::kinds::Kind;
use super::write::{self, Format, WriteError};

aggregates::refusals! { "export";
    /// The reasons of exclusions are for those who keep them (A5).
    not_for_role() Forbidden:
        "不纳入情形仅组织部门和审计可以导出（--as organisation-department/编号）",
        "only the organisation department and auditors may export the reasons of exclusions (--as organisation-department/ID)";
}

/// A file, and what it reflects.
#[derive(Debug, Clone)]
pub struct Exported {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many rows it has.
    pub rows: usize,
    /// The position that it reflects (design §4).
    pub position: u64,
}

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The rows cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Not for this role.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The file cannot be put together.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Exports a kind: these rows, found in one snapshot at the position, for somebody who sees them.
pub async fn export<F: Feed>(
    feed: &F,
    kind: &Kind,
    format: Format,
    actor: &Actor,
    (found, position): (Vec<FoundRow>, u64),
) -> Result<Exported, ExportError> {
    if kind.behind.is_some() && !authority::sees_exclusion_reasons(actor.role) {
        return Err(not_for_role().into());
    }
    let damaged = |what: String| StoreError::Damaged(format!("{}: {what}", kind.projection));
    let mut rows = vec![];
    let resource = sheets::resources().iter().find(|one| one.sheet.name == kind.projection);
    let is_masked = |name| authority::masks(actor.role, name);
    for mut row in found {
        if let Some(name) = resource.map(|one| one.name).filter(|name| is_masked(name)) {
            let mut whole: Value =
                serde_json::from_str(&row.body).map_err(|error| damaged(error.to_string()))?;
            authority::mask_row(actor, name, &mut whole);
            row.body = whole.to_string();
        }
        rows.append(&mut (kind.rows)(&row.body).map_err(|error| damaged(error.to_string()))?);
    }
    if let Some(behind) = kind.behind {
        for row in &mut rows {
            let id = row.get(behind.id).and_then(Value::as_str).unwrap_or_default();
            let stored = feed.stream(behind.stream, id, position).await?;
            let history = stored.iter().map(StoredEvent::decode).collect::<Result<Vec<_>, _>>();
            (behind.tell)(row, &history.map_err(|error| damaged(error.to_string()))?);
        }
    }
    let bytes = write::table(kind, &rows, format)?;
    Ok(Exported { bytes, rows: rows.len(), position })
}
