//! The API description is true: it is what is committed, it tells every route, and every answer is as it says.

use std::path::Path;

use projections::sheets;
use reqwest::Method;
use serde_json::{Value, json};
use server::http::openapi;
use server::http::route::Family;
use server::http::router;
use server::tlog::signing::{By, Signing};
use tests::schema::faults;
use tests::town::{Town, both};

/// Issue 2: the OpenAPI and event schemas are committed, and a drift fails.
#[test]
fn committed_schemas_are_what_the_program_says() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("docs");
    for (name, content) in server::cli::schema_files() {
        let committed = std::fs::read_to_string(docs.join(&name)).unwrap_or_default();
        assert!(
            committed == content,
            "docs/{name} has drifted: run `cargo run -- schemas` and look at the difference"
        );
    }
}

/// Design §5: every route of the router is in the description, and nothing else is.
#[test]
fn the_description_tells_every_route() {
    let document = openapi::document();
    let paths = document["paths"].as_object().unwrap();
    let mut told = 0;
    for route in router::table() {
        let expected: Vec<String> = match route.doc.family {
            Family::One => vec![route.path.replace("{*", "{")],
            Family::Commands => {
                commands::registry::NAMES.iter().map(|name| route.path.replace("{name}", name)).collect()
            }
            Family::Lists => sheets::resources().iter().map(|one| format!("/v1/{}", one.name)).collect(),
            Family::Rows => {
                sheets::resources().iter().map(|one| format!("/v1/{}/{{key}}", one.name)).collect()
            }
        };
        told += expected.len();
        for path in expected {
            let method = route.method.as_str().to_ascii_lowercase();
            let operation = &paths[&path][&method];
            for field in ["operationId", "summary", "description", "responses"] {
                assert!(!operation[field].is_null(), "{method} {path} has no {field}");
            }
            for name in path.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
                let parameters = operation["parameters"].as_array().unwrap();
                let parameters: Vec<&Value> = parameters.iter().map(|one| target(&document, one)).collect();
                assert!(
                    parameters.iter().any(|one| one["name"] == name && one["in"] == "path"),
                    "{path}: {name}"
                );
            }
        }
    }
    assert_eq!(told, paths.values().map(|methods| methods.as_object().unwrap().len()).sum::<usize>());
    let ids: Vec<&Value> = paths
        .values()
        .flat_map(|methods| methods.as_object().unwrap().values())
        .map(|one| &one["operationId"])
        .collect();
    let mut unique: Vec<String> = ids.iter().map(ToString::to_string).collect();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), ids.len(), "an operationId stands twice");
}

/// What a reference stands for.
fn target<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let Some(reference) = value["$ref"].as_str() else { return value };
    document
        .pointer(reference.strip_prefix('#').unwrap())
        .unwrap_or_else(|| panic!("{reference} is not defined"))
}

/// Sends a request and holds its answer against the description.
async fn hold(document: &Value, path: &str, request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let media = response.headers()["content-type"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let has_position = response.headers().contains_key("Baodao-Position");
    let text = response.text().await.unwrap();
    let method =
        if path.starts_with("/v1/commands") || path.starts_with("/v1/imports") { "post" } else { "get" };
    let answer = target(document, &document["paths"][path][method]["responses"][status.to_string()]);
    assert!(!answer.is_null(), "{path} answered an undescribed {status}: {text}");
    let content = &answer["content"][&media];
    assert!(!content.is_null(), "{path} answered {status} in an undescribed {media}");
    assert!(has_position || answer["headers"]["Baodao-Position"].is_null(), "{path} told no position");
    let value = serde_json::from_str(&text).unwrap_or(Value::String(text));
    let found = faults(document, &content["schema"], &value);
    assert!(found.is_empty(), "{path} answered {status} otherwise than described: {found:#?}\n{value}");
    (status, value)
}

/// The id that the town has something under.
fn known_id(path: &str) -> &'static str {
    match path.split('/').nth(2).unwrap_or_default() {
        "members" | "streams" | "persons" => "m-1",
        "units" => "u-tax",
        "demands" => "d-1",
        _ => "520201016001001",
    }
}

