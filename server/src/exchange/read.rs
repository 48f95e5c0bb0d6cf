//! A file becomes commands, or a list of everything that is wrong with it.

mod bounds;
mod header;
mod order;
mod text;
mod workbook;

use std::collections::HashMap;
use std::sync::Arc;

use commands::AnyCommand;
use commands::registry::{self, Unreadable};
use serde_json::{Map, Value};

use super::cell::Cell;
use super::column::Type;
use super::fault::{ColumnAt, Fault, Faults, Said, letters};
use super::kinds::Kind;
pub use header::Header;

/// What a file holds.
pub struct Reading {
    /// Where its columns stand; none for a file without any row.
    pub header: Option<Arc<Header>>,
    /// The row of the file behind each command.
    pub rows: Vec<u32>,
    /// The commands, in order of row.
    pub commands: Vec<Box<dyn AnyCommand>>,
}

/// Reads a CSV or xlsx file of a kind: told by its first bytes which of the two. All faults of its cells are told at once;
/// what the rules say is decided by whoever submits the commands.
pub fn read(kind: &'static Kind, bytes: &[u8]) -> Result<Reading, Faults> {
    let mut reader = Reader {
        kind,
        reading: Reading { header: None, rows: vec![], commands: vec![] },
        faults: Faults::default(),
        header_failed: false,
        before_data: true,
        seen: HashMap::new(),
        places: vec![],
    };
    let mut take = |row: u32, cells: Vec<Cell>| reader.take(row, &cells);
    let outcome = if bytes.starts_with(b"PK\x03\x04") {
        workbook::rows(kind, bytes, &mut take)
    } else if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        Err(Fault::of_file(Said::new(
            "旧式 Excel 文件（xls）或加密文件；请另存为 xlsx 或 CSV",
            "an old Excel file (xls) or an encrypted one; save it as xlsx or CSV",
        ))
        .into())
    } else {
        text::rows(bytes, &mut take)
    };
    if let Err(fault) = outcome {
        reader.faults.push(*fault);
    }
    if reader.faults.is_empty() && reader.reading.header.is_none() {
        reader.faults.push(Fault::of_file(Said::new(
            "文件是空的：第一行应为表头",
            "the file is empty: its first row should be the header",
        )));
    }
    if !reader.faults.is_empty() {
        return Err(reader.faults);
    }
    let mut reading = reader.reading;
    if !reader.places.is_empty() {
        let depths = order::depths(&reader.places);
        let rows = reading.rows.into_iter().zip(reading.commands);
        let mut rows: Vec<_> = depths.into_iter().zip(rows).collect();
        rows.sort_by_key(|(depth, _)| *depth);
        (reading.rows, reading.commands) = rows.into_iter().map(|(_, row)| row).unzip();
    }
    Ok(reading)
}

struct Reader {
    kind: &'static Kind,
    reading: Reading,
    faults: Faults,
    header_failed: bool,
    before_data: bool,
    /// The row that a key was first seen in.
    seen: HashMap<String, u32>,
    /// How the rows stand above each other; empty for kinds whose rows do not.
    places: Vec<order::Place>,
}

impl Reader {
    fn take(&mut self, row: u32, cells: &[Cell]) {
        if self.header_failed || cells.iter().all(Cell::is_empty) {
            return;
        }
        let Some(header) = self.reading.header.clone() else {
            match Header::read(self.kind, row, cells) {
                Ok(header) => self.reading.header = Some(Arc::new(header)),
                Err(faults) => {
                    self.faults = faults;
                    self.header_failed = true;
                }
            }
            return;
        };
        let before_data = std::mem::replace(&mut self.before_data, false);
        if before_data && header.is_repeated_by(cells) {
            return;
        }
        let (cells, astray) = header.sort(cells);
        let faults_before = self.faults.count();
        if let Some((place, cell)) = astray {
            let at = ColumnAt { name: letters(place), title: String::new(), letter: Some(letters(place)) };
            let problem = Said::new("这一列没有表头", "the column has no header");
            self.faults.push(Fault::of_row(row, problem).at(at).found(&cell.text()));
        }
        let fields = self.fields(row, &header, &cells);
        if self.faults.count() > faults_before {
            return;
        }
        self.tell_doubled(row, &header, &cells, &fields);
        self.make(row, &header, fields);
    }

    fn fields(&mut self, row: u32, header: &Header, cells: &[&Cell]) -> Map<String, Value> {
        let mut fields = Map::new();
        for (index, (column, cell)) in self.kind.columns.iter().zip(cells).enumerate() {
            match column.read(cell) {
                Ok(Some(value)) => {
                    fields.insert(column.name.to_owned(), value);
                }
                Ok(None) => {}
                Err(problem) => {
                    let fault = Fault::of_row(row, problem);
                    let fault = if column.of == Type::Personal { fault } else { fault.found(&cell.text()) };
                    self.faults.push(Fault { column: header.column(index), ..fault });
                }
            }
        }
        fields
    }

    fn tell_doubled(&mut self, row: u32, header: &Header, cells: &[&Cell], fields: &Map<String, Value>) {
        let key: Vec<&str> = self
            .kind
            .key
            .iter()
            .map(|name| fields.get(*name).and_then(Value::as_str).unwrap_or(""))
            .collect();
        if key.first().is_none_or(|first| first.is_empty()) {
            return;
        }
        if let Some(first) = self.seen.get(&key.join("\u{1f}")) {
            let problem =
                Said::new(format!("与第 {first} 行重复"), format!("the same stands in row {first} already"));
            let index =
                self.kind.columns.iter().position(|column| Some(&column.name) == self.kind.key.first());
            let found = index.and_then(|index| cells.get(index)).map(|cell| cell.text()).unwrap_or_default();
            let column = index.and_then(|index| header.column(index));
            self.faults.push(Fault { column, ..Fault::of_row(row, problem).found(&found) });
        } else {
            self.seen.insert(key.join("\u{1f}"), row);
        }
    }

    fn make(&mut self, row: u32, header: &Header, fields: Map<String, Value>) {
        let place = self.kind.above.map(|above| order::Place::of(above, &fields));
        for (name, body) in self.kind.makes.commands(fields) {
            match registry::parse(name, &Value::Object(body).to_string()) {
                // A file with a fault is not imported: then its commands are not kept either.
                Ok(command) if self.faults.is_empty() => {
                    self.reading.rows.push(row);
                    self.reading.commands.push(command);
                    self.places.extend(place.clone());
                }
                Ok(_) => {}
                Err(Unreadable::Invalid { path, problem }) => {
                    let fault = Fault::of_row(row, Said::both(&problem));
                    self.faults.push(Fault { column: header.column_of_field(&path), ..fault });
                }
                Err(other) => self.faults.push(Fault::of_row(row, Said::both(&other.to_string()))),
            }
        }
    }
}
