//! Asking in three taps: what sort, what about, and the words. Who has no account gets a code with the first (ADR 20).

use std::collections::BTreeMap;
use std::sync::Arc;

use aggregates::Role;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::{Map, Value, json};

use super::super::Console;
use super::super::field;
use super::super::form::{self, KEY, Sent, Typed};
use super::super::interface::{escaped, written};
use super::super::visit::Visit;
use super::place::Place;
use super::title_of;
use crate::http::cookie;
use crate::http::problem::Problem;
use crate::signin::Code;

/// Of the form: the code that whoever sends it gets, so that the form sent twice is one person's.
const CODE: &str = "_code";
/// Whose duty an entry may be, in the order in which groups are shown to those who ask for a service, and to those who tell of a trouble.
const SERVICE_FIRST: [&str; 4] = ["member_service", "community", "property_company", "department"];
const TROUBLE_FIRST: [&str; 4] = ["property_company", "department", "community", "member_service"];

/// Sorts of demands by their address, with the command that places them and the order in which the catalogue is shown.
struct Sort {
    name: &'static str,
    command: &'static str,
    owners: [&'static str; 4],
}

const SORTS: [Sort; 3] = [
    Sort { name: "order", command: "place-order", owners: SERVICE_FIRST },
    Sort { name: "wish", command: "post-wish", owners: SERVICE_FIRST },
    Sort { name: "issue", command: "raise-issue", owners: TROUBLE_FIRST },
];

fn sort(name: &str) -> Result<&'static Sort, Problem> {
    SORTS.iter().find(|sort| sort.name == name).ok_or_else(|| Problem::of_status(StatusCode::NOT_FOUND))
}

/// The first tap.
pub(super) async fn kinds(visit: Visit) -> Result<Response, Problem> {
    let place = known(&visit, Place::of_visit(&visit)).await?;
    let mut response =
        visit.show("resident/ask.html", json!({ "place": place, "asked_as": visit.asked("demand") }))?;
    if let Some(told) = Place::of(visit.asked("community"), visit.asked("grid"), visit.asked("estate")) {
        response.headers_mut().append(header::SET_COOKIE, told.kept(&visit));
    }
    Ok(response)
}

/// A place by its names, if there is such a one.
async fn known(visit: &Visit, place: Option<Place>) -> Result<Option<Value>, Problem> {
    match place {
        Some(place) => place.shown(visit).await,
        None => Ok(None),
    }
}

/// The second tap, and the form once it is known what it is about.
pub(super) async fn form(visit: Visit, Path(name): Path<String>) -> Result<Response, Problem> {
    let sort = sort(&name)?;
    let Some(place) = known(&visit, Place::of_visit(&visit)).await? else {
        return Ok(Redirect::to(&visit.link("/ask")).into_response());
    };
    let catalogue = catalogue(&visit).await?;
    let Some(entry) = visit.asked("category").and_then(|code| entry(&catalogue, code)) else {
        let groups: Vec<Value> = sort
            .owners
            .iter()
            .map(|owner| {
                let of_it = catalogue.iter().filter(|entry| entry["owner"] == *owner);
                let entries: Vec<Value> = of_it.map(|entry| shown(&visit, entry)).collect();
                json!({ "owner": owner, "entries": entries })
            })
            .filter(|group| group["entries"].as_array().is_some_and(|entries| !entries.is_empty()))
            .collect();
        return visit
            .show("resident/category.html", json!({ "kind": sort.name, "place": place, "groups": groups }));
    };
    let mut typed = Typed::of(&visit.asked);
    typed.set(KEY, &form::new_key());
    typed.set(CODE, &Code::new().to_string());
    show(&visit, sort, &place, &shown(&visit, entry), &typed, None)
}

