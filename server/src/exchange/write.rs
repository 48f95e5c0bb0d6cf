//! Tables become files: CSV for programs, workbooks for people.

mod text;
mod workbook;

use super::fault::Said;
use super::kinds::Kind;
use serde_json::Value;

/// A form of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Comma-separated, UTF-8 with a mark, machine names; the same rows give the same bytes.
    Csv,
    /// An Excel workbook, with Chinese titles and machine names.
    Xlsx,
}

impl Format {
    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The end of a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// The form that a file's name tells; none for another ending.
    pub fn of_file(file: &std::path::Path) -> Option<Self> {
        let ending = file.extension()?.to_str()?.to_ascii_lowercase();
        [Self::Csv, Self::Xlsx].into_iter().find(|format| format.extension() == ending)
    }
}

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// More rows than a sheet holds.
    #[error(
        "{rows} rows are more than a sheet holds; export as csv / 共 {rows} 行，超出工作表容量，请导出为 csv"
    )]
    TooLong {
        /// How many.
        rows: usize,
    },
    /// The file could not be put together.
    #[error("the file could not be written: {0}")]
    Failed(String),
}

/// Rows of a kind, as objects by column name, in a file.
pub fn table(kind: &Kind, rows: &[Value], format: Format) -> Result<Vec<u8>, WriteError> {
    match format {
        Format::Csv => text::table(kind, rows),
        Format::Xlsx => workbook::table(kind, rows, false),
    }
}

/// An empty file of a kind to fill in. The workbook explains each column, with an example, on a second sheet.
pub fn template(kind: &Kind, format: Format) -> Result<Vec<u8>, WriteError> {
    match format {
        Format::Csv => text::template(kind),
        Format::Xlsx => workbook::table(kind, &[], true),
    }
}

/// Characters that make a spreadsheet take a cell for a formula, and the apostrophe that says that it is none.
pub fn is_dangerous(first: char) -> bool {
    matches!(first, '=' | '+' | '-' | '@' | '\t' | '\r' | '\'')
}

fn required(needed: bool) -> Said {
    if needed { Said::new("必填", "required") } else { Said::new("可空", "optional") }
}
