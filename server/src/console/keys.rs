//! Under which address a row is found: the fields that its key is made of.

use serde_json::Value;

/// By resource; where a field is not always there, what is there makes the key.
const KEYS: &[(&str, &[&str])] = &[
    ("accesses", &["login"]),
    ("batches", &["batch"]),
    ("demands", &["demand"]),
    ("disqualifications", &["member", "year"]),
    ("divisions", &["code"]),
    ("duties", &["grid", "list", "item"]),
    ("emergencies", &["emergency"]),
    ("estates", &["estate"]),
    ("feedback-cards", &["holder_kind", "holder", "year"]),
    ("grid-chains", &["community"]),
    ("grid-counts", &["division"]),
    ("grids", &["grid"]),
    ("groups", &["group"]),
    ("help-pairs", &["household", "member"]),
    ("households", &["household"]),
    ("members", &["member"]),
    ("merged-evaluations", &["holder_kind", "holder", "year"]),
    ("monthly-figures", &["division", "month"]),
    ("musters", &["emergency", "member"]),
    ("opinions", &["opinion"]),
    ("point-cards", &["holder_kind", "holder", "year"]),
    ("post-holders", &["holder_kind", "holder"]),
    ("posts", &["grid", "slot", "holder_kind", "holder"]),
    ("praise", &["member", "community", "demand"]),
    ("readings", &["subject", "position"]),
    ("unit-links", &["unit", "community"]),
    ("units", &["unit"]),
];

/// The key of a row; none where its fields do not tell.
pub(super) fn of(resource: &str, row: &Value) -> Option<String> {
    let fields = KEYS.iter().find(|(name, _)| *name == resource)?.1;
    let parts: Option<Vec<String>> = fields
        .iter()
        .map(|field| match row.get(*field)? {
            Value::String(text) => Some(text.clone()),
            // Wide enough that rows stand in the order of the journal.
            Value::Number(number) if *field == "position" => Some(format!("{number:0>12}")),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
        .collect();
    // A year's appraisal is one stream, and its name is the key.
    let joint = if matches!(resource, "feedback-cards" | "merged-evaluations") { "-" } else { "/" };
    Some(parts?.join(joint))
}
