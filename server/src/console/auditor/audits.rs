//! `/audits`: audits begun, followed and ended from a page, and what they found.

use std::sync::Arc;

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Value, json};

use super::super::Console;
use super::super::interface::escaped;
use super::super::visit::Visit;
use crate::http::problem::Problem;

/// The newest audits, and the form that begins one.
pub(super) async fn list(visit: Visit) -> Result<Response, Problem> {
    show(&visit, &[], None).await
}

async fn show(
    visit: &Visit,
    typed: &[(String, String)],
    problem: Option<&Problem>,
) -> Result<Response, Problem> {
    let runs = visit.get_plain("/v1/audits", &[]).await?.body;
    let log = visit.get_plain("/v1/log/state", &[]).await?.body;
    let all: Vec<Value> = runs["items"].as_array().into_iter().flatten().map(run).collect();
    let of = |name: &str| typed.iter().find(|(asked, _)| asked == name).map(|(_, value)| value.as_str());
    let context = json!({
        "runs": all,
        "is_running": all.iter().any(|run| run["state"] == "running"),
        "log": log,
        "policy": of("policy"),
        "known_head": of("known_head"),
        "problem": problem.map(|problem| json!({
            "code": problem.code.as_ref(),
            "sentence": visit.language.pick(&problem.zh, &problem.en),
            "field": problem.field,
        })),
    });
    let mut response = visit.show("auditor/audits.html", context)?;
    if let Some(problem) = problem {
        *response.status_mut() = problem.status;
        response.extensions_mut().insert(crate::http::edge::Told);
    }
    Ok(response)
}

/// Begins one.
pub(super) async fn begin(
    State(_): State<Arc<Console>>,
    visit: Visit,
    given: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Problem> {
    let Ok(Form(typed)) = given else { return Err(Problem::of_status(StatusCode::BAD_REQUEST)) };
    let known = typed
        .iter()
        .filter(|(name, value)| matches!(name.as_str(), "policy" | "known_head") && !value.trim().is_empty());
    let wanted: serde_json::Map<String, Value> =
        known.map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
    match visit.send(Method::POST, "/v1/audits", &Value::Object(wanted)).await {
        Ok(answer) => {
            let audit = answer.body["audit"].as_str().unwrap_or_default().to_owned();
            Ok(Redirect::to(&visit.link(&format!("/audits/{}", escaped(&audit)))).into_response())
        }
        Err(problem) if matches!(problem.status, StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY) => {
            show(&visit, &typed, Some(&problem)).await
        }
        Err(problem) => Err(problem),
    }
}

/// One.
pub(super) async fn one(visit: Visit, Path(audit): Path<String>) -> Result<Response, Problem> {
    let found = visit.get_plain(&address(&audit), &[]).await?.body;
    visit.show("auditor/audit.html", json!({ "run": run(&found) }))
}

/// Ends one.
pub(super) async fn cancel(visit: Visit, Path(audit): Path<String>) -> Result<Response, Problem> {
    visit.delete(&address(&audit)).await?;
    Ok(Redirect::to(&visit.link(&format!("/audits/{}", escaped(&audit)))).into_response())
}

fn address(audit: &str) -> String {
    format!("/v1/audits/{}", escaped(audit))
}

/// With the checks by the keys of their texts, and how far it came in hundredths.
fn run(run: &Value) -> Value {
    let mut run = run.clone();
    let (head, at) = (run["head"].as_u64().unwrap_or_default(), run["position"].as_u64().unwrap_or_default());
    run["percent"] = Value::from((at * 100).checked_div(head).unwrap_or(100).min(100));
    for check in run["checks"].as_array_mut().into_iter().flatten() {
        let name = check["check"].as_str().unwrap_or_default();
        check["key"] = key(name).into();
        // Where the first difference is of one event, it can be opened.
        let difference = check["difference"].as_str().unwrap_or_default();
        let behind = difference.split("position ").nth(1).unwrap_or_default();
        let digits: String = behind.chars().take_while(char::is_ascii_digit).collect();
        check["at"] = digits.parse::<u64>().map_or(Value::Null, Value::from);
    }
    run
}

/// The texts of each check: what it is, and what a difference means.
fn key(check: &str) -> Option<&'static str> {
    Some(match check {
        "every position has its event" => "positions",
        "times never go back" => "times",
        "streams of members and units are dense" => "streams",
        "every event is the one that was logged" => "leaves",
        "every tile is what the events make" => "tiles",
        "streams end where the log says" => "heads",
        "every checkpoint is signed, and of these events" => "checkpoints",
        "the log continues the checkpoint that was kept" => "kept",
        _ => return None,
    })
}
