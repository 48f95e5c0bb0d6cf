//! CSV (RFC 4180): UTF-8 with a mark, so that Excel reads it as such.

use serde_json::Value;

use super::super::column::{Column, Type};
use super::super::kinds::Kind;
use super::WriteError;

const MARK: &[u8] = "\u{feff}".as_bytes();

pub(super) fn table(kind: &Kind, rows: &[Value]) -> Result<Vec<u8>, WriteError> {
    let mut writer = writer();
    let names = kind.columns.iter().map(|column| column.name);
    writer.write_record(names).map_err(failed)?;
    for row in rows {
        let cells = kind.columns.iter().map(|column| {
            let cell = column.show(row.get(column.name).unwrap_or(&Value::Null), false);
            guarded(column, cell)
        });
        writer.write_record(cells).map_err(failed)?;
    }
    writer.into_inner().map_err(|error| WriteError::Failed(error.to_string()))
}

pub(super) fn template(kind: &Kind) -> Result<Vec<u8>, WriteError> {
    let mut writer = writer();
    writer.write_record(kind.columns.iter().map(|column| column.title)).map_err(failed)?;
    writer.write_record(kind.columns.iter().map(|column| column.name)).map_err(failed)?;
    writer.into_inner().map_err(|error| WriteError::Failed(error.to_string()))
}

fn writer() -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(MARK.to_vec())
}

/// A text that a spreadsheet would take for a formula gets an apostrophe, which reading takes off again.
fn guarded(column: &Column, cell: String) -> String {
    if !matches!(column.of, Type::Integer(..)) && cell.starts_with(super::is_dangerous) {
        format!("'{cell}")
    } else {
        cell
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
fn failed(error: csv::Error) -> WriteError {
    WriteError::Failed(error.to_string())
}
