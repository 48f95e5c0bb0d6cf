//! `/code`: the code of somebody without an account: to note down, to enter on another telephone, to forget on this one.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::Console;
use super::super::visit::Visit;
use super::qr;
use crate::http::caller::Callers;
use crate::http::problem::Problem;
use crate::http::{cookie, session};
use crate::signin::Code;

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct Given {
    #[serde(default)]
    code: String,
}

/// The code that this telephone keeps, or where to enter one.
pub(super) async fn page(visit: Visit) -> Result<Response, Problem> {
    must_be_used(&visit)?;
    show(&visit, "", None)
}

/// Where a gateway signs people in, it knows who they are: there are no codes.
fn must_be_used(visit: &Visit) -> Result<(), Problem> {
    match visit.console.house.settings.callers {
        Callers::SignedIn => Ok(()),
        Callers::Trusted => Err(Problem::of_status(StatusCode::NOT_FOUND)),
    }
}

fn show(visit: &Visit, typed: &str, problem: Option<&Problem>) -> Result<Response, Problem> {
    let house = &visit.console.house;
    let code = match cookie::code_held(&visit.headers, house) {
        Some(code) => {
            json!({ "text": code.to_string(), "qr": qr::of(&house.public(&format!("/code#{code}")))? })
        }
        None => Value::Null,
    };
    let fault = problem.map(|problem| visit.language.pick(&problem.zh, &problem.en).to_owned());
    let mut response =
        visit.show("resident/code.html", json!({ "code": code, "typed": typed, "fault": fault }))?;
    if let Some(problem) = problem {
        *response.status_mut() = problem.status;
        if let Some(seconds) = problem.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response.extensions_mut().insert(crate::http::edge::Told);
    }
    Ok(response)
}

/// Enters a code on this telephone.
pub(super) async fn enter(
    State(console): State<Arc<Console>>,
    visit: Visit,
    given: Result<Form<Given>, FormRejection>,
) -> Result<Response, Problem> {
    must_be_used(&visit)?;
    let Ok(Form(Given { code: typed })) = given else {
        return Err(Problem::of_status(StatusCode::BAD_REQUEST));
    };
    let from = visit.peer.map_or(IpAddr::from([127, 0, 0, 1]), |peer| peer.ip());
    if let Err(error) = console.house.app.sign_in().count_code(from) {
        return show(&visit, &typed, Some(&session::not_signed_in(error)));
    }
    let Some(code) = Code::read(&typed) else {
        let problem = Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "code.not_one",
            "这不是查询码：应为 5 组、每组 4 位，请核对是否抄错",
            "this is no code: there are five groups of four signs; check whether one was noted down wrongly",
        )
        .at("code");
        return show(&visit, &typed, Some(&problem));
    };
    let kept = [(header::SET_COOKIE, cookie::code_given(&console.house, &code))];
    Ok((kept, Redirect::to(&visit.link("/mine"))).into_response())
}

/// Forgets it on this telephone. What was asked under it stays.
pub(super) async fn forget(State(console): State<Arc<Console>>, visit: Visit) -> Result<Response, Problem> {
    must_be_used(&visit)?;
    let gone = [(header::SET_COOKIE, cookie::code_taken(&console.house))];
    Ok((gone, Redirect::to(&visit.link("/code"))).into_response())
}
