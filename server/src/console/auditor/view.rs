//! What the interface answers, in the shape in which the pages show it: nothing is worked out here, only put beside each other.

use projections::sheets;
use serde_json::{Map, Value, json};

use super::resolve;

/// Entries of a list that are shown at once; the others behind a fold.
const SHOWN: usize = 4;

/// CloudEvents as lines of a list.
pub(super) fn events(batch: &Value) -> Vec<Value> {
    batch.as_array().into_iter().flatten().map(event).collect()
}

fn event(event: &Value) -> Value {
    let subject = event["subject"].as_str().unwrap_or_default();
    let (kind, id) = subject.split_once('/').unwrap_or((subject, ""));
    // `cn.baodao.member.MemberReported.v1`
    let fact = event["type"].as_str().unwrap_or_default().split('.').nth(3).unwrap_or_default();
    json!({
        "position": number(&event["position"]),
        "sequence": number(&event["sequence"]),
        "kind": kind,
        "id": id,
        "replay": resolve::replay(kind, id),
        "type": fact,
        "recorded_at": event["time"],
        "occurred_at": event["occurredat"],
        "command": event["command"],
        "actor": event["actor"],
        "role": event["role"],
        "organisation": event["organisation"],
    })
}

fn number(text: &Value) -> u64 {
    text.as_str().and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// Rows field by field, each with what became of it.
pub(super) fn rows(rows: &Value, changes: &Value) -> Vec<Value> {
    let rows = rows.as_array().map(Vec::as_slice).unwrap_or_default();
    let changes = changes.as_array().map(Vec::as_slice).unwrap_or_default();
    let same =
        |one: &Value, other: &Value| one["resource"] == other["resource"] && one["key"] == other["key"];
    // What a change took away is shown, too.
    let gone = changes.iter().filter(|change| !rows.iter().any(|row| same(row, change)));
    let mut all: Vec<Value> = rows
        .iter()
        .chain(gone)
        .map(|row| {
            let own = changes.iter().find(|change| same(row, change)).map(|change| &change["changes"]);
            let own: Vec<&Value> = own.and_then(Value::as_array).into_iter().flatten().collect();
            one_row(row, &own)
        })
        .collect();
    all.sort_by_key(|row| !row["is_changed"].as_bool().unwrap_or_default());
    all
}

fn one_row(row: &Value, changes: &[&Value]) -> Value {
    let resource = row["resource"].as_str().unwrap_or_default();
    let named = sheets::resources().iter().find(|one| one.name == resource);
    let of_row: Vec<String> = named.map(|one| one.fields.clone()).unwrap_or_default();
    let fields: Vec<Value> = of_row
        .iter()
        .map(|name| {
            let own: Vec<&Value> =
                changes.iter().copied().filter(|change| change["field"] == **name).collect();
            field(name, &row["row"][name.as_str()], &own)
        })
        .filter(|field| field["is_there"] == true)
        .collect();
    json!({
        "resource": resource,
        "key": row["key"],
        "is_gone": row.get("row").is_none(),
        "is_changed": !changes.is_empty(),
        "fields": fields,
    })
}

fn field(name: &str, value: &Value, changes: &[&Value]) -> Value {
    let empty = |value: &Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    // A change of the whole field is one beside its value; those within stand below it.
    let whole = changes.iter().find(|change| change["path"] == name);
    let within: Vec<Value> =
        changes.iter().filter(|change| change["path"] != name).map(|change| part(change)).collect();
    let folded = value.as_array().filter(|all| all.len() > SHOWN).map(Vec::len);
    json!({
        "name": name,
        "value": value,
        "is_there": !empty(value) || !changes.is_empty(),
        "kind": whole.map_or(Value::Null, |change| change["kind"].clone()),
        "before": whole.map_or(Value::Null, |change| change["before"].clone()),
        "within": within,
        "folded": folded,
    })
}

/// A change within a field: what it is of is the last name on the way to it, and which one the last number.
fn part(change: &Value) -> Value {
    let path = change["path"].as_str().unwrap_or_default();
    let is_place = |step: &&str| step.bytes().all(|byte| byte.is_ascii_digit());
    let name = path.split('.').rfind(|step| !is_place(step)).unwrap_or_default();
    let place = path.split('.').rfind(is_place).and_then(|place| place.parse::<u64>().ok());
    json!({
        "name": name,
        "place": place.map(|place| place + 1),
        "kind": change["kind"],
        "before": change["before"],
        "after": change["after"],
    })
}

/// How many parts of rows an event changed, by resource.
pub(super) fn counted(rows: &Value) -> Vec<Value> {
    let mut all: Map<String, Value> = Map::new();
    for row in rows.as_array().into_iter().flatten() {
        let more = row["changes"].as_array().map_or(0, Vec::len) as u64;
        let name = row["resource"].as_str().unwrap_or_default();
        let before = all.get(name).and_then(Value::as_u64).unwrap_or_default();
        all.insert(name.to_owned(), Value::from(before + more));
    }
    all.into_iter().map(|(resource, count)| json!({ "resource": resource, "count": count })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Issue 5: the state beside each event with the changes marked.
    #[test]
    fn changes_stand_beside_the_fields_that_they_are_of() {
        let state =
            json!([{"resource": "units", "key": "u-1", "row": {"unit": "u-1", "name": "甲", "members": 3}}]);
        let changes = json!([{"resource": "units", "key": "u-1", "changes": [
            {"field": "name", "path": "name", "kind": "changed", "before": "乙", "after": "甲"},
        ]}]);
        let shown = rows(&state, &changes);
        let name =
            shown[0]["fields"].as_array().unwrap().iter().find(|field| field["name"] == "name").unwrap();
        assert_eq!(
            (&name["kind"], &name["before"], &name["value"]),
            (&json!("changed"), &json!("乙"), &json!("甲"))
        );
        let unit =
            shown[0]["fields"].as_array().unwrap().iter().find(|field| field["name"] == "unit").unwrap();
        assert!(unit["kind"].is_null());
    }

    #[test]
    fn a_change_within_a_list_names_what_it_is_of_and_which() {
        let change = json!({"path": "lines.3.points", "kind": "changed", "before": 1, "after": 2});
        let shown = part(&change);
        assert_eq!((&shown["name"], &shown["place"]), (&json!("points"), &json!(4)));
        let change = json!({"path": "lines.3", "kind": "added", "before": null, "after": {"points": 2}});
        assert_eq!((&part(&change)["name"], &part(&change)["place"]), (&json!("lines"), &json!(4)));
    }

    #[test]
    fn a_row_that_went_is_shown_as_gone() {
        let changes = json!([{"resource": "units", "key": "u-1", "changes": [
            {"field": "name", "path": "name", "kind": "removed", "before": "乙", "after": null},
        ]}]);
        let shown = rows(&json!([]), &changes);
        assert_eq!((&shown[0]["is_gone"], &shown[0]["is_changed"]), (&json!(true), &json!(true)));
    }
}
