//! A TOML text as plain values, with the line of every key.

use std::collections::BTreeMap;

use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Fault;

/// A parsed file.
#[derive(Debug, Clone)]
pub struct Document {
    value: Value,
    lines: BTreeMap<String, usize>,
}

impl Document {
    /// Reads TOML 1.0; tells every fault of syntax that the parser can recover from, not only the first.
    pub fn parse(text: &str) -> Result<Self, Vec<Fault>> {
        let starts = LineStarts::of(text);
        let (root, errors) = DeTable::parse_recoverable(text);
        let mut reading = Reading { starts, lines: BTreeMap::new(), faults: Vec::new() };
        for error in errors {
            let line = error.span().map_or(1, |span| reading.starts.line(span.start));
            reading.faults.push(Fault { line, path: String::new(), problem: error.message().to_owned() });
        }
        let value = reading.table(root.get_ref(), "");
        if reading.faults.is_empty() {
            Ok(Self { value, lines: reading.lines })
        } else {
            reading.faults.sort();
            reading.faults.dedup();
            Err(reading.faults)
        }
    }

    /// The file's values; dates stand as text, such as `2026-01-01`.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The line, from 1, of a key, or of the nearest key around it that the file has.
    pub fn line(&self, path: &str) -> usize {
        let mut path = path;
        loop {
            if let Some(line) = self.lines.get(path) {
                return *line;
            }
            match path.rfind(['.', '[']) {
                Some(end) => path = path.get(..end).unwrap_or(""),
                None => return 1,
            }
        }
    }
}

/// The path of a key in a table.
pub(super) fn key_path(around: &str, key: &str) -> String {
    if around.is_empty() { key.to_owned() } else { format!("{around}.{key}") }
}

/// The path of an element of a list.
pub(super) fn element_path(around: &str, index: usize) -> String {
    format!("{around}[{index}]")
}

struct LineStarts(Vec<usize>);

impl LineStarts {
    fn of(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at + 1).collect())
    }

    fn line(&self, offset: usize) -> usize {
        self.0.partition_point(|start| *start <= offset) + 1
    }
}

struct Reading {
    starts: LineStarts,
    lines: BTreeMap<String, usize>,
    faults: Vec<Fault>,
}

impl Reading {
    fn table(&mut self, table: &DeTable<'_>, around: &str) -> Value {
        let mut object = serde_json::Map::new();
        for (key, value) in table {
            let path = key_path(around, key.get_ref());
            self.lines.insert(path.clone(), self.starts.line(key.span().start));
            let value = self.value(value, &path);
            object.insert(key.get_ref().to_string(), value);
        }
        Value::Object(object)
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, path: &str) -> Value {
        match value.get_ref() {
            DeValue::String(text) => Value::String(text.to_string()),
            DeValue::Boolean(truth) => Value::Bool(*truth),
            DeValue::Datetime(time) => Value::String(time.to_string()),
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => Value::from(number),
                Err(_) => self.refuse(value, path, "the number is too large / 数字过大"),
            },
            DeValue::Float(number) => match number.as_str().parse::<f64>() {
                Ok(number) => Value::from(number),
                Err(_) => self.refuse(value, path, "not a number / 不是数字"),
            },
            DeValue::Array(elements) => Value::Array(
                elements
                    .iter()
                    .enumerate()
                    .map(|(index, element)| {
                        let path = element_path(path, index);
                        self.lines.insert(path.clone(), self.starts.line(element.span().start));
                        self.value(element, &path)
                    })
                    .collect(),
            ),
            DeValue::Table(table) => self.table(table, path),
        }
    }

    fn refuse(&mut self, value: &Spanned<DeValue<'_>>, path: &str, problem: &str) -> Value {
        let line = self.starts.line(value.span().start);
        self.faults.push(Fault { line, path: path.to_owned(), problem: problem.to_owned() });
        Value::Null
    }
}
