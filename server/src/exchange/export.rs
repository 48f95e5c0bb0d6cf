//! The rows of a projection become a file with the columns that the same kind is imported with.

use projections::ports::{Find, Shelf, StoreError};
use projections::sheets;

use super::kinds::Kind;
use super::write::{self, Format, WriteError};

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
    /// The file cannot be put together.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Exports a kind as it stands now, in order of key. All rows are read in one snapshot.
pub async fn export(shelf: &dyn Shelf, kind: &Kind, format: Format) -> Result<Exported, ExportError> {
    let damaged = |what: String| StoreError::Damaged(format!("{}: {what}", kind.projection));
    let sheet = sheets::sheets()
        .into_iter()
        .find(|sheet| sheet.name == kind.projection)
        .ok_or_else(|| damaged("there is no such projection".to_owned()))?;
    let all = Find { limit: i32::MAX as usize, ..Find::default() };
    let (found, position) = shelf.find(&sheet, &all).await?;
    let mut rows = vec![];
    for row in found {
        rows.append(&mut (kind.rows)(&row.body).map_err(|error| damaged(error.to_string()))?);
    }
    let bytes = write::table(kind, &rows, format)?;
    Ok(Exported { bytes, rows: rows.len(), position })
}
