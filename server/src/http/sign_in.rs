//! `/sign-in`: the page where people sign in and out, which works without JavaScript.

use std::sync::Arc;

use axum::extract::rejection::FormRejection;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use serde::Deserialize;
use serde_json::{Value, json};

use super::caller::Callers;
use super::language::Language;
use super::origin::From;
use super::problem::Problem;
use super::session::{CLEARED, began, must_take_passwords, not_signed_in};
use super::{House, cookie, edge, oidc};
use crate::console;

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct Given {
    login: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// Where one wanted to go.
#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    next: String,
}

impl FromRequestParts<Arc<House>> for Wanted {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, house: &Arc<House>) -> Result<Self, Self::Rejection> {
        let asked = Query::<Self>::from_request_parts(parts, house).await;
        Ok(asked.map_or_else(|_| Self { next: String::new() }, |Query(wanted)| wanted))
    }
}

/// The form, or who one is and how to sign out.
pub(super) async fn page(
    State(house): State<Arc<House>>,
    language: Language,
    headers: HeaderMap,
    Wanted { next }: Wanted,
) -> Result<Response, Problem> {
    let known = match cookie::held(&headers, &house) {
        Some(held) if house.settings.callers == Callers::SignedIn => {
            house.app.sign_in().session(&held).await?
        }
        _ => None,
    };
    let known = known.map(|known| {
        json!({ "login": known.login, "role": known.actor.role.name(), "body": known.actor.organisation })
    });
    answer(&house, language, StatusCode::OK, &next, json!({ "known": known }))
}

/// Signs in, and goes where one wanted to go.
pub(super) async fn enter(
    State(house): State<Arc<House>>,
    language: Language,
    From(from): From,
    headers: HeaderMap,
    given: Result<Form<Given>, FormRejection>,
) -> Result<Response, Problem> {
    must_take_passwords(&house)?;
    let Ok(Form(Given { login, password, next })) = given else {
        return answer(&house, language, StatusCode::BAD_REQUEST, "", json!({}));
    };
    match house.app.sign_in().sign_in(login.trim(), &password, from).await {
        Ok(opened) => {
            let cookie = [(header::SET_COOKIE, began(&house, &headers, &opened).await?)];
            Ok((cookie, Redirect::to(&inside(&house, &next))).into_response())
        }
        Err(error) => {
            let problem = not_signed_in(error);
            let fault = json!({ "fault": language.pick(&problem.zh, &problem.en), "typed": login.trim() });
            answer(&house, language, problem.status, &next, fault)
        }
    }
}

/// Signs out.
pub(super) async fn leave(State(house): State<Arc<House>>, headers: HeaderMap) -> Result<Response, Problem> {
    if let Some(held) = cookie::held(&headers, &house) {
        house.app.sign_in().sign_out(&held, false).await?;
    }
    let cookie = [(header::SET_COOKIE, cookie::taken(&house)), CLEARED];
    Ok((cookie, Redirect::to(&house.link("/sign-in"))).into_response())
}

/// Only within the house: nobody is sent elsewhere by a link into it.
pub(crate) fn inside(house: &House, next: &str) -> String {
    // Browsers read a reversed stroke as a stroke, and leave out tabs and ends of lines wherever they stand.
    let is_path = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(|sign: char| sign == '\\' || sign.is_control());
    if is_path && next.starts_with(&house.prefix) { next.to_owned() } else { house.link("/") }
}

/// The page of the door, about what `context` says: who is `known`, what was the `fault`, what was `typed`.
pub(super) fn answer(
    house: &House,
    language: Language,
    status: StatusCode,
    next: &str,
    context: Value,
) -> Result<Response, Problem> {
    let ways = json!({
        "next": next,
        "passwords": house.settings.passwords,
        "provider": house.settings.oidc.is_some().then(|| oidc::link(house, next)),
        "known": null,
        "fault": null,
        "typed": null,
        "is_over": false,
    });
    let page = console::sign_in_page(house, language, console::with(context, ways))?;
    let headers = [(header::VARY, "Accept-Language, Cookie"), (header::CACHE_CONTROL, "no-store")];
    Ok((status, headers, Extension(edge::Told), page).into_response())
}
