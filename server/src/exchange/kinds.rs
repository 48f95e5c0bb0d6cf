//! What can be imported and exported: one line for each kind, one table for its columns.

mod demands;
mod enrolment;
mod grids;
mod households;
mod places;
mod reports;

use aggregates::Recorded;
use projections::ports::Sheet;
use projections::sheets;
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
    /// The stream that a row draws on for what the projection keeps to itself: reasons of exclusions (A5).
    pub behind: Option<Behind>,
}

impl Kind {
    /// What most kinds have in common.
    const PLAIN: Self = Self {
        name: "",
        title: "",
        import: "",
        columns: &[],
        key: &[],
        above: None,
        makes: Makes::One(""),
        projection: "",
        rows: same,
        behind: None,
    };
}

impl Kind {
    /// The sheet of the projection that is exported.
    pub fn sheet(&self) -> Sheet {
        let known = sheets::sheets().into_iter().find(|sheet| sheet.name == self.projection);
        known.unwrap_or(Sheet { name: self.projection, version: 0, columns: &[] })
    }
}

/// A stream behind a row.
#[derive(Debug, Clone, Copy)]
pub struct Behind {
    /// The kind of stream.
    pub stream: &'static str,
    /// The field with the stream's id.
    pub id: &'static str,
    /// Tells the rest of the row from the stream's history.
    pub tell: fn(&mut Value, &[Recorded]),
}

/// How the rows of a kind stand above each other.
#[derive(Debug, Clone, Copy)]
pub struct Above {
    /// The column by which others speak of a row.
    pub own: &'static str,
    /// Of which row the fields speak.
    pub above: fn(&Map<String, Value>) -> Option<String>,
}

/// Which commands a row becomes. Fields are named like columns.
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
    /// Always the first, and the second behind it where a column says yes.
    Then {
        /// The first.
        first: &'static str,
        /// The column.
        column: &'static str,
        /// The second.
        second: &'static str,
        /// Its fields, which the first has too.
        fields: &'static [&'static str],
    },
}

impl Makes {
    /// The commands' names and bodies.
    pub fn commands(&self, mut fields: Map<String, Value>) -> Vec<(&'static str, Map<String, Value>)> {
        match self {
            Self::One(name) => vec![(name, fields)],
            Self::By { column, choices } => {
                let value = fields.remove(*column);
                let chosen =
                    choices.iter().find(|(choice, ..)| value.as_ref().is_some_and(|it| it == choice));
                let Some((_, name, field)) = chosen else { return vec![] };
                fields.extend(field.zip(value).map(|(field, value)| (field.to_owned(), value)));
                vec![(name, fields)]
            }
            Self::Then { first, column, second, fields: of_second } => {
                let wanted = fields.remove(*column) == Some(Value::Bool(true));
                let also = fields.iter().filter(|(name, _)| wanted && of_second.contains(&name.as_str()));
                let also: Map<String, Value> =
                    also.map(|(name, value)| (name.clone(), value.clone())).collect();
                let mut commands = vec![(*first, fields)];
                if wanted {
                    commands.push((second, also));
                }
                commands
            }
        }
    }

    /// The column that a field of the command comes from, where it has another name.
    pub fn column_of_field(&self, field: &str) -> Option<&'static str> {
        match self {
            Self::By { column, choices } => {
                choices.iter().any(|(.., own)| *own == Some(field)).then_some(*column)
            }
            Self::One(_) | Self::Then { .. } => None,
        }
    }
}

/// All kinds, in the order in which a fresh ledger takes them: each speaks only of what those before it brought.
pub const KINDS: &[&Kind] = &[
    &places::DIVISIONS,
    &places::ESTATES,
    &enrolment::UNITS,
    &enrolment::UNIT_LINKS,
    &enrolment::MEMBERS,
    &enrolment::RESIDENCES,
    &reports::BATCHES,
    &reports::REPORTS,
    &grids::GRIDS,
    &grids::POSTS,
    &households::HOUSEHOLDS,
    &households::PAIRS,
    &demands::DEMANDS,
    &enrolment::EXCLUSIONS,
];

/// The names of all kinds, as the API description lists them.
pub const NAMES: &[&str] = &{
    let mut names = [""; KINDS.len()];
    let mut at = 0;
    while at < KINDS.len() {
        names[at] = KINDS[at].name;
        at += 1;
    }
    names
};

/// The kind of this name or title.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|kind| kind.name == name || kind.title == name)
}

/// Rows of the projection have the names of the columns.
fn same(body: &str) -> Result<Vec<Value>, serde_json::Error> {
    Ok(vec![serde_json::from_str(body)?])
}

/// What stands in a part of a row, with some fields of the row itself.
fn within(row: &Value, part: &str, fields: &[&str]) -> Option<Value> {
    let mut found = row.get(part)?.as_object()?.clone();
    for field in fields {
        found.insert((*field).to_owned(), row.get(*field)?.clone());
    }
    Some(Value::Object(found))
}