/// What the form sends.
pub(super) async fn send(
    State(console): State<Arc<Console>>,
    visit: Visit,
    Path(name): Path<String>,
    Sent(pairs): Sent,
) -> Result<Response, Problem> {
    let sort = sort(&name)?;
    let mut typed = Typed::of(&pairs);
    let place = Place::of(typed.one("community"), typed.one("grid"), typed.one("estate"));
    let Some(place) = known(&visit, place).await? else {
        return Ok(Redirect::to(&visit.link("/ask")).into_response());
    };
    let code = visit.is_nobody.then(|| typed.one(CODE).and_then(Code::read).unwrap_or_default());
    let asker = named(&visit, code.as_ref());
    typed.set("channel", "online");
    if asker.actor.role == Role::Resident {
        typed.set("placed_by", asker.actor.id.as_str());
    }
    let fields = field::of(sort.command).unwrap_or_default();
    let answer = match asker.submit(sort.command, &typed.key(), &[], &typed.input(fields)).await {
        Ok(answer) => answer,
        Err(problem) => {
            if problem.code == "idempotency.key_reused" {
                typed.set(KEY, &form::new_key());
            }
            let catalogue = catalogue(&visit).await?;
            let category = typed.one("category").unwrap_or_default();
            let entry = entry(&catalogue, category)
                .map_or_else(|| json!({ "code": category, "title": category }), |entry| shown(&visit, entry));
            return show(&visit, sort, &place, &entry, &typed, Some(&problem));
        }
    };
    let stream = answer.body["events"][0]["stream"].as_str().unwrap_or_default();
    let demand = stream.split_once(['/', ':']).map_or(stream, |(_, id)| id);
    let position = answer.position.unwrap_or_default().to_string();
    let mut told = vec![("done", sort.command), ("at_least", position.as_str())];
    let mut next = format!("/mine/{}", escaped(demand));
    if asker.actor.role != Role::Resident {
        "/ask".clone_into(&mut next);
        told.push(("demand", demand));
    } else if code.is_some() {
        told.push(("new", "1"));
    }
    let mut response = Redirect::to(&visit.link(&format!("{next}?{}", written(&told)))).into_response();
    if let Some(code) = &code {
        response.headers_mut().append(header::SET_COOKIE, cookie::code_given(&console.house, code));
    }
    Ok(response)
}

/// The visitor as he is known with the code that he is about to get.
fn named(visit: &Visit, code: Option<&Code>) -> Visit {
    let mut asker = visit.clone();
    if let Some(code) = code {
        asker.headers.append(header::COOKIE, cookie::code_sent(&visit.console.house, code));
        asker.actor = code.actor();
        asker.is_nobody = false;
    }
    asker
}

fn show(
    visit: &Visit,
    sort: &Sort,
    place: &Value,
    entry: &Value,
    typed: &Typed,
    problem: Option<&Problem>,
) -> Result<Response, Problem> {
    let fields = field::of(sort.command).unwrap_or_default();
    let shown = form::shown(fields, typed, problem, &BTreeMap::new(), visit.language);
    let is_beside = problem.is_some() && shown.iter().any(|field| !field["fault"].is_null());
    let by_name: Map<String, Value> = shown
        .into_iter()
        .map(|field| (field["name"].as_str().unwrap_or_default().to_owned(), field))
        .collect();
    let context = json!({
        "kind": sort.name,
        "command": sort.command,
        "place": place,
        "entry": entry,
        "fields": by_name,
        "key": typed.key(),
        "code": visit.is_nobody.then(|| typed.one(CODE)),
        "problem": problem.map(|problem| json!({
            "code": problem.code.as_ref(),
            "sentence": visit.language.pick(&problem.zh, &problem.en),
            "is_beside_field": is_beside,
            "unknown_outcome": problem.status == StatusCode::GATEWAY_TIMEOUT,
        })),
    });
    let mut response = visit.show("resident/words.html", context)?;
    if let Some(problem) = problem {
        *response.status_mut() = problem.status;
        if let Some(seconds) = problem.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response.extensions_mut().insert(crate::http::edge::Told);
    }
    Ok(response)
}

/// The entries of the duty catalogue in force; none where there is no catalogue.
pub(super) async fn catalogue(visit: &Visit) -> Result<Vec<Value>, Problem> {
    match visit.get_plain("/v1/duty-catalogue", &[]).await {
        Ok(mut answer) => Ok(match answer.body["entry"].take() {
            Value::Array(entries) => entries,
            _ => vec![],
        }),
        Err(problem) if problem.status == StatusCode::NOT_FOUND => Ok(vec![]),
        Err(problem) => Err(problem),
    }
}

fn entry<'a>(catalogue: &'a [Value], code: &str) -> Option<&'a Value> {
    catalogue.iter().find(|entry| entry["code"] == code)
}

fn shown(visit: &Visit, entry: &Value) -> Value {
    json!({ "code": entry["code"], "title": title_of(visit, entry) })
}

/// What an entry is called; its code, where it is no longer in the catalogue.
pub(super) fn title(visit: &Visit, catalogue: &[Value], code: &str) -> String {
    entry(catalogue, code).map_or(code, |entry| title_of(visit, entry)).to_owned()
}
