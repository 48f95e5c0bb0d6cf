//! What a form sent, as a command's input; and the form again, with what was typed and what is wrong with it.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::field::{Field, Kind};
use super::words;
use crate::http::language::Language;
use crate::http::problem::Problem;

/// Names of a form that are not of the command: they begin with a stroke.
pub(super) const KEY: &str = "_key";
pub(super) const NEXT: &str = "_next";
pub(super) const FIXED: &str = "_fixed";
pub(super) const AT: &str = "_at";
pub(super) const REASON: &str = "_reason";
pub(super) const APPROVED_BY: &str = "_approved_by";

/// Rows of a list that a form has at most.
const ROWS_MAX: usize = 50;

/// What a form sent, as pairs; what is no form is no request.
pub(super) struct Sent(pub(super) Vec<(String, String)>);

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let given = Form::from_request(request, state).await;
        given.map(|Form(pairs)| Self(pairs)).map_err(|_| Problem::of_status(StatusCode::BAD_REQUEST))
    }
}

/// What was typed, by name.
#[derive(Debug, Clone, Default)]
pub(super) struct Typed(BTreeMap<String, Vec<String>>);

impl Typed {
    pub(super) fn of(pairs: &[(String, String)]) -> Self {
        let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in pairs {
            all.entry(name.clone()).or_default().push(value.replace("\r\n", "\n"));
        }
        Self(all)
    }

    /// The first value of a name that says something.
    pub(super) fn one(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.iter().map(|value| value.trim()).find(|value| !value.is_empty())
    }

    fn all(&self, name: &str) -> Vec<&str> {
        let values = self.0.get(name).map(Vec::as_slice).unwrap_or_default();
        values.iter().map(|value| value.trim()).filter(|value| !value.is_empty()).collect()
    }

    /// The key of the form: the same form sent twice is one act.
    pub(super) fn key(&self) -> String {
        self.one(KEY).filter(|key| Uuid::parse_str(key).is_ok()).map_or_else(new_key, str::to_owned)
    }

    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.0.insert(name.to_owned(), vec![value.to_owned()]);
    }

    /// The input of a command. What is no number or no JSON goes as it was typed: the command says what it expects.
    pub(super) fn input(&self, fields: &[Field]) -> Value {
        let mut input = Map::new();
        for field in fields {
            if let Some(value) = self.value(field) {
                put(&mut input, &field.name, value);
            }
        }
        Value::Object(input)
    }

    fn value(&self, field: &Field) -> Option<Value> {
        let texts = self.all(&field.name);
        match field.kind {
            Kind::Switch => self.0.contains_key(&field.name).then(|| json!(texts.contains(&"true"))),
            Kind::Choices => self.0.contains_key(&field.name).then(|| json!(texts)),
            Kind::Lines => {
                let lines =
                    texts.iter().flat_map(|text| text.lines()).map(str::trim).filter(|line| !line.is_empty());
                let lines: Vec<&str> = lines.collect();
                (!lines.is_empty() || (field.required && self.0.contains_key(&field.name)))
                    .then(|| json!(lines))
            }
            _ => texts.first().map(|text| plain(field.kind, text)).or_else(|| {
                let rows = self.rows(field);
                (!rows.is_empty()).then_some(Value::Array(rows))
            }),
        }
    }

    /// The rows of a list that was filled in row by row: `served.0.member`. What has nothing in it is no row.
    fn rows(&self, field: &Field) -> Vec<Value> {
        let one = |number: usize| {
            let mut row = Map::new();
            for inner in &field.rows {
                let typed = self.one(&format!("{}.{number}.{}", field.name, inner.name));
                row.extend(typed.map(|text| (inner.name.clone(), plain(inner.kind, text))));
            }
            Value::Object(row)
        };
        let is_told = |row: &Value| row.as_object().is_some_and(|row| !row.is_empty());
        if field.rows.is_empty() { vec![] } else { (0..ROWS_MAX).map(one).filter(is_told).collect() }
    }
}

fn plain(kind: Kind, text: &str) -> Value {
    match kind {
        Kind::Number => text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number)),
        Kind::Json => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
        // A browser tells the time of day on the spot, without zone.
        Kind::Time if text.len() == 16 => json!(format!("{text}:00+08:00")),
        _ => json!(text),
    }
}

