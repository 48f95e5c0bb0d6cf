//! The header row: machine names or Chinese titles, in any order.

use super::super::cell::Cell;
use super::super::fault::{ColumnAt, Fault, Faults, Said, letters};
use super::super::kinds::Kind;

/// Where the columns of a kind stand in a file.
#[derive(Debug, Clone)]
pub struct Header {
    kind: &'static Kind,
    /// For each column of the kind, its place in the file.
    places: Vec<Option<usize>>,
}

impl Header {
    /// Reads a header row, or tells unknown, missing and doubled columns by name.
    pub(super) fn read(kind: &'static Kind, row: u32, cells: &[Cell]) -> Result<Self, Faults> {
        let mut header = Self { kind, places: vec![None; kind.columns.len()] };
        let mut faults = Faults::default();
        for (place, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let text = cell.text();
            let here = |name: &str, title: &str| ColumnAt {
                name: name.to_owned(),
                title: title.to_owned(),
                letter: Some(letters(place)),
            };
            let Some(index) = kind.columns.iter().position(|column| is_named(column, &text)) else {
                faults.push(Fault::of_row(row, unknown(kind)).at(here(&text, "")).found(&text));
                continue;
            };
            let Some(column) = kind.columns.get(index) else { continue };
            match header.places.get_mut(index) {
                Some(free @ None) => *free = Some(place),
                Some(Some(first)) => {
                    let first = letters(*first);
                    let problem = Said::new(
                        format!("与 {first} 列重复"),
                        format!("the same column stands in {first} already"),
                    );
                    faults.push(Fault::of_row(row, problem).at(here(column.name, column.title)).found(&text));
                }
                None => {}
            }
        }
        for (column, place) in kind.columns.iter().zip(&header.places) {
            if column.required && place.is_none() {
                let at =
                    ColumnAt { name: column.name.to_owned(), title: column.title.to_owned(), letter: None };
                faults.push(Fault::of_row(row, Said::new("缺少此必填列", "the column is missing")).at(at));
            }
        }
        if faults.is_empty() { Ok(header) } else { Err(faults) }
    }

    /// Whether a row only repeats the header in the other language.
    pub(super) fn is_repeated_by(&self, cells: &[Cell]) -> bool {
        self.kind.columns.iter().zip(&self.places).all(|(column, place)| {
            let text = place.and_then(|place| cells.get(place)).map(Cell::text).unwrap_or_default();
            place.is_none() || is_named(column, &text)
        })
    }

    /// The cells of the kind's columns, in their order, and the first cell that stands in none of them.
    pub(super) fn sort<'a>(&self, cells: &'a [Cell]) -> (Vec<&'a Cell>, Option<(usize, &'a Cell)>) {
        let sorted = self
            .places
            .iter()
            .map(|place| place.and_then(|place| cells.get(place)).unwrap_or(&Cell::Empty))
            .collect();
        let astray = cells
            .iter()
            .enumerate()
            .find(|(place, cell)| !cell.is_empty() && !self.places.contains(&Some(*place)));
        (sorted, astray)
    }

    /// A column of the kind as the file has it, by its place among the kind's columns.
    pub fn column(&self, index: usize) -> Option<ColumnAt> {
        let column = self.kind.columns.get(index)?;
        Some(ColumnAt {
            name: column.name.to_owned(),
            title: column.title.to_owned(),
            letter: self.places.get(index).copied().flatten().map(letters),
        })
    }

    /// The column of a command's field.
    pub fn column_of_field(&self, field: &str) -> Option<ColumnAt> {
        let field = field.split(['.', '[']).next().unwrap_or(field);
        let index = self.kind.columns.iter().position(|column| {
            column.name == field || self.kind.makes.column_of_field(field) == Some(column.name)
        })?;
        self.column(index)
    }
}

fn is_named(column: &super::super::column::Column, text: &str) -> bool {
    column.title == text || column.name.eq_ignore_ascii_case(text)
}

fn unknown(kind: &Kind) -> Said {
    let (names, titles): (Vec<&str>, Vec<&str>) =
        kind.columns.iter().map(|column| (column.name, column.title)).unzip();
    Said::new(
        format!("没有这一列；可用的列：{}", titles.join("、")),
        format!("there is no such column; the columns are {}", names.join(", ")),
    )
}
