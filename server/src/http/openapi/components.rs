//! Schemas under one roof: each named type once, whoever uses it.

use schemars::{JsonSchema, Schema, schema_for};
use serde_json::{Map, Value, json};

use super::{answers, operation};
use crate::http::problem::ProblemBody;
use crate::http::route::Parameter;

/// Schemas and problem answers that operations refer to.
pub(super) struct Components {
    schemas: Map<String, Value>,
    parameters: Map<String, Value>,
    responses: Map<String, Value>,
}

impl Components {
    /// With the schema of problems.
    pub(super) fn new() -> Self {
        let mut components = Self { schemas: Map::new(), parameters: Map::new(), responses: Map::new() };
        components.of::<ProblemBody>();
        components
    }

    /// A reference to a parameter that many operations take.
    pub(super) fn parameter(&mut self, parameter: &Parameter) -> Value {
        let told = operation::parameter(parameter);
        let mut name = parameter.name.to_owned();
        while self.parameters.get(&name).is_some_and(|known| *known != told) {
            name.push('-');
        }
        self.parameters.insert(name.clone(), told);
        json!({"$ref": format!("#/components/parameters/{name}")})
    }

    /// A reference to the answer with a problem of this status.
    pub(super) fn problem(&mut self, status: u16) -> Value {
        let name = format!("Problem{status}");
        self.responses.entry(name.clone()).or_insert_with(|| answers::problem(status));
        json!({"$ref": format!("#/components/responses/{name}")})
    }

    /// A reference to the schema of a type.
    pub(super) fn of<T: JsonSchema>(&mut self) -> Value {
        self.add(&schema_for!(T))
    }

    /// Takes a schema and what it defines; a reference to it.
    pub(super) fn add(&mut self, schema: &Schema) -> Value {
        let mut schema = schema.clone().to_value();
        let defined = schema.as_object_mut().and_then(|fields| {
            fields.remove("$schema");
            fields.remove("$defs")
        });
        let mut names: Vec<(String, String)> = vec![];
        if let Some(Value::Object(defined)) = &defined {
            for (name, definition) in defined {
                names.push((name.clone(), self.free_name(name, definition)));
            }
        }
        if let Some(Value::Object(defined)) = defined {
            for ((_, name), (_, mut definition)) in names.clone().into_iter().zip(defined) {
                refer(&mut definition, &names);
                self.schemas.insert(name, definition);
            }
        }
        refer(&mut schema, &names);
        let title = schema.get("title").and_then(Value::as_str).unwrap_or("Schema").to_owned();
        let name = self.free_name(&title, &schema);
        self.schemas.insert(name.clone(), schema);
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    /// The name that a definition may have: another one than those of other content.
    fn free_name(&self, wanted: &str, definition: &Value) -> String {
        let told = |value: &Value| {
            let mut value = value.clone();
            strip(&mut value);
            value
        };
        let mut name = wanted.to_owned();
        let mut number = 1;
        while self.schemas.get(&name).is_some_and(|known| told(known) != told(definition)) {
            number += 1;
            name = format!("{wanted}{number}");
        }
        name
    }

    /// As the document has it.
    pub(super) fn told(self) -> Value {
        json!({
            "schemas": self.schemas,
            "parameters": self.parameters,
            "responses": self.responses,
            "securitySchemes": {
                "token": {
                    "type": "http", "scheme": "bearer",
                    "description": "令牌 Of another system: `baodao token issue` makes one.",
                },
                "session": {
                    "type": "apiKey", "in": "cookie", "name": "baodao-default",
                    "description": "会话 Of a person: POST /v1/session gives it.",
                },
            },
            "headers": {
                "Baodao-Position": {
                    "description": "账本位次 The ledger's position that the answer reflects.",
                    "required": true,
                    "schema": {"type": "integer", "minimum": 0},
                },
                "Retry-After": {
                    "description": "几秒后重试 Seconds after which trying again makes sense.",
                    "schema": {"type": "integer", "minimum": 0},
                },
                "Link": {
                    "description": "下一页 The next page, with rel=\"next\"; absent on the last one.",
                    "schema": {"type": "string"},
                },
            },
        })
    }
}

/// Turns references to definitions into references to components.
fn refer(value: &mut Value, names: &[(String, String)]) {
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields {
                if key == "$ref"
                    && let Some(name) = inner.as_str().and_then(|target| target.strip_prefix("#/$defs/"))
                {
                    let name = names.iter().find(|(old, _)| old == name).map_or(name, |(_, new)| new);
                    *inner = Value::String(format!("#/components/schemas/{name}"));
                } else {
                    refer(inner, names);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| refer(item, names)),
        _ => {}
    }
}

/// Leaves only the last part of references, so that a definition can be compared before and after it was moved. Titles, which
/// only the outermost schema has, go too.
fn strip(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("title");
            for (key, inner) in fields {
                if key == "$ref"
                    && let Some(name) = inner.as_str().and_then(|target| target.rsplit('/').next())
                {
                    *inner = Value::String(name.to_owned());
                } else {
                    strip(inner);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}
