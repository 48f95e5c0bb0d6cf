//! What-if: a draft policy, tried on the cards of a year. The work is the interface's; here is the form, the progress and the result.

use axum::Form;
use axum::extract::Path;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Value, json};

use super::super::interface::escaped;
use super::super::visit::Visit;
use super::policies;
use crate::http::problem::Problem;

const PATH: &str = "/v1/policies/what-if";
/// What may be typed or uploaded.
const FIELDS: [&str; 2] = ["text", "year"];

/// The form, filled with the policy in force or the one that the address names.
pub(super) async fn form(visit: Visit) -> Result<Response, Problem> {
    let adopted = policies::adopted(&visit).await?;
    let today = super::today(&visit);
    let wanted = visit.asked("from");
    let found = match wanted {
        Some(label) => adopted.iter().find(|line| policies::label(&line["fact"]["policy"]) == label),
        None => policies::in_force(&adopted, &today),
    };
    let text = found.and_then(|line| file_of(&line["fact"]["policy"]));
    show(&visit, text.as_deref().unwrap_or_default(), visit.asked("year"), None)
}

/// A policy of the interface, as the file that it was adopted from.
fn file_of(policy: &Value) -> Option<String> {
    let policy = serde_json::from_value(policy.clone()).ok()?;
    aggregates::policy::written(&policy)
}

fn show(
    visit: &Visit,
    text: &str,
    year: Option<&str>,
    problem: Option<&Problem>,
) -> Result<Response, Problem> {
    let said = |problem: &Problem| visit.language.pick(&problem.zh, &problem.en).to_owned();
    let today = super::today(visit);
    let running = today.get(..4).unwrap_or_default();
    let mut response = visit.show(
        "department/what-if.html",
        json!({
            "may": commands::authority::tries_policies(visit.actor.role),
            "text": text,
            "year": year.unwrap_or(running),
            "running": running,
            // Each fault on a line of its own: people look them up in the text.
            "faults": problem.map(|problem| said(problem).split("; ").map(str::to_owned).collect::<Vec<_>>()),
            "at": problem.and_then(|problem| problem.field.clone()),
        }),
    )?;
    if let Some(problem) = problem {
        *response.status_mut() = problem.status;
        response.extensions_mut().insert(crate::http::edge::Told);
    }
    Ok(response)
}

/// Begins a trial, and goes to where it is shown.
pub(super) async fn begin(
    visit: Visit,
    given: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Problem> {
    let Ok(Form(pairs)) = given else { return Err(Problem::of_status(StatusCode::BAD_REQUEST)) };
    let typed = |name: &str| {
        let found = pairs.iter().find(|(given, _)| given == name && FIELDS.contains(&name));
        found.map(|(_, value)| value.replace("\r\n", "\n")).filter(|value| !value.trim().is_empty())
    };
    let (text, year) = (typed("text").unwrap_or_default(), typed("year"));
    let number = year
        .as_deref()
        .map(|year| year.trim().parse::<i32>().map_or_else(|_| json!(year), |year| json!(year)));
    match visit.post(PATH, &json!({ "text": text, "year": number })).await {
        Ok(answer) => {
            let id = answer.body["id"].as_str().unwrap_or_default();
            Ok(Redirect::to(&visit.link(&format!("/policies/what-if/{}", escaped(id)))).into_response())
        }
        // What is wrong with the draft is told beside it; who may not is told as everywhere.
        Err(problem) if matches!(problem.status.as_u16(), 400 | 413 | 422 | 503) => {
            show(&visit, &text, year.as_deref(), Some(&problem))
        }
        Err(problem) => Err(problem),
    }
}

/// How far it is, or what came of it.
pub(super) async fn shown(visit: Visit, Path(id): Path<String>) -> Result<Response, Problem> {
    let answer = visit.get_plain(&format!("{PATH}/{}", escaped(&id)), &[]).await?;
    visit.show("department/trial.html", json!({ "id": id, "trial": answer.body }))
}

/// Stops it.
pub(super) async fn stop(visit: Visit, Path(id): Path<String>) -> Result<Response, Problem> {
    visit.delete(&format!("{PATH}/{}", escaped(&id))).await?;
    Ok(Redirect::to(&visit.link(&format!("/policies/what-if/{}", escaped(&id)))).into_response())
}
