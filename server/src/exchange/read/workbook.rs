//! Rows of an Excel workbook (xlsx): of the sheet named like the kind, else of the first.

use std::io::Cursor;

use calamine::{DataRef, ExcelDateTime, Reader as _, Xlsx, XlsxError};
use chrono::NaiveDate;

use super::super::cell::Cell;
use super::super::fault::{Fault, Said, letters};
use super::super::kinds::Kind;
use super::bounds;

/// No kind has so many columns; a cell behind them would only cost memory.
const COLUMNS_MAX: usize = 256;

/// Hands the rows on, with their numbers. Cells are read one after the other: only one row is held at a time.
pub(super) fn rows(
    kind: &Kind,
    bytes: &[u8],
    take: &mut dyn FnMut(u32, Vec<Cell>),
) -> Result<(), Box<Fault>> {
    bounds::check(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let names = book.sheet_names();
    let named = names.iter().find(|name| *name == kind.name || *name == kind.title);
    let Some(sheet) = named.or(names.first()).cloned() else {
        return Err(Fault::of_file(Said::new("工作簿没有工作表", "the workbook has no sheet")).into());
    };
    let mut reader = book.worksheet_cells_reader(&sheet).map_err(unreadable)?;
    let mut row = 0;
    let mut cells: Vec<Cell> = vec![];
    while let Some(found) = reader.next_cell().map_err(unreadable)? {
        let (at_row, at_column) = found.get_position();
        let cell = cell(found.get_value());
        if cell.is_empty() {
            continue;
        }
        if at_row != row && !cells.is_empty() {
            take(row + 1, std::mem::take(&mut cells));
        }
        row = at_row;
        let at_column = at_column as usize;
        if at_column >= COLUMNS_MAX {
            let problem = Said::new(
                format!("{} 列之后不应有内容", letters(COLUMNS_MAX - 1)),
                format!("nothing was expected behind column {}", letters(COLUMNS_MAX - 1)),
            );
            return Err(Fault::of_row(row + 1, problem).found(&cell.text()).into());
        }
        if cells.len() <= at_column {
            cells.resize(at_column + 1, Cell::Empty);
        }
        if let Some(place) = cells.get_mut(at_column) {
            *place = cell;
        }
    }
    if !cells.is_empty() {
        take(row + 1, cells);
    }
    Ok(())
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
fn unreadable(error: XlsxError) -> Box<Fault> {
    let problem = Said::new(
        format!("无法读取为 xlsx 工作簿：{error}"),
        format!("the file cannot be read as an xlsx workbook: {error}"),
    );
    Box::new(Fault::of_file(problem))
}

fn cell(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::Int(number) => Cell::Text(number.to_string()),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::String(text) | DataRef::DurationIso(text) => Cell::of(text),
        DataRef::SharedString(text) => Cell::of(text),
        DataRef::Bool(truth) => Cell::Text(truth.to_string()),
        DataRef::DateTime(instant) if instant.is_duration() => Cell::Number(instant.as_f64()),
        DataRef::DateTime(instant) => day(instant),
        DataRef::DateTimeIso(text) => match text.split_once('T') {
            Some((date, time)) if time.bytes().all(|byte| matches!(byte, b'0' | b':' | b'.' | b'Z')) => {
                Cell::of(date)
            }
            _ => Cell::of(text),
        },
        DataRef::Error(error) => Cell::Wrong(error.to_string()),
    }
}

fn day(instant: &ExcelDateTime) -> Cell {
    let (year, month, day, hour, minute, second, milli) = instant.to_ymd_hms_milli();
    match NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day)) {
        Some(date) => Cell::Day(date, (hour, minute, second, milli) == (0, 0, 0, 0)),
        None => Cell::Number(instant.as_f64()),
    }
}
