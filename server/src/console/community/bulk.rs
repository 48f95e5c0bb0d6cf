//! `POST /bulk/{command}`: the same act for each of the rows that were chosen. Each is submitted on its own, under a key that derives from the
//! form's, so that the form sent twice is one act per row; the page tells of every row what came of it.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use commands::registry::Unreadable;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::form::{NEXT, Sent, Typed};
use super::super::visit::Visit;
use super::super::{act, field};
use crate::http::problem::Problem;
use crate::http::sign_in::inside;

/// The name in the form of the field that differs from row to row.
const OVER: &str = "_over";
/// What it is when the form does not say.
const OVER_DEFAULT: &str = "demand";
/// Rows of one form at most: what is beyond is told, not done.
const ROWS_MAX: usize = 100;

/// What the form sends.
pub(super) async fn submit(
    visit: Visit,
    Path(command): Path<String>,
    Sent(pairs): Sent,
) -> Result<Response, Problem> {
    let unknown = || Problem::from(Unreadable::NoSuchCommand(command.clone()));
    let fields = field::of(&command).ok_or_else(unknown)?;
    let typed = Typed::of(&pairs);
    let over = typed.one(OVER).unwrap_or(OVER_DEFAULT);
    if !fields.iter().any(|field| field.name == over) {
        return Err(Problem::of_status(StatusCode::BAD_REQUEST));
    }
    let mut chosen: Vec<&str> = vec![];
    for (_, id) in pairs.iter().filter(|(name, id)| name == over && !id.trim().is_empty()) {
        if !chosen.contains(&id.trim()) {
            chosen.push(id.trim());
        }
    }
    let left_out = chosen.split_off(chosen.len().min(ROWS_MAX));
    let rows = each(&visit, &command, &typed, over, &chosen).await?;
    let is_done = |row: &&Value| row["problem"].is_null();
    let position = rows.iter().filter_map(|row| row["position"].as_u64()).max();
    let next = inside(&visit.console.house, &visit.link(typed.one(NEXT).unwrap_or("/")));
    let next = match position {
        Some(position) => act::with(&next, &[("at_least", &position.to_string())]),
        None => next,
    };
    let done = rows.iter().filter(is_done).count();
    let mut response = visit.show(
        "community/bulk.html",
        json!({
            "name": command,
            "over": over,
            "rows": rows,
            "left_out": left_out,
            "done_count": done,
            "refused_count": rows.len() - done,
            "back": next,
        }),
    )?;
    // Where nothing at all was done the answer is not one of success.
    let status = rows.first().and_then(|row| row["status"].as_u64()).filter(|_| done == 0);
    if let Some(status) = status.and_then(|status| StatusCode::from_u16(u16::try_from(status).ok()?).ok()) {
        *response.status_mut() = status;
        response.extensions_mut().insert(crate::http::edge::Told);
    }
    Ok(response)
}

async fn each(
    visit: &Visit,
    command: &str,
    typed: &Typed,
    over: &str,
    chosen: &[&str],
) -> Result<Vec<Value>, Problem> {
    let fields = field::of(command).unwrap_or_default();
    let envelope = act::envelope(typed);
    let envelope: Vec<(&'static str, &str)> =
        envelope.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let key = Uuid::parse_str(&typed.key()).unwrap_or_default();
    let mut rows = vec![];
    for id in chosen {
        let mut one = typed.clone();
        one.set(over, id);
        let own = Uuid::new_v5(&key, format!("{command}/{id}").as_bytes()).to_string();
        rows.push(match visit.submit(command, &own, &envelope, &one.input(fields)).await {
            Ok(answer) => json!({ "id": id, "position": answer.position, "problem": null }),
            Err(problem) if problem.status == StatusCode::UNAUTHORIZED && visit.is_nobody => {
                return Err(problem);
            }
            Err(problem) => json!({
                "id": id,
                "status": problem.status.as_u16(),
                "problem": {
                    "code": problem.code.as_ref(),
                    "sentences": sentences(visit, &problem),
                    "unknown_outcome": problem.status == StatusCode::GATEWAY_TIMEOUT,
                },
            }),
        });
    }
    Ok(rows)
}

/// What is wrong, each fault in a sentence.
fn sentences(visit: &Visit, problem: &Problem) -> Vec<String> {
    let of = |one: &Problem| visit.language.pick(&one.zh, &one.en).to_owned();
    if problem.errors.is_empty() { vec![of(problem)] } else { problem.errors.iter().map(of).collect() }
}
