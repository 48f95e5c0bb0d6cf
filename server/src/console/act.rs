//! `/act/{command}`: any command as a form. One tap elsewhere sends the same form; what is wrong with it is told here, beside the field,
//! with everything that was typed.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use commands::authority;
use commands::registry::{NAMES, Unreadable};
use serde_json::{Value, json};

use super::field::{self, Field};
use super::form::{self, APPROVED_BY, AT, FIXED, KEY, NEXT, REASON, Sent, Typed};
use super::interface::{escaped, written};
use super::undo::{self, UNDO};
use super::visit::Visit;
use super::{choices, render};
use crate::http::caller;
use crate::http::problem::Problem;
use crate::http::sign_in::inside;

/// What an address tells of an act: which it was, what the page must reflect, and how it is taken back.
pub(super) const TOLD: [&str; 3] = ["done", "at_least", UNDO];

/// All that one may do.
pub(super) async fn all(visit: Visit) -> Result<Response, Problem> {
    let mine: Vec<&str> = NAMES.iter().copied().filter(|name| may(&visit, name)).collect();
    visit.show("acts.html", json!({ "commands": mine }))
}

fn may(visit: &Visit, command: &str) -> bool {
    authority::may(visit.actor.role, command)
}

/// The form, with what the address fills in.
pub(super) async fn page(visit: Visit, Path(command): Path<String>) -> Result<Response, Problem> {
    let fields = fields(&command)?;
    if visit.is_nobody && !may(&visit, &command) {
        return Err(Problem::of_status(StatusCode::UNAUTHORIZED));
    }
    let mut typed = Typed::of(&visit.asked);
    typed.set(KEY, &form::new_key());
    show(&visit, &command, fields, &typed, None).await
}

/// What the form sends.
pub(super) async fn submit(
    visit: Visit,
    Path(command): Path<String>,
    Sent(pairs): Sent,
) -> Result<Response, Problem> {
    let fields = fields(&command)?;
    let mut typed = Typed::of(&pairs);
    let envelope = envelope(&typed);
    let envelope: Vec<(&'static str, &str)> =
        envelope.iter().map(|(name, value)| (*name, value.as_str())).collect();
    match visit.submit(&command, &typed.key(), &envelope, &typed.input(fields)).await {
        Ok(answer) => {
            let position = answer.position.unwrap_or_default().to_string();
            let next = typed.one(NEXT).map_or_else(|| told_at(&answer.body), str::to_owned);
            let next = inside(&visit.console.house, &visit.link(&next));
            let mut told = vec![("done", command.as_str()), ("at_least", position.as_str())];
            let back = undo::fields(&visit, &command, &typed, &answer.body);
            told.extend(back.as_deref().map(|fields| (UNDO, fields)));
            Ok(Redirect::to(&with(&next, &told)).into_response())
        }
        Err(problem) if problem.status == StatusCode::UNAUTHORIZED && visit.is_nobody => Err(problem),
        Err(problem) => {
            // Another form than the one that was sent before: it is sent on its own when it is sent again.
            if problem.code == "idempotency.key_reused" {
                typed.set(KEY, &form::new_key());
            }
            show(&visit, &command, fields, &typed, Some(&problem)).await
        }
    }
}

fn fields(command: &str) -> Result<&'static [Field], Problem> {
    field::of(command).ok_or_else(|| Unreadable::NoSuchCommand(command.to_owned()).into())
}

/// What the form says about the act itself: when, why, and who else saw it.
pub(super) fn envelope(typed: &Typed) -> Vec<(&'static str, String)> {
    [
        (caller::OCCURRED_AT, typed.one(AT).map(zoned)),
        (caller::REASON, typed.one(REASON).map(str::to_owned)),
        (caller::APPROVED_BY, typed.one(APPROVED_BY).map(str::to_owned)),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect()
}

/// A browser tells the time of day on the spot, without zone.
fn zoned(text: &str) -> String {
    if text.len() == 16 { format!("{text}:00+08:00") } else { text.to_owned() }
}

/// An address without what it told of an act before.
pub(super) fn untold(address: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let name = |pair: &str| pair.split('=').next().unwrap_or_default().to_owned();
    let kept: Vec<&str> =
        query.split('&').filter(|pair| !pair.is_empty() && !TOLD.contains(&name(pair).as_str())).collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}

/// The same, and what it tells of this act.
pub(super) fn with(address: &str, told: &[(&str, &str)]) -> String {
    let address = untold(address);
    let joint = if address.contains('?') { '&' } else { '?' };
    format!("{address}{joint}{}", written(told))
}

/// Where what was done can be seen: the history of the stream that its first event is of.
fn told_at(receipt: &Value) -> String {
    let stream = receipt["events"][0]["stream"].as_str().unwrap_or_default();
    match stream.split_once('/').or_else(|| stream.split_once(':')) {
        Some((kind, id)) => format!("/history/{}/{}", escaped(kind), escaped(id)),
        None => "/".to_owned(),
    }
}

/// Where the form leads, if that is within the house: a link into it leads nobody elsewhere.
fn next_within<'a>(visit: &Visit, typed: &'a Typed) -> Option<&'a str> {
    typed.one(NEXT).filter(|next| {
        let address = visit.link(next);
        inside(&visit.console.house, &address) == address
    })
}

async fn show(
    visit: &Visit,
    command: &str,
    fields: &[Field],
    typed: &Typed,
    problem: Option<&Problem>,
) -> Result<Response, Problem> {
    let choices = choices::of(visit, fields, typed).await?;
    let shown = form::shown(fields, typed, problem, &choices, visit.language);
    let beside =
        |problem: &&Problem| shown.iter().any(|field| !field["fault"].is_null()) && problem.errors.is_empty();
    let context = json!({
        "name": command,
        "may": may(visit, command),
        "fields": shown,
        "by_name": shown.iter().map(|field| (field["name"].as_str().unwrap_or_default().to_owned(), field.clone())).collect::<serde_json::Map<_, _>>(),
        "key": typed.key(),
        "next": next_within(visit, typed),
        "fixed": typed.one(FIXED),
        "envelope": json!({ "at": typed.one(AT), "reason": typed.one(REASON), "approved_by": typed.one(APPROVED_BY) }),
        "problem": problem.map(|problem| json!({
            "code": problem.code.as_ref(),
            "sentence": visit.language.pick(&problem.zh, &problem.en),
            "is_beside_field": beside(&problem),
            "unknown_outcome": problem.status == StatusCode::GATEWAY_TIMEOUT,
        })),
    });
    let own = format!("act/{command}.html");
    let name = if render::has_template(&own) { own } else { "act.html".to_owned() };
    let mut response = visit.show(&name, context)?;
    if let Some(problem) = problem {
        *response.status_mut() = problem.status;
        response.extensions_mut().insert(crate::http::edge::Told);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_was_done_once() {
        let done = [("done", "claim-wish"), ("at_least", "9")];
        assert_eq!(with("/", &done), "/?done=claim-wish&at_least=9");
        assert_eq!(
            with("/wishes?at_least=3&done=x&page=2", &done),
            "/wishes?page=2&done=claim-wish&at_least=9"
        );
        assert_eq!(untold("/wishes?undo=demand%3Dd-1&done=x"), "/wishes");
    }

    #[test]
    fn what_was_done_is_seen_where_it_was_done() {
        let receipt = serde_json::json!({"events": [{"stream": "demand/d-1"}]});
        assert_eq!(told_at(&receipt), "/history/demand/d-1");
        assert_eq!(told_at(&Value::Null), "/");
    }
}
