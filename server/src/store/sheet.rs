//! The SQL of sheets: one table per generation of a projection, `sheet_<name>_g<generation>`.

use std::collections::HashMap;

use projections::ports::{Condition, Find, RowWrite, Sheet, StoreError};
use smol_str::SmolStr;

use super::sql::{Bind, Dialect};
use super::sqlite::values::{pieces, values};

/// A statement and its parameters.
pub(super) type Statement = (String, Vec<Bind>);

/// Refuses names that would need more than quotes. Names come from code, not from people, but they become SQL.
pub(super) fn check(sheet: &Sheet) -> Result<(), StoreError> {
    let plain = |name: &str| {
        name.len() <= 40
            && name.starts_with(|first: char| first.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    if !plain(sheet.name) {
        return Err(StoreError::Misused(format!("{:?} cannot name a sheet", sheet.name)));
    }
    match sheet.columns.iter().find(|column| !plain(column) || ["key", "body"].contains(column)) {
        Some(column) => {
            Err(StoreError::Misused(format!("{column:?} cannot name a column of the sheet {}", sheet.name)))
        }
        None => Ok(()),
    }
}

/// The table of a generation.
pub(super) fn table(name: &str, generation: u32) -> String {
    format!("sheet_{name}_g{generation}")
}

/// Makes a generation's table. An absent value is kept as an empty text, so that one index serves both conditions and order.
/// The table has no [`key`] yet.
pub(super) fn create(dialect: Dialect, sheet: &Sheet, table: &str) -> String {
    // Byte order everywhere: pages, prefixes and comparisons must not depend on a locale. SQLite compares bytes anyway.
    let (text, strict) = match dialect {
        Dialect::Sqlite => ("text", " STRICT"),
        Dialect::Postgres => (r#"text COLLATE "C""#, ""),
    };
    let mut columns = vec![format!(r#""key" {text} NOT NULL"#), r#""body" text NOT NULL"#.to_owned()];
    columns.extend(sheet.columns.iter().map(|column| format!(r#""{column}" {text} NOT NULL"#)));
    format!(r#"CREATE TABLE "{table}" ({}){strict}"#, columns.join(", "))
}

/// Makes the keys of a table unique, and rows found by them. Sorting all of them once is cheaper than placing each.
pub(super) fn key(table: &str) -> String {
    format!(r#"CREATE UNIQUE INDEX IF NOT EXISTS "{table}_key" ON "{table}" ("key")"#)
}

/// Makes an index for a column; none when the sheet has no such column.
pub(super) fn index(sheet: &Sheet, table: &str, column: &str) -> Option<String> {
    let number = sheet.columns.iter().position(|named| *named == column)?;
    Some(format!(r#"CREATE INDEX IF NOT EXISTS "{table}_{number}" ON "{table}" ("{column}", "key")"#))
}

/// Puts rows, new or changed. The keys must be different from each other.
pub(super) fn upsert(
    dialect: Dialect,
    sheet: &Sheet,
    table: &str,
    rows: &[(&RowWrite, &str)],
) -> Result<Vec<Statement>, StoreError> {
    check_widths(sheet, rows)?;
    let names = names(sheet);
    let listed = listed(sheet);
    let replaced = names
        .iter()
        .skip(1)
        .map(|name| format!(r#""{name}" = excluded."{name}""#))
        .collect::<Vec<_>>()
        .join(", ");
    let statement = |source: &str| {
        format!(r#"INSERT INTO "{table}" ({listed}) {source} ON CONFLICT ("key") DO UPDATE SET {replaced}"#)
    };
    Ok(match dialect {
        Dialect::Postgres => {
            let arrays =
                (1..=names.len()).map(|number| format!("${number}::text[]")).collect::<Vec<_>>().join(", ");
            let mut columns = vec![Vec::with_capacity(rows.len()); names.len()];
            for row in rows {
                columns.iter_mut().zip(cells(row)).for_each(|(column, value)| column.push(value.to_owned()));
            }
            let binds = columns.into_iter().map(Bind::Texts).collect();
            vec![(statement(&format!("SELECT * FROM unnest({arrays})")), binds)]
        }
        Dialect::Sqlite => pieces(rows)
            .map(|piece| {
                let source = format!("VALUES {}", values(piece.len(), names.len()));
                let binds = piece.iter().flat_map(cells).map(|value| Bind::Text(value.to_owned())).collect();
                (statement(&source), binds)
            })
            .collect(),
    })
}

/// Refuses rows that do not have a value for each column.
pub(super) fn check_widths(sheet: &Sheet, rows: &[(&RowWrite, &str)]) -> Result<(), StoreError> {
    match rows.iter().find(|(row, _)| row.columns.len() != sheet.columns.len()) {
        Some((row, _)) => Err(StoreError::Misused(format!(
            "the row {} has {} values for the {} columns of {}",
            row.key,
            row.columns.len(),
            sheet.columns.len(),
            sheet.name
        ))),
        None => Ok(()),
    }
}

/// The table's columns.
pub(super) fn names(sheet: &Sheet) -> Vec<&'static str> {
    ["key", "body"].into_iter().chain(sheet.columns.iter().copied()).collect()
}

/// The table's columns as a statement lists them.
pub(super) fn listed(sheet: &Sheet) -> String {
    names(sheet).iter().map(|name| format!(r#""{name}""#)).collect::<Vec<_>>().join(", ")
}

/// A row's values, in the order of the table's columns.
pub(super) fn cells<'a>((row, body): &'a (&'a RowWrite, &'a str)) -> impl Iterator<Item = &'a str> {
    let columns = row.columns.iter().map(|value| value.as_deref().unwrap_or(""));
    [row.key.as_str(), body].into_iter().chain(columns)
}

/// Takes rows away.
pub(super) fn delete(dialect: Dialect, table: &str, keys: Vec<String>) -> Statement {
    (format!(r#"DELETE FROM "{table}" WHERE "key" IN ({})"#, each(dialect)), vec![Bind::Texts(keys)])
}

/// Key and body of rows by their keys.
pub(super) fn rows(dialect: Dialect, table: &str, keys: &[SmolStr]) -> Statement {
    (
        format!(r#"SELECT "key", "body" FROM "{table}" WHERE "key" IN ({})"#, each(dialect)),
        vec![Bind::Texts(keys.iter().map(ToString::to_string).collect())],
    )
}

/// Key and body of all rows, by key, a page at a time.
pub(super) fn scan(table: &str, after_key: Option<&str>, limit: usize) -> Statement {
    let condition = if after_key.is_some() { r#" WHERE "key" > $1"# } else { "" };
    let binds = after_key.map(|key| Bind::Text(key.to_owned())).into_iter().collect();
    (format!(r#"SELECT "key", "body" FROM "{table}"{condition} ORDER BY "key" LIMIT {limit}"#), binds)
}

/// The texts of the first parameter as a set.
pub(super) fn each(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "SELECT unnest($1::text[])",
        Dialect::Sqlite => "SELECT value FROM json_each($1)",
    }
}

/// The live generation, its checkpoint and one row's body, in one statement and so in one snapshot.
pub(super) fn get(sheet: &Sheet, table: &str, key: &str) -> Statement {
    let sql = format!(
        r#"SELECT CAST(p.generation AS text), CAST(p.checkpoint AS text), r."body" FROM projections p LEFT JOIN "{table}" r ON r."key" = $2 WHERE p.name = $1 AND p.state = 'live'"#
    );
    (sql, vec![Bind::Text(sheet.name.to_owned()), Bind::Text(key.to_owned())])
}

/// The live generation, its checkpoint, and key, order value and body of the rows found, in one statement and so in one snapshot.
///
/// `others` are the live tables of the sheets that conditions look into.
pub(super) fn find(
    sheet: &Sheet,
    table: &str,
    others: &HashMap<&'static str, String>,
    find: &Find,
) -> Result<Statement, StoreError> {
    let mut query = Where { others, terms: Vec::new(), binds: vec![Bind::Text(sheet.name.to_owned())] };
    for condition in &find.conditions {
        let term = query.condition(At { sheet, depth: 0 }, condition)?;
        query.terms.push(term);
    }
    if let Some(prefix) = &find.key_prefix {
        let term = query.prefix(r#"t."key""#, prefix);
        query.terms.push(term);
    }
    let order = find.order.map(|column| At { sheet, depth: 0 }.column(column)).transpose()?;
    let (direction, behind) = if find.descending { (" DESC", "<") } else { ("", ">") };
    if let Some((value, key)) = &find.after {
        let term = match &order {
            Some(column) => {
                format!(r#"({column}, t."key") {behind} ({}, {})"#, query.bind(value), query.bind(key))
            }
            None => format!(r#"t."key" {behind} {}"#, query.bind(key)),
        };
        query.terms.push(term);
    }
    let filter =
        if query.terms.is_empty() { String::new() } else { format!(" WHERE {}", query.terms.join(" AND ")) };
    let (value, sorted) = match &order {
        Some(column) => (column.as_str(), format!(r#"{column}{direction}, t."key"{direction}"#)),
        None => ("''", format!(r#"t."key"{direction}"#)),
    };
    let page = format!(
        r#"SELECT t."key" AS k, {value} AS o, t."body" AS b FROM "{table}" t{filter} ORDER BY {sorted} LIMIT {}"#,
        find.limit
    );
    let again =
        if order.is_some() { format!("r.o{direction}, r.k{direction}") } else { format!("r.k{direction}") };
    let sql = format!(
        "SELECT CAST(p.generation AS text), CAST(p.checkpoint AS text), r.k, r.o, r.b FROM projections p LEFT JOIN ({page}) r ON true WHERE p.name = $1 AND p.state = 'live' ORDER BY {again}"
    );
    Ok((sql, query.binds))
}

struct Where<'a> {
    others: &'a HashMap<&'static str, String>,
    terms: Vec<String>,
    binds: Vec<Bind>,
}

/// The rows that a condition is about.
#[derive(Clone, Copy)]
struct At<'a> {
    sheet: &'a Sheet,
    /// 0 of the rows asked for, 1 of those that they are found by.
    depth: usize,
}

impl At<'_> {
    fn alias(self) -> String {
        if self.depth == 0 { "t".to_owned() } else { format!("t{}", self.depth) }
    }

    fn key(self) -> String {
        format!(r#"{}."key""#, self.alias())
    }

    /// Qualified, because SQLite takes an unknown name in quotes alone for a text.
    fn column(self, name: &str) -> Result<String, StoreError> {
        if self.sheet.columns.contains(&name) {
            Ok(format!(r#"{}."{name}""#, self.alias()))
        } else {
            Err(StoreError::Misused(format!("the sheet {} has no column {name}", self.sheet.name)))
        }
    }

    fn column_or_key(self, name: Option<&str>) -> Result<String, StoreError> {
        name.map_or_else(|| Ok(self.key()), |name| self.column(name))
    }
}

impl Where<'_> {
    fn bind(&mut self, value: &str) -> String {
        self.binds.push(Bind::Text(value.to_owned()));
        format!("${}", self.binds.len())
    }

    /// A term that is true where the condition holds.
    fn condition(&mut self, at: At<'_>, condition: &Condition) -> Result<String, StoreError> {
        Ok(match condition {
            Condition::Is(column, value) => format!("{} = {}", at.column(column)?, self.bind(value)),
            Condition::AtLeast(column, value) => format!("{} >= {}", at.column(column)?, self.bind(value)),
            Condition::Below(column, value) => {
                let column = at.column(column)?;
                format!("({column} < {} AND {column} <> '')", self.bind(value))
            }
            Condition::StartsWith(column, prefix) => self.prefix(&at.column(column)?, prefix),
            Condition::Key(key) => format!("{} = {}", at.key(), self.bind(key)),
            Condition::Any(all) => self.joined(at, all, " OR ", "1 = 0")?,
            Condition::All(all) => self.joined(at, all, " AND ", "1 = 1")?,
            Condition::In { column, sheet, select, holds } => {
                let table = self.others.get(sheet.name).cloned().ok_or_else(|| {
                    StoreError::Misused(format!("the sheet {} has no rows to look into", sheet.name))
                })?;
                let within = At { sheet, depth: at.depth + 1 };
                let (own, told) = (at.column_or_key(*column)?, within.column_or_key(*select)?);
                let holds = self.condition(within, holds)?;
                format!(r#"{own} IN (SELECT {told} FROM "{table}" {} WHERE {holds})"#, within.alias())
            }
        })
    }

    fn joined(
        &mut self,
        at: At<'_>,
        all: &[Condition],
        word: &str,
        none: &str,
    ) -> Result<String, StoreError> {
        let terms = all.iter().map(|one| self.condition(at, one)).collect::<Result<Vec<_>, _>>()?;
        Ok(if terms.is_empty() { none.to_owned() } else { format!("({})", terms.join(word)) })
    }

    /// A range, not LIKE: nothing to escape, and every index serves it.
    fn prefix(&mut self, column: &str, prefix: &str) -> String {
        if prefix.is_empty() {
            return "1 = 1".to_owned();
        }
        let from = self.bind(prefix);
        match behind_prefix(prefix) {
            Some(next) => format!("({column} >= {from} AND {column} < {})", self.bind(&next)),
            None => format!("{column} >= {from}"),
        }
    }
}

/// The first text, in byte order, behind all that start with the prefix. None when nothing can be behind them.
fn behind_prefix(prefix: &str) -> Option<String> {
    let mut head = prefix.to_owned();
    while let Some(last) = head.pop() {
        // The code points of UTF-8 sort as their bytes do; the surrogates are not code points.
        let next = match last {
            '\u{d7ff}' => Some('\u{e000}'),
            other => char::from_u32(u32::from(other) + 1),
        };
        if let Some(next) = next {
            head.push(next);
            return Some(head);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Design §4: prefixes become ranges in byte order.
    #[test]
    fn what_is_behind_a_prefix() {
        assert_eq!(behind_prefix("520201").as_deref(), Some("520202"));
        assert_eq!(behind_prefix("钟山").as_deref(), Some("钟屲"));
        assert_eq!(behind_prefix("a\u{d7ff}").as_deref(), Some("a\u{e000}"));
        assert_eq!(behind_prefix("a\u{10ffff}").as_deref(), Some("b"));
        assert_eq!(behind_prefix("\u{10ffff}"), None);
    }

    /// Design §4: names that would break out of their quotes are refused.
    #[test]
    fn names_are_checked() {
        let sheet = |name, columns| Sheet { name, version: 1, columns };
        assert!(check(&sheet("members", &["unit", "division"])).is_ok());
        for (name, columns) in
            [("Members", &[][..]), ("a\"b", &[]), ("", &[]), ("m", &["key"]), ("m", &["a b"])]
        {
            assert!(
                matches!(check(&sheet(name, columns)), Err(StoreError::Misused(_))),
                "{name} {columns:?}"
            );
        }
    }
}