fn put(input: &mut Map<String, Value>, name: &str, value: Value) {
    match name.split_once('.') {
        None => {
            input.insert(name.to_owned(), value);
        }
        Some((outer, inner)) => {
            let within = input.entry(outer).or_insert_with(|| json!({}));
            if let Value::Object(within) = within {
                put(within, inner, value);
            }
        }
    }
}

pub(super) fn new_key() -> String {
    Uuid::now_v7().to_string()
}

/// The fields as a template shows them. `choices` are values to choose from, with what people call them.
pub(super) fn shown(
    fields: &[Field],
    typed: &Typed,
    problem: Option<&Problem>,
    choices: &BTreeMap<String, Vec<(String, String)>>,
    language: Language,
) -> Vec<Value> {
    let fixed: Vec<&str> = typed.one(FIXED).unwrap_or_default().split(',').collect();
    let one = |field: &Field| {
        let said = problem.and_then(|problem| fault(problem, &field.name, language));
        let top = field.name.split('.').next().unwrap_or_default();
        json!({
            "name": field.name,
            "id": format!("f-{}", field.name.replace('.', "-")),
            "label": words::label(language, &field.name).unwrap_or_else(|| field.name.clone()),
            "kind": field.kind,
            "required": field.required,
            "words": field.words,
            "least": field.least,
            "most": field.most,
            "length": field.length,
            "pattern": field.pattern,
            "value": typed.one(&field.name),
            "values": typed.all(&field.name),
            "rows": typed.rows(field),
            "fixed": fixed.contains(&field.name.as_str()) && said.is_none(),
            "fault": said,
            "choices": choices.get(top),
        })
    };
    fields.iter().map(one).collect()
}

/// What is wrong with a field.
fn fault(problem: &Problem, name: &str, language: Language) -> Option<String> {
    let of = |one: &Problem| {
        let field = one.field.as_deref()?;
        // `lines[2].note` is told beside `lines`.
        let is_it =
            field == name || field.strip_prefix(name).is_some_and(|rest| rest.starts_with(['[', '.']));
        is_it.then(|| language.pick(&one.zh, &one.en).to_owned())
    };
    of(problem).or_else(|| problem.errors.iter().find_map(of))
}

#[cfg(test)]
mod tests {
    use super::super::field;
    use super::*;

    fn typed(pairs: &[(&str, &str)]) -> Typed {
        Typed::of(
            &pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>(),
        )
    }

    /// Issue 5: what people type becomes what the interface takes, and what is left empty is not there.
    #[test]
    fn what_is_typed_becomes_the_input() {
        let given =
            typed(&[("demand", " d-1 "), ("stars", "5"), ("by", "resident"), ("comment", ""), ("_key", "x")]);
        let input = given.input(field::of("rate-service").unwrap());
        assert_eq!((&input["demand"], &input["stars"]), (&json!("d-1"), &json!(5)));
        assert!(input.get("comment").is_none() && input.get("_key").is_none());
        let needs =
            typed(&[("household", "h-1"), ("needs", "elderly"), ("needs", "minor"), ("consent", "true")]);
        assert_eq!(
            needs.input(field::of("record-needs").unwrap()),
            json!({"household": "h-1", "needs": ["elderly", "minor"], "consent": true})
        );
        assert_eq!(
            typed(&[("stars", "five")]).input(field::of("rate-service").unwrap()),
            json!({"stars": "five"})
        );
    }

    /// A unit names who served row by row; what is left empty is no row, and what is no number is told as it was typed.
    #[test]
    fn rows_of_a_list_are_filled_in_one_by_one() {
        let served = typed(&[
            ("served.0.member", "m-1"),
            ("served.0.minutes", "40"),
            ("served.1.member", ""),
            ("served.1.minutes", " "),
            ("served.2.member", "m-2"),
            ("served.2.minutes", "many"),
        ]);
        assert_eq!(
            served.input(field::of("complete-service").unwrap()),
            json!({"served": [{"member": "m-1", "minutes": 40}, {"member": "m-2", "minutes": "many"}]})
        );
    }

    /// A form without a key gets one; a key that is none is not taken.
    #[test]
    fn a_form_has_a_key() {
        let key = "018f3a2e-7c4b-7d1e-8f00-0123456789ab";
        assert_eq!(typed(&[("_key", key)]).key(), key);
        assert_ne!(typed(&[("_key", "1")]).key(), "1");
    }
}
