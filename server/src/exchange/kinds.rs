//! What can be imported and exported: one line for each kind, one table for its columns.

mod demands;
mod enrolment;
mod places;

use serde_json::{Map, Value};

use super::column::Column;

/// A kind of file.
#[derive(Debug)]
pub struct Kind {
    /// In the command line and in addresses: plural, kebab-case.
    pub name: &'static str,
    /// In Chinese; the name of the sheet in workbooks.
    pub title: &'static str,
    /// The command under which a file is recorded as a whole.
    pub import: &'static str,
    /// In order.
    pub columns: &'static [Column],
    /// The columns that no two rows share; a row whose first one is empty has no key.
    pub key: &'static [&'static str],
    /// Rows of which others in the same file may speak come first, wherever they stand in it.
    pub above: Option<Above>,
    /// What a row becomes.
    pub makes: Makes,
    /// The projection whose rows are exported.
    pub projection: &'static str,
    /// A row of the projection (its JSON text) as rows of the file: objects by column name.
    pub rows: fn(&str) -> Result<Vec<Value>, serde_json::Error>,
}

/// How the rows of a kind stand above each other.
#[derive(Debug, Clone, Copy)]
pub struct Above {
    /// The column by which others speak of a row.
    pub own: &'static str,
    /// Of which row the fields speak.
    pub above: fn(&Map<String, Value>) -> Option<String>,
}

/// Which command a row becomes. Fields are named like columns.
#[derive(Debug)]
pub enum Makes {
    /// Always the same.
    One(&'static str),
    /// One by the value of a column; the value goes into the command's own field, where it has one for it.
    By {
        /// The column.
        column: &'static str,
        /// Its value, the command, the field.
        choices: &'static [(&'static str, &'static str, Option<&'static str>)],
    },
}

impl Makes {
    /// The command's name and body.
    pub fn command(&self, mut fields: Map<String, Value>) -> (&'static str, Map<String, Value>) {
        match self {
            Self::One(name) => (name, fields),
            Self::By { column, choices } => {
                let value = fields.remove(*column);
                let chosen =
                    choices.iter().find(|(choice, ..)| value.as_ref().is_some_and(|it| it == choice));
                match (chosen, value) {
                    (Some((_, name, field)), Some(value)) => {
                        if let Some(field) = field {
                            fields.insert((*field).to_owned(), value);
                        }
                        (name, fields)
                    }
                    _ => ("", fields),
                }
            }
        }
    }

    /// The column that a field of the command comes from, where it has another name.
    pub fn column_of_field(&self, field: &str) -> Option<&'static str> {
        match self {
            Self::One(_) => None,
            Self::By { column, choices } => {
                choices.iter().any(|(.., own)| *own == Some(field)).then_some(*column)
            }
        }
    }
}

/// All kinds, in the order in which a fresh ledger takes them: each speaks only of what those before it brought.
pub const KINDS: &[&Kind] = &[
    &places::DIVISIONS,
    &enrolment::UNITS,
    &enrolment::UNIT_LINKS,
    &enrolment::MEMBERS,
    &enrolment::RESIDENCES,
    &enrolment::REPORTS,
    &demands::DEMANDS,
];

/// The kind of this name or title.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|kind| kind.name == name || kind.title == name)
}

/// Rows of the projection have the names of the columns.
fn same(body: &str) -> Result<Vec<Value>, serde_json::Error> {
    Ok(vec![serde_json::from_str(body)?])
}