async fn fill(town: &Town) {
    town.set_time("2026-03-02T09:00:00+08:00");
    town.ok("report-unit", json!({"unit": "u-tax", "community": "520201016001"})).await;
    let wish = json!({"demand": "d-1", "wish": "micro_wish", "channel": "window", "category": "appliance_repair",
        "community": "520201016001", "urgency": "routine"});
    town.ok("post-wish", wish).await;
    town.ok("screen-demand", json!({"demand": "d-1"})).await;
    town.ok("publish-wish", json!({"demand": "d-1"})).await;
    town.ok("claim-wish", json!({"demand": "d-1", "member": "m-1"})).await;
    town.ok("complete-service", json!({"demand": "d-1", "member": "m-1", "minutes": 60})).await;
    town.ok("rate-service", json!({"demand": "d-1", "stars": 5})).await;
    let head = town.position();
    for sheet in sheets::sheets() {
        town.app().reached(&sheet, head).await.unwrap();
    }
}

/// Design §5: every path of the description answers as described, with something there and with nothing there.
#[tokio::test]
#[expect(clippy::too_many_lines, reason = "every kind of answer has a line")]
async fn every_query_answers_as_described() {
    both(async |town: Town| {
        fill(&town).await;
        let folder = tempfile::tempdir().unwrap();
        let signing = Signing { by: By::Folder(folder.path().to_owned()), ..Signing::default() };
        signing.publisher(town.app().store()).unwrap().unwrap().publish().await.unwrap();
        let document = town.get("/v1/openapi.json").await;
        assert_eq!(document, openapi::document());
        for (path, methods) in document["paths"].as_object().unwrap() {
            let Some(operation) = methods.get("get") else { continue };
            // Records are asked for in tests/it/tlog/records.rs: they need a purpose, and somebody who signs.
            if path == "/v1/events/stream" || path.starts_with("/v1/exports") || path.ends_with("/record") {
                continue;
            }
            // tests/it/signin/oidc.rs goes this way: it needs an identity provider.
            if path.starts_with("/sign-in/oidc") {
                continue;
            }
            let mut asked = path
                .replace("{id}", known_id(path))
                .replace("{type}", "member")
                .replace("{kind}", "member")
                .replace("{place}", "0/000.p/1")
                .replace("{file}", "verify.mjs")
                .replace("{position}", "1")
                .replace("{code}", known_id(path));
            if path.ends_with("/{key}") {
                let name = path.split('/').nth(2).unwrap();
                let resource = sheets::resources().iter().find(|one| one.name == name).unwrap();
                let rows = town.rows(&resource.sheet).await;
                asked = asked.replace("{key}", rows.first().map_or("nothing", |(key, _)| key));
            }
            let (status, value) = hold(&document, path, town.request(Method::GET, &asked)).await;
            if path.ends_with("/{key}") || path.contains('{') {
                assert!(status == 200 || status == 404, "{asked}: {status} {value}");
            } else {
                assert_eq!(status, 200, "{asked}: {value}");
            }
            if path.contains('{') {
                let nothing = path
                    .replace("{id}", "nothing")
                    .replace("{type}", "member")
                    .replace("{kind}", "nothing")
                    .replace("{key}", "nothing")
                    .replace("{place}", "nothing")
                    .replace("{file}", "nothing")
                    .replace("{position}", "nothing")
                    .replace("{code}", "nothing");
                let (status, _) = hold(&document, path, town.request(Method::GET, &nothing)).await;
                assert!(status == 404 || status == 422, "{nothing}: {status}");
            }
            if path.starts_with("/v1/") && path != "/v1/openapi.json" {
                let unknown = format!("{asked}?no_such_parameter=1");
                let (status, problem) = hold(&document, path, town.request(Method::GET, &unknown)).await;
                assert_eq!(
                    (status, problem["field"].as_str()),
                    (422, Some("no_such_parameter")),
                    "{problem}"
                );
                taken(&town, &document, &asked, operation).await;
            }
        }
    })
    .await;
}

