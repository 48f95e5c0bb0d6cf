//! Checks values against JSON schemas of the kind that our API description has.

use serde_json::Value;

/// What in the value is not as the schema says; references are looked up in `root`.
pub fn faults(root: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut found = vec![];
    check(root, schema, value, "$", &mut found);
    found
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    if schema == &Value::Bool(true) {
        return;
    }
    if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        let pointer = target.strip_prefix('#').unwrap();
        let target = root.pointer(pointer).unwrap_or_else(|| panic!("{target} is not defined"));
        return check(root, target, value, at, found);
    }
    for (list, exactly_one) in [("anyOf", false), ("oneOf", true)] {
        if let Some(options) = schema.get(list).and_then(Value::as_array) {
            let fitting = options.iter().filter(|option| faults(root, option, value).is_empty()).count();
            if fitting == 0 || exactly_one && fitting > 1 {
                found.push(format!("{at}: {fitting} of {list} fit {value}"));
            }
        }
    }
    for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        check(root, part, value, at, found);
    }
    let types: Vec<&str> = match schema.get("type") {
        Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).collect(),
        Some(one) => one.as_str().into_iter().collect(),
        None => vec![],
    };
    if !types.is_empty() && !types.iter().any(|name| is(value, name)) {
        found.push(format!("{at}: {value} is none of {types:?}"));
    }
    if schema.get("const").is_some_and(|only| only != value) {
        found.push(format!("{at}: {value} is not {}", schema["const"]));
    }
    if schema.get("enum").and_then(Value::as_array).is_some_and(|known| !known.contains(value)) {
        found.push(format!("{at}: {value} is not among {}", schema["enum"]));
    }
    if let (Some(least), Some(number)) = (schema.get("minimum").and_then(Value::as_f64), value.as_f64())
        && number < least
    {
        found.push(format!("{at}: {number} is below {least}"));
    }
    check_fields(root, schema, value, at, found);
    if let (Some(items), Some(values)) = (schema.get("items"), value.as_array()) {
        for (number, item) in values.iter().enumerate() {
            check(root, items, item, &format!("{at}[{number}]"), found);
        }
    }
}

fn check_fields(root: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    let Some(fields) = value.as_object() else { return };
    for name in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
        if !fields.contains_key(name.as_str().unwrap()) {
            found.push(format!("{at}: {name} is missing"));
        }
    }
    let known = schema.get("properties").and_then(Value::as_object);
    for (name, inner) in fields {
        let place = format!("{at}.{name}");
        match (known.and_then(|known| known.get(name)), schema.get("additionalProperties")) {
            (Some(field), _) => check(root, field, inner, &place, found),
            (None, Some(Value::Bool(false))) => found.push(format!("{place} is not described")),
            (None, Some(other)) => check(root, other, inner, &place, found),
            // Rows and answers describe each of their fields, even where a schema would let others pass.
            (None, None)
                if known.is_some() && schema.get("oneOf").is_none() && schema.get("anyOf").is_none() =>
            {
                found.push(format!("{place} is not described"));
            }
            (None, None) => {}
        }
    }
}

fn is(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("{other} is no type"),
    }
}
