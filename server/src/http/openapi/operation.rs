//! One operation of the description.

use axum::http::Method;
use commands::registry::Description;
use projections::resource::Resource;
use serde_json::{Map, Value, json};

use super::answers::answers;
use super::components::Components;
use crate::http::batch::{CommandLine, JSON_LINES};
use crate::http::query::format::{CSV, XLSX};
use crate::http::route::{Answer, Content, Family, Kind, Parameter, Place, Route};
use crate::http::session::{Credentials, NewPassword};
use crate::http::what_if::PolicyDraft;

/// What an operation of a family is about.
pub(super) enum Subject {
    /// The route says it all.
    Route,
    /// A command.
    Command(Description),
    /// A resource.
    Resource(Box<Resource>),
}

/// Problems that any operation under `/v1` may answer.
const ALWAYS: [u16; 3] = [429, 500, 503];

/// Tells an operation.
pub(super) fn operation(route: &Route, subject: &Subject, components: &mut Components) -> Value {
    let doc = &route.doc;
    let (id, title, summary) = match subject {
        Subject::Route => (id_of(route), doc.title.to_owned(), doc.summary.to_owned()),
        Subject::Command(command) => {
            let told = command.schema.get("description").and_then(Value::as_str).unwrap_or(doc.summary);
            (command.name.to_owned(), command.title.to_owned(), told.to_owned())
        }
        Subject::Resource(resource) => {
            let told = resource.schema.get("description").and_then(Value::as_str).unwrap_or(doc.summary);
            let row = if doc.family == Family::Rows { "-row" } else { "" };
            (
                format!("{}{row}", resource.name),
                format!("{} {}", doc.title, resource.name),
                format!("{} {told}", doc.summary),
            )
        }
    };
    let mut parameters: Vec<Value> = doc.parameters.iter().map(|one| components.parameter(one)).collect();
    if let Subject::Resource(resource) = subject {
        match doc.family {
            Family::Rows => parameters.insert(0, key_parameter()),
            _ => parameters.extend(filters(resource)),
        }
    }
    let mut told = Map::new();
    told.insert("operationId".to_owned(), json!(id));
    told.insert("tags".to_owned(), json!([doc.tag]));
    told.insert("summary".to_owned(), json!(title));
    told.insert("description".to_owned(), json!(summary));
    if !parameters.is_empty() {
        told.insert("parameters".to_owned(), Value::Array(parameters));
    }
    if let Some(content) = content(doc.content, subject, components) {
        told.insert("requestBody".to_owned(), json!({"required": true, "content": content}));
    }
    let mut answers = answers(route, subject, components);
    if (route.path.starts_with("/v1/") || !doc.problems.is_empty()) && doc.answer != Answer::OpenApi {
        let is_asked = doc.parameters.iter().any(|parameter| parameter.name == super::super::caller::ACTOR);
        let unproved = is_asked.then_some(401);
        for status in doc.problems.iter().copied().chain(unproved).chain(ALWAYS) {
            answers.insert(status.to_string(), components.problem(status));
        }
    }
    told.insert("responses".to_owned(), Value::Object(answers));
    Value::Object(told)
}

/// The path, and the method where it is not the usual one.
fn id_of(route: &Route) -> String {
    let method = route.method.as_str().to_ascii_lowercase();
    let method = (route.method != Method::GET).then_some(method.as_str());
    let words: Vec<&str> = route
        .path
        .split(['/', '{', '}', '.', '*'])
        .filter(|word| !word.is_empty() && *word != "v1" && *word != "json")
        .chain(method)
        .collect();
    if words.is_empty() { "start-page".to_owned() } else { words.join("-") }
}

/// Tells a parameter.
pub(super) fn parameter(parameter: &Parameter) -> Value {
    let place = match parameter.place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
    };
    let schema = match parameter.kind {
        Kind::Text => json!({"type": "string", "minLength": 1}),
        Kind::Number(least, u64::MAX) => json!({"type": "integer", "minimum": least}),
        Kind::Number(least, most) => json!({"type": "integer", "minimum": least, "maximum": most}),
        Kind::Uuid => json!({"type": "string", "format": "uuid"}),
        Kind::Date => json!({"type": "string", "format": "date"}),
        Kind::Time => json!({"type": "string", "format": "date-time"}),
        Kind::PositionOrTime => {
            json!({"oneOf": [{"type": "integer", "minimum": 0}, {"type": "string", "format": "date-time"}]})
        }
        Kind::Like(form, such) => json!({"type": "string", "pattern": form, "examples": [such]}),
        Kind::OneOf(values) => json!({"type": "string", "enum": values}),
    };
    json!({
        "name": parameter.name,
        "in": place,
        "required": parameter.place == Place::Path,
        "description": format!("{} {}", parameter.title, parameter.summary),
        "schema": schema,
    })
}

fn key_parameter() -> Value {
    json!({
        "name": "key", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1},
        "description": "行键 Key of the row; slashes in it are written as they are.",
    })
}

fn filters(resource: &Resource) -> Vec<Value> {
    let mut told = vec![];
    for column in resource.sheet.columns.iter().copied() {
        let schema = json!({"type": "string"});
        let is = if column == "community" || column == "division" {
            "在此区划内 Rows whose code starts with this: any division above finds them."
        } else {
            "等于 Rows with this value; an empty one finds those without a value."
        };
        for (suffix, description) in [
            ("", is),
            ("_from", "不小于 Rows at or after this value."),
            ("_before", "小于 Rows before this value."),
        ] {
            told.push(json!({
                "name": format!("{column}{suffix}"), "in": "query", "required": false,
                "description": description, "schema": schema,
            }));
        }
    }
    let orders: Vec<String> = resource
        .sheet
        .columns
        .iter()
        .flat_map(|column| [(*column).to_owned(), format!("-{column}")])
        .collect();
    told.push(json!({
        "name": "order", "in": "query", "required": false, "schema": {"type": "string", "enum": orders},
        "description": "排序 Column to sort by, with - before it for descending order; by key when absent.",
    }));
    told
}

fn content(content: Content, subject: &Subject, components: &mut Components) -> Option<Value> {
    match (content, subject) {
        (Content::Command, Subject::Command(command)) => {
            Some(json!({"application/json": {"schema": components.add(&command.schema)}}))
        }
        (Content::CommandLines, _) => {
            let line = components.of::<CommandLine>();
            Some(
                json!({JSON_LINES: {"schema": {"type": "string", "description": "One CommandLine as JSON on each line."}, "x-line-schema": line}}),
            )
        }
        (Content::Credentials, _) => {
            Some(json!({"application/json": {"schema": components.of::<Credentials>()}}))
        }
        (Content::Form, _) => {
            let text = json!({"type": "string"});
            let form = json!({"type": "object", "required": ["login", "password"], "properties": {"login": text, "password": text, "next": text}});
            Some(json!({"application/x-www-form-urlencoded": {"schema": form}}))
        }
        (Content::NewPassword, _) => {
            Some(json!({"application/json": {"schema": components.of::<NewPassword>()}}))
        }
        (Content::Draft, _) => Some(json!({"application/json": {"schema": components.of::<PolicyDraft>()}})),
        (Content::File, _) => Some(json!({
            CSV: {"schema": {"type": "string"}},
            XLSX: {"schema": {"type": "string", "format": "binary"}},
        })),
        _ => None,
    }
}
