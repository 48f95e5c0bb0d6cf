//! The fields of a command's form, read off the schema of its input: every command has a form, and none is written by hand.

use std::collections::HashMap;
use std::sync::LazyLock;

use commands::registry;
use serde::Serialize;
use serde_json::{Map, Value};

/// How a field is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// A line of text.
    Line,
    /// Some sentences.
    Text,
    /// A whole number.
    Number,
    /// A day.
    Date,
    /// A day and a time of day.
    Time,
    /// One of some words.
    Choice,
    /// Any of some words.
    Choices,
    /// Yes or no.
    Switch,
    /// Texts, one on each line.
    Lines,
    /// Anything else, as JSON.
    Json,
}

/// A field.
#[derive(Debug, Clone)]
pub(super) struct Field {
    /// As the interface names it; dotted where it lies in another.
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) required: bool,
    /// The words to choose from.
    pub(super) words: Vec<String>,
    pub(super) least: Option<i64>,
    pub(super) most: Option<i64>,
    pub(super) length: Option<u64>,
    pub(super) pattern: Option<String>,
    /// What a row of it holds, where it is a list of such.
    pub(super) rows: Vec<Field>,
}

static FIELDS: LazyLock<HashMap<&'static str, Vec<Field>>> = LazyLock::new(|| {
    registry::descriptions()
        .into_iter()
        .map(|command| {
            let root = command.schema.to_value();
            let mut fields = vec![];
            collect(&root, &root, "", true, &mut fields);
            (command.name, fields)
        })
        .collect()
});

/// The fields of a command; none when there is no such command.
pub(super) fn of(command: &str) -> Option<&'static [Field]> {
    FIELDS.get(command).map(Vec::as_slice)
}

fn collect(root: &Value, object: &Value, within: &str, required: bool, out: &mut Vec<Field>) {
    let empty = Map::new();
    let properties = object.get("properties").and_then(Value::as_object).unwrap_or(&empty);
    let wanted: Vec<&str> = object
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    // What must be filled in comes first.
    let mut names: Vec<&String> = properties.keys().collect();
    names.sort_by_key(|name| !wanted.contains(&name.as_str()));
    for name in names {
        let full = if within.is_empty() { name.clone() } else { format!("{within}.{name}") };
        let (schema, may_be_null) = resolved(root, &properties[name]);
        let required = required && !may_be_null && wanted.contains(&name.as_str());
        if schema.get("properties").is_some() && within.is_empty() {
            collect(root, &schema, &full, required, out);
        } else {
            out.push(field(root, full, &schema, required));
        }
    }
}

/// A schema with what it refers to put in its place, and whether null is taken, too.
fn resolved(root: &Value, schema: &Value) -> (Value, bool) {
    if let Some(name) =
        schema.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix("#/$defs/"))
    {
        return resolved(root, &root["$defs"][name]);
    }
    if let Some(any) = schema.get("anyOf").and_then(Value::as_array) {
        let is_null = |one: &&Value| one.get("type").and_then(Value::as_str) == Some("null");
        if any.len() == 2
            && let Some(other) = any.iter().find(|one| !is_null(one))
            && any.iter().any(|one| is_null(&one))
        {
            return (resolved(root, other).0, true);
        }
    }
    let nullable =
        matches!(schema.get("type"), Some(Value::Array(types)) if types.iter().any(|one| one == "null"));
    (schema.clone(), nullable)
}

fn field(root: &Value, name: String, schema: &Value, required: bool) -> Field {
    let words = words(schema);
    let mut kind = kind(schema, &words);
    let mut choices = words;
    let mut rows = vec![];
    if kind == Kind::Lines {
        let item = resolved(root, &schema["items"]).0;
        if item.get("properties").is_some() {
            collect(root, &item, "", true, &mut rows);
        }
        choices = self::words(&item);
        kind = match self::kind(&item, &choices) {
            Kind::Choice => Kind::Choices,
            Kind::Line => Kind::Lines,
            _ => Kind::Json,
        };
    }
    Field {
        kind,
        required: required && kind != Kind::Switch,
        words: choices,
        least: schema.get("minimum").and_then(Value::as_i64),
        most: schema.get("maximum").and_then(Value::as_i64),
        length: schema.get("maxLength").and_then(Value::as_u64),
        pattern: schema.get("pattern").and_then(Value::as_str).map(bare),
        rows,
        name,
    }
}

/// A pattern as the attribute of an input has it: of the whole text anyway.
fn bare(pattern: &str) -> String {
    pattern.trim_start_matches('^').trim_end_matches('$').to_owned()
}

fn words(schema: &Value) -> Vec<String> {
    let texts = |values: &Value, key: Option<&str>| -> Vec<String> {
        let one = |value: &Value| {
            key.map_or(Some(value), |key| value.get(key)).and_then(Value::as_str).map(str::to_owned)
        };
        values.as_array().into_iter().flatten().filter_map(one).collect()
    };
    let mut words = texts(&schema["enum"], None);
    for family in ["oneOf", "anyOf"] {
        words.extend(texts(&schema[family], Some("const")));
        for part in schema[family].as_array().into_iter().flatten() {
            words.extend(texts(&part["enum"], None));
        }
    }
    words
}

fn kind(schema: &Value, words: &[String]) -> Kind {
    if !words.is_empty() {
        return Kind::Choice;
    }
    let named = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).find(|one| *one != "null"),
        other => other.as_str(),
    };
    match (named, schema.get("format").and_then(Value::as_str)) {
        (Some("string"), Some("date")) => Kind::Date,
        (Some("string"), Some("date-time")) => Kind::Time,
        (Some("string"), _)
            if schema.get("maxLength").and_then(Value::as_u64).is_some_and(|most| most > 200) =>
        {
            Kind::Text
        }
        (Some("string"), _) => Kind::Line,
        (Some("integer" | "number"), _) => Kind::Number,
        (Some("boolean"), _) => Kind::Switch,
        (Some("array"), _) => Kind::Lines,
        _ => Kind::Json,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(command: &str, name: &str) -> Field {
        of(command).unwrap().iter().find(|field| field.name == name).unwrap().clone()
    }

    /// Issue 5: every command can be given by a page; what cannot be filled in plainly is JSON.
    #[test]
    fn every_command_has_a_form() {
        for name in registry::NAMES {
            assert!(!of(name).unwrap().is_empty(), "{name}");
        }
        assert!(of("no-such-command").is_none());
    }

    /// What a field takes is what the schema says.
    #[test]
    fn fields_are_as_the_schema_says() {
        let urgency = one("place-order", "urgency");
        assert_eq!((urgency.kind, urgency.required), (Kind::Choice, true));
        assert_eq!(urgency.words, ["routine", "urgent", "emergency"]);
        assert_eq!(
            (one("place-order", "text").kind, one("place-order", "grid").required),
            (Kind::Text, false)
        );
        assert_eq!(one("record-needs", "needs").kind, Kind::Choices);
        let stars = one("rate-service", "stars");
        assert_eq!((stars.kind, stars.least, stars.most), (Kind::Number, Some(1), Some(5)));
        assert!(of("place-order").unwrap()[0].required);
    }
}
