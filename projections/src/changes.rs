//! What differs between two states of a row: the fields added, removed and changed, as they are written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What became of a part of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It was not there before.
    Added,
    /// It is not there any more.
    Removed,
    /// It says something else.
    Changed,
}

/// A part of a row that differs between two states.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// The field of the row that it lies in.
    pub field: String,
    /// Where it is: names and places with dots between, `lines.3.points`.
    pub path: String,
    /// What became of it.
    pub kind: ChangeKind,
    /// As it was; nothing where it was not there.
    pub before: Value,
    /// As it is; nothing where it is gone.
    pub after: Value,
}

/// What differs, in the order of names and places. A row that is not there is one without fields; what holds nothing is as if it were not
/// there.
pub fn changes(before: &Value, after: &Value) -> Vec<Change> {
    let mut found = vec![];
    let (none, path) = (Map::new(), &mut vec![]);
    let (before, after) = (before.as_object().unwrap_or(&none), after.as_object().unwrap_or(&none));
    of_objects(before, after, path, &mut found);
    found
}

fn of_objects(
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    path: &mut Vec<String>,
    found: &mut Vec<Change>,
) {
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    for name in after.keys().chain(gone) {
        path.push(name.clone());
        let of = |row: &Map<String, Value>| row.get(name).cloned().unwrap_or_default();
        of_values(&of(before), &of(after), path, found);
        path.pop();
    }
}

fn of_values(before: &Value, after: &Value, path: &mut Vec<String>, found: &mut Vec<Change>) {
    match (before, after) {
        _ if before == after || (is_empty(before) && is_empty(after)) => {}
        (Value::Object(before), Value::Object(after)) => of_objects(before, after, path, found),
        (Value::Array(before), Value::Array(after)) => of_lists(before, after, path, found),
        (Value::Array(before), Value::Null) => of_lists(before, &[], path, found),
        (Value::Null, Value::Array(after)) => of_lists(&[], after, path, found),
        _ => found.push(Change::at(path, before, after)),
    }
}

/// What both begin and end with is the same; what lies between is held against each other place by place where it is equally long.
fn of_lists(before: &[Value], after: &[Value], path: &mut Vec<String>, found: &mut Vec<Change>) {
    let head = before.iter().zip(after).take_while(|(one, other)| one == other).count();
    let rest = |all: &[Value]| all.iter().skip(head).rev().cloned().collect::<Vec<_>>();
    let tail = rest(before).iter().zip(&rest(after)).take_while(|(one, other)| one == other).count();
    let between = |all: &[Value]| -> Vec<Value> {
        all.iter().skip(head).take(all.len() - tail - head).cloned().collect()
    };
    let (old, new) = (between(before), between(after));
    let mut at = |place: usize, before: &Value, after: &Value, found: &mut Vec<Change>| {
        path.push((head + place).to_string());
        if before.is_null() || after.is_null() {
            found.push(Change::at(path, before, after));
        } else {
            of_values(before, after, path, found);
        }
        path.pop();
    };
    if old.len() == new.len() {
        for (place, (old, new)) in old.iter().zip(&new).enumerate() {
            at(place, old, new, found);
        }
        return;
    }
    for (place, old) in old.iter().enumerate() {
        at(place, old, &Value::Null, found);
    }
    for (place, new) in new.iter().enumerate() {
        at(place, &Value::Null, new, found);
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(all) => all.is_empty(),
        Value::Object(all) => all.is_empty(),
        _ => false,
    }
}

impl Change {
    fn at(path: &[String], before: &Value, after: &Value) -> Self {
        let kind = match (is_empty(before), is_empty(after)) {
            (true, _) => ChangeKind::Added,
            (_, true) => ChangeKind::Removed,
            _ => ChangeKind::Changed,
        };
        Self {
            field: path.first().cloned().unwrap_or_default(),
            path: path.join("."),
            kind,
            before: before.clone(),
            after: after.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(before: &Value, after: &Value) -> Vec<(String, ChangeKind)> {
        changes(before, after).into_iter().map(|change| (change.path, change.kind)).collect()
    }

    fn one(path: &str, kind: ChangeKind) -> (String, ChangeKind) {
        (path.to_owned(), kind)
    }

    /// Issue 5: beside each event the state after it, with the changes marked.
    #[test]
    fn fields_added_removed_and_changed_are_told() {
        let before = json!({"unit": "u-1", "until": null, "from": "2026-01-01", "phase": "open", "same": 1});
        let after =
            json!({"unit": "u-2", "until": "2026-02-01", "from": null, "phase": "open", "same": 1, "new": 0});
        assert_eq!(
            told(&before, &after),
            [
                one("from", ChangeKind::Removed),
                one("new", ChangeKind::Added),
                one("unit", ChangeKind::Changed),
                one("until", ChangeKind::Added),
            ]
        );
        assert_eq!(told(&after, &after), []);
    }

    /// A row that begins tells what it says, and not what it leaves empty.
    #[test]
    fn a_row_that_begins_or_ends_is_told_field_by_field() {
        let row = json!({"member": "m-1", "posts": [], "group": null});
        assert_eq!(told(&Value::Null, &row), [one("member", ChangeKind::Added)]);
        assert_eq!(told(&row, &Value::Null), [one("member", ChangeKind::Removed)]);
    }

    /// A card that gets a line has one more, wherever it stands; a line that is altered is altered within.
    #[test]
    fn lines_of_a_list_are_told_one_by_one() {
        let card = |points: &[i64]| json!({"lines": points.iter().map(|n| json!({"points": n})).collect::<Vec<_>>()});
        assert_eq!(told(&card(&[1, 2]), &card(&[1, 2, 3])), [one("lines.2", ChangeKind::Added)]);
        assert_eq!(told(&card(&[1, 3]), &card(&[1, 2, 3])), [one("lines.1", ChangeKind::Added)]);
        assert_eq!(told(&card(&[1, 2, 3]), &card(&[2, 3])), [one("lines.0", ChangeKind::Removed)]);
        assert_eq!(told(&card(&[1, 2]), &card(&[1, 5])), [one("lines.1.points", ChangeKind::Changed)]);
        assert_eq!(told(&card(&[]), &card(&[4])), [one("lines.0", ChangeKind::Added)]);
        assert_eq!(changes(&card(&[1, 2]), &card(&[1, 5]))[0].field, "lines");
    }

    /// What is the same on both sides, or only written otherwise as nothing, is no change.
    #[test]
    fn nothing_is_nothing_however_it_is_written() {
        assert_eq!(told(&json!({"a": []}), &json!({"a": null, "b": {}})), []);
        assert_eq!(
            told(&json!({"a": {"b": {"c": 1}}}), &json!({"a": {"b": {"c": 2}}})),
            [one("a.b.c", ChangeKind::Changed)]
        );
    }
}
