//! The API description (OpenAPI 3.1), made of the table of routes, the registry of commands and the rows of projections.

mod answers;
mod components;
mod operation;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};

use super::route::{Family, Route};
use super::{House, router};
use components::Components;
use operation::{Subject, operation};

/// The whole description, of the ledger at the root.
pub fn document() -> Value {
    of(router::table())
}

fn of(table: Vec<Route>) -> Value {
    let mut components = Components::new();
    let mut paths: Map<String, Value> = Map::new();
    for route in table {
        for (path, subject) in operations(&route) {
            let told = operation(&route, &subject, &mut components);
            let methods = paths.entry(path).or_insert_with(|| json!({}));
            if let Some(methods) = methods.as_object_mut() {
                methods.insert(route.method.as_str().to_ascii_lowercase(), told);
            }
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Baodao 报到",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "在职党员编组入网：报到、点单、认领、办结、评单、积分",
            "description": "Everything that anybody does is a command; a command that is not refused becomes events in one ledger; every answer to a query is folded from those events and tells the position that it reflects (header Baodao-Position). Problems are application/problem+json (RFC 9457) with a stable code, in the language that Accept-Language asks for (zh, en).",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "tags": [
            {"name": "commands", "description": "命令 Commands: the only way to change anything."},
            {"name": "cards", "description": "积分卡 Point cards."},
            {"name": "histories", "description": "流水 Histories: every event of a stream."},
            {"name": "events", "description": "事件 The whole ledger, for other systems."},
            {"name": "log", "description": "透明日志 The transparency log: what proves that nobody altered the ledger."},
            {"name": "exchange", "description": "导入导出 Files in and out: the same columns both ways, all or nothing."},
            {"name": "resources", "description": "查询 Rows of projections."},
            {"name": "session", "description": "登录 Signing in and out."},
            {"name": "house", "description": "运行 The house itself."},
        ],
        // What is for everybody needs none.
        "security": [{}, {"token": []}, {"session": []}],
        "paths": paths,
        "components": components.told(),
    })
}

/// The paths that a route stands for, as OpenAPI writes them, each with its subject.
fn operations(route: &Route) -> Vec<(String, Subject)> {
    match route.doc.family {
        Family::One => vec![(route.path.replace("{*", "{"), Subject::Route)],
        Family::Commands => commands::registry::descriptions()
            .into_iter()
            .map(|command| (route.path.replace("{name}", command.name), Subject::Command(command)))
            .collect(),
        Family::Lists | Family::Rows => projections::sheets::resources()
            .iter()
            .map(|resource| {
                let path = route.path.replace("{resource}", resource.name).replace("{*key}", "{key}");
                (path, Subject::Resource(Box::new(resource.clone())))
            })
            .collect(),
    }
}

/// `GET /v1/openapi.json`
pub(super) async fn answer(State(house): State<Arc<House>>) -> Json<Value> {
    if house.prefix.is_empty() {
        return Json(document());
    }
    let mut document = of(router::of_ledger());
    if let Some(fields) = document.as_object_mut() {
        fields.insert(
            "servers".to_owned(),
            json!([{"url": house.prefix, "description": house.name().as_str()}]),
        );
    }
    Json(document)
}
