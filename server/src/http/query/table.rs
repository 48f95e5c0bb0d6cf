//! Rows as a table: the scalar fields of the row's schema, in the order in which the row declares them.

use projections::StoreError;
use projections::resource::Resource;
use rust_xlsxwriter::{Format as CellFormat, Workbook, XlsxError};
use serde_json::Value;

use crate::http::problem::Problem;

/// What Excel takes for the beginning of a formula.
const FORMULA_STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];
/// Excel reads UTF-8 only with this before it.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A table of rows.
pub struct Table {
    name: &'static str,
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
}

impl Table {
    /// The rows of a resource.
    pub fn of(resource: &Resource, bodies: &[String]) -> Result<Self, StoreError> {
        let columns = columns(resource);
        let mut rows = Vec::with_capacity(bodies.len());
        for body in bodies {
            let mut row: Value =
                serde_json::from_str(body).map_err(|error| StoreError::Damaged(error.to_string()))?;
            rows.push(
                columns.iter().map(|column| row.get_mut(column).map_or(Value::Null, Value::take)).collect(),
            );
        }
        Ok(Self { name: resource.name, columns, rows })
    }

    /// Of other things than rows of a resource.
    pub fn made(name: &'static str, columns: Vec<String>, rows: Vec<Vec<Value>>) -> Self {
        Self { name, columns, rows }
    }

    /// What it is of.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its head.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Its rows.
    pub fn rows(&self) -> &[Vec<Value>] {
        &self.rows
    }

    /// As CSV.
    pub fn csv(&self) -> Result<Vec<u8>, Problem> {
        let mut writer = csv::Writer::from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
        let cells = self.rows.iter().map(|row| row.iter().map(cell).collect::<Vec<_>>());
        for record in std::iter::once(self.columns.clone()).chain(cells) {
            writer.write_record(&record).map_err(|error| failed(&error))?;
        }
        writer.into_inner().map_err(|error| failed(&error))
    }

    /// As an Excel workbook.
    pub fn xlsx(&self) -> Result<Vec<u8>, Problem> {
        self.workbook().map_err(|error| failed(&error))
    }

    fn workbook(&self) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        sheet.set_name(self.name)?.set_freeze_panes(1, 0)?;
        let bold = CellFormat::new().set_bold();
        for (column, name) in (0_u16..).zip(&self.columns) {
            sheet.write_string_with_format(0, column, name, &bold)?;
        }
        for (number, row) in (1_u32..).zip(&self.rows) {
            for (column, value) in (0_u16..).zip(row) {
                match value {
                    Value::Null => continue,
                    Value::Bool(flag) => sheet.write_boolean(number, column, *flag)?,
                    Value::Number(n) => sheet.write_number(number, column, n.as_f64().unwrap_or_default())?,
                    Value::String(text) => sheet.write_string(number, column, text)?,
                    other => sheet.write_string(number, column, other.to_string())?,
                };
            }
        }
        sheet.autofit();
        workbook.save_to_buffer()
    }
}

fn failed(error: &dyn std::error::Error) -> Problem {
    tracing::error!(%error, "a table could not be written");
    Problem::internal()
}

/// A cell's text. What a spreadsheet would take for a formula is given an apostrophe, so that it stays text.
pub fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) if text.starts_with(FORMULA_STARTS) => format!("'{text}"),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The fields of the resource's rows that are neither lists nor objects.
pub fn columns(resource: &Resource) -> Vec<String> {
    let schema = resource.schema.as_value();
    let fields = schema.get("properties");
    let is_column = |name: &&String| {
        fields.and_then(|fields| fields.get(name.as_str())).is_some_and(|field| is_scalar(field, schema))
    };
    resource.fields.iter().filter(is_column).cloned().collect()
}

fn is_scalar(field: &Value, root: &Value) -> bool {
    if let Some(name) = field.get("$ref").and_then(Value::as_str) {
        let target = name.strip_prefix('#').and_then(|pointer| root.pointer(pointer));
        return target.is_some_and(|target| is_scalar(target, root));
    }
    for list in ["anyOf", "oneOf"] {
        if let Some(options) = field.get(list).and_then(Value::as_array) {
            return options.iter().all(|option| is_scalar(option, root));
        }
    }
    let scalar = |kind: &Value| !matches!(kind.as_str(), Some("array" | "object") | None);
    match field.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().all(scalar),
        Some(kind) => scalar(kind),
        None => field.get("const").is_some() || field.get("enum").is_some(),
    }
}

#[cfg(test)]
mod tests {
    use projections::sheets;
    use serde_json::json;

    use super::*;

    fn cards() -> Resource {
        sheets::resources().iter().find(|resource| resource.name == "point-cards").unwrap().clone()
    }

    /// Design §4: CSV and Excel serialise the same rows as JSON; lists have no place in a cell.
    #[test]
    fn columns_are_the_scalar_fields_of_the_row() {
        let columns = columns(&cards());
        assert_eq!(columns[..4], ["holder_kind", "holder", "year", "base"]);
        assert!(columns.contains(&"cap".to_owned()), "an optional number is scalar");
        assert!(!columns.contains(&"lines".to_owned()));
    }

    /// Issue 2, CSV and Excel out: UTF-8 with a byte order mark, and no cell is taken for a formula.
    #[test]
    fn a_cell_is_never_a_formula() {
        let body = json!({"holder": "=1+1", "holder_kind": "@x", "year": -5, "base": 80}).to_string();
        let csv = String::from_utf8(Table::of(&cards(), &[body]).unwrap().csv().unwrap()).unwrap();
        assert!(csv.starts_with("\u{feff}holder_kind,holder,year,base,"), "{csv}");
        assert!(csv.contains("\n'@x,'=1+1,-5,80,"), "{csv}");
    }
}
