//! A file against the JSON schema of the type that it is to become.

use std::str::FromStr;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde_json::{Map, Value};

use super::tree::{element_path, key_path};
use super::{Document, Fault};
use crate::ids::{CommunityCode, DivisionCode, GridCode, Malformed, Term};

/// All faults of shape.
pub(super) fn faults(document: &Document, schema: &Value) -> Vec<Fault> {
    let mut walk = Walk { document, root: schema, faults: Vec::new() };
    walk.value(schema, document.value(), "");
    walk.faults
}

struct Walk<'a> {
    document: &'a Document,
    root: &'a Value,
    faults: Vec<Fault>,
}

impl<'a> Walk<'a> {
    fn say(&mut self, path: &str, problem: String) {
        self.faults.push(self.document.fault(path, problem));
    }

    /// Follows a reference, and an optional value to what it is when it is there: TOML has no null.
    fn resolved(&self, schema: &'a Value) -> &'a Value {
        let mut schema = schema;
        loop {
            let next = if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
                self.root.pointer(reference.trim_start_matches('#'))
            } else {
                let options = schema.get("anyOf").and_then(Value::as_array);
                options.and_then(|options| {
                    options.iter().find(|option| option.get("type") != Some(&Value::from("null")))
                })
            };
            match next {
                Some(next) => schema = next,
                None => return schema,
            }
        }
    }

    fn value(&mut self, schema: &'a Value, value: &Value, path: &str) {
        let schema = self.resolved(schema);
        if let Some(choices) = choices(schema) {
            self.choice(&choices, value, path);
        } else if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            match value.as_object() {
                Some(object) => self.object(schema, properties, object, path),
                None => self.wrong_kind("a table", "表", value, path),
            }
        } else if let Some(items) = schema.get("items") {
            match value.as_array() {
                Some(elements) => {
                    for (index, element) in elements.iter().enumerate() {
                        self.value(items, element, &element_path(path, index));
                    }
                }
                None => self.wrong_kind("a list", "列表", value, path),
            }
        } else {
            self.plain(schema, value, path);
        }
    }

    fn object(
        &mut self,
        schema: &'a Value,
        properties: &'a Map<String, Value>,
        object: &Map<String, Value>,
        path: &str,
    ) {
        for key in object.keys().filter(|key| !properties.contains_key(*key)) {
            let mut known: Vec<&str> = properties.keys().map(String::as_str).collect();
            known.sort_unstable();
            let known = known.join(", ");
            self.say(
                &key_path(path, key),
                format!("unknown key; known are {known} / 未知的键，可用：{known}"),
            );
        }
        let required =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        for key in required.filter(|key| !object.contains_key(*key)) {
            self.say(path, format!("lacks the key {key} / 缺少键 {key}"));
        }
        for (key, value) in object {
            if let Some(schema) = properties.get(key) {
                self.value(schema, value, &key_path(path, key));
            }
        }
        if ["value", "source", "assumed"].iter().all(|key| properties.contains_key(*key)) {
            let told = ["source", "assumed"].iter().filter(|key| object.contains_key(**key)).count();
            if told != 1 {
                let problem =
                    "must tell exactly one of source and assumed / source 与 assumed 必须且只能填一项";
                self.say(path, problem.to_owned());
            }
        }
    }

    fn plain(&mut self, schema: &Value, value: &Value, path: &str) {
        let has_type = |name: &str| match schema.get("type") {
            Some(Value::String(one)) => one == name,
            Some(Value::Array(some)) => some.iter().any(|one| one == name),
            _ => false,
        };
        if has_type("string") {
            match value.as_str() {
                Some(text) => self.text(schema, text, path),
                None => self.wrong_kind("a text", "文本", value, path),
            }
        } else if has_type("integer") {
            match value.as_i64() {
                Some(number) => self.number(schema, number, path),
                None => self.wrong_kind("a whole number", "整数", value, path),
            }
        } else if has_type("boolean") && !value.is_boolean() {
            self.wrong_kind("true or false", "true 或 false", value, path);
        }
    }

    fn text(&mut self, schema: &Value, text: &str, path: &str) {
        if text.trim().is_empty() {
            self.say(path, "must not be blank / 不能为空".to_owned());
        } else if schema.get("format").and_then(Value::as_str) == Some("date") {
            if NaiveDate::from_str(text).is_err() {
                self.say(path, format!("{text} is no date such as 2026-01-31 / 不是 2026-01-31 形式的日期"));
            }
        } else if let Some(pattern) = schema.get("pattern").and_then(Value::as_str)
            && let Some(Err(malformed)) = named(pattern, text)
        {
            self.say(path, malformed.0);
        }
    }

    fn number(&mut self, schema: &Value, number: i64, path: &str) {
        let (least, most) = match schema.get("format").and_then(Value::as_str) {
            Some("uint8") => (0, i64::from(u8::MAX)),
            Some("uint32") => (0, i64::from(u32::MAX)),
            Some("int32") => (i64::from(i32::MIN), i64::from(i32::MAX)),
            Some("uint" | "uint64") => (0, i64::MAX),
            _ => (i64::MIN, i64::MAX),
        };
        if number < least || number > most {
            self.say(
                path,
                format!("{number} is not within {least} to {most} / {number} 不在 {least} 至 {most} 之间"),
            );
        }
    }

    fn choice(&mut self, choices: &[&Value], value: &Value, path: &str) {
        if !choices.contains(&value) {
            let names: Vec<String> =
                choices.iter().filter_map(|choice| choice.as_str()).map(str::to_owned).collect();
            let names = names.join(", ");
            self.say(path, format!("{value} is not one of {names} / {value} 不是下列之一：{names}"));
        }
    }

    fn wrong_kind(&mut self, en: &str, zh: &str, value: &Value, path: &str) {
        self.say(path, format!("expected {en}, found {value} / 应为{zh}"));
    }
}

/// The values of a choice, when the schema is one.
pub(super) fn choices(schema: &Value) -> Option<Vec<&Value>> {
    if let Some(list) = schema.get("enum").and_then(Value::as_array) {
        return Some(list.iter().collect());
    }
    if let Some(one) = schema.get("const") {
        return Some(vec![one]);
    }
    let options = schema.get("oneOf").and_then(Value::as_array)?;
    let mut all = Vec::new();
    for option in options {
        all.extend(choices(option)?);
    }
    Some(all)
}

/// Whether a text is a name or code of the kind that has this pattern; nothing when no kind has it.
fn named(pattern: &str, text: &str) -> Option<Result<(), Malformed>> {
    fn by<T: JsonSchema + FromStr<Err = Malformed>>(
        pattern: &str,
        text: &str,
    ) -> Option<Result<(), Malformed>> {
        let schema = schemars::schema_for!(T);
        (schema.get("pattern").and_then(Value::as_str) == Some(pattern))
            .then(|| T::from_str(text).map(|_| ()))
    }
    by::<Term>(pattern, text)
        .or_else(|| by::<DivisionCode>(pattern, text))
        .or_else(|| by::<CommunityCode>(pattern, text))
        .or_else(|| by::<GridCode>(pattern, text))
}