/// Every parameter that is described is taken.
async fn taken(town: &Town, document: &Value, asked: &str, operation: &Value) {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    for parameter in parameters.map(|one| target(document, one)).filter(|one| one["in"] == "query") {
        let schema = &parameter["schema"];
        let name = parameter["name"].as_str().unwrap();
        let sample = match (schema["type"].as_str(), &schema["enum"][0]) {
            (_, Value::String(first)) => first.clone(),
            _ if schema["format"] == "date" => "2026-03-31".to_owned(),
            _ if schema["format"] == "date-time" => "2026-03-31T00:00:00Z".to_owned(),
            _ if schema["examples"][0].is_string() => schema["examples"][0].as_str().unwrap().to_owned(),
            (Some("integer"), _) => schema["minimum"].as_u64().unwrap_or(0).max(1).to_string(),
            (None, _) => town.position().to_string(),
            // A cursor can only be had from a page.
            _ if name == "after" => continue,
            _ => "1".to_owned(),
        };
        let address = format!("{asked}?{name}={sample}");
        let response = town.request(Method::GET, &address).send().await.unwrap();
        let (status, text) = (response.status().as_u16(), response.text().await.unwrap());
        let unsupported = name == "as_of" && text.contains("query.as_of_unsupported");
        assert!([200, 404].contains(&status) || unsupported, "{address}: {text}");
    }
}

/// Design §5: every command answers as described: a stored one, its repeat, and whatever is refused.
#[tokio::test]
async fn every_command_answers_as_described() {
    both(async |town: Town| {
        let document = openapi::document();
        for name in commands::registry::NAMES {
            let path = format!("/v1/commands/{name}");
            for (body, expected) in [("{\"no_such_field\":1}", 422), ("{", 400)] {
                let request = town.request(Method::POST, &path).header("Content-Type", "application/json").body(body);
                let (status, problem) = hold(&document, &path, request).await;
                assert_eq!(status, expected, "{name}: {problem}");
            }
            let request = town.request(Method::POST, &path).header("Content-Type", "text/plain").body("{}");
            assert_eq!(hold(&document, &path, request).await.0, 415);
        }
        let path = "/v1/commands/register-division";
        for expected in [201, 200] {
            let request = town
                .request(Method::POST, path)
                .header("Idempotency-Key", "018f3a2e-7c4b-7d1e-8f00-0123456789ab")
                .header("Baodao-Occurred-At", "2026-01-05T08:00:00+08:00")
                .header("Baodao-Reason", "%E8%A1%A5%E5%BD%95")
                .header("Baodao-Approved-By", "w-2")
                .json(&json!({"code": "520202", "name": "水城区"}));
            assert_eq!(hold(&document, path, request).await.0, expected);
        }
        let refused = town.request(Method::POST, path).header("Baodao-Actor", "system/x").json(&json!({}));
        assert_eq!(hold(&document, path, refused).await.0, 403);
        let lines = format!("{}\n{{}}\n", json!({"command": "register-division", "data": {"code": "520204", "name": "盘州市"}}));
        let request = town.request(Method::POST, "/v1/commands").header("Content-Type", "application/jsonl").body(lines);
        let (status, text) = hold(&document, "/v1/commands", request).await;
        let line = &document["paths"]["/v1/commands"]["post"]["responses"]["200"]["content"]["application/jsonl"]["x-line-schema"];
        let answers: Vec<Value> = text.as_str().unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!((status, answers.len()), (200, 2));
        for answer in answers {
            assert_eq!(faults(&document, line, &answer), Vec::<String>::new());
        }
    })
    .await;
}
