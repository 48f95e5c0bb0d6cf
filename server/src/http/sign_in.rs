//! `/sign-in`: the page where people sign in and out, which works without JavaScript.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::rejection::FormRejection;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use serde::Deserialize;

use super::caller::Callers;
use super::language::Language;
use super::origin::From;
use super::problem::Problem;
use super::session::{CLEARED, began, must_take_passwords, not_signed_in};
use super::{House, cookie, edge, oidc, start_page};

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
    let say = |zh, en| language.pick(zh, en);
    let Some(known) = known else {
        return Ok(answer(StatusCode::OK, &form(&house, language, &next, None)));
    };
    let body = format!(
        "<p>{} <strong>{}</strong> · {} {}</p><form method=\"post\" action=\"{}\"><button>{}</button></form>",
        say("已登录：", "signed in as"),
        known.login,
        known.actor.role.name(),
        known.actor.organisation.as_deref().unwrap_or_default(),
        house.link("/sign-out"),
        say("退出", "sign out"),
    );
    Ok(answer(StatusCode::OK, &start_page::framed(&house, language, &body)))
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
        return Ok(answer(StatusCode::BAD_REQUEST, &form(&house, language, "", None)));
    };
    match house.app.sign_in().sign_in(login.trim(), &password, from).await {
        Ok(opened) => {
            let cookie = [(header::SET_COOKIE, began(&house, &headers, &opened).await?)];
            Ok((cookie, Redirect::to(&inside(&house, &next))).into_response())
        }
        Err(error) => {
            let problem = not_signed_in(error);
            let page = form(&house, language, &next, Some(language.pick(&problem.zh, &problem.en)));
            Ok(answer(problem.status, &page))
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
pub(super) fn inside(house: &House, next: &str) -> String {
    let is_path = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n']);
    if is_path && next.starts_with(&house.prefix) { next.to_owned() } else { house.link("/") }
}

pub(super) fn answer(status: StatusCode, page: &str) -> Response {
    let headers = [(header::VARY, "Accept-Language, Cookie"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, Extension(edge::Told), Html(page.to_owned())).into_response()
}

fn form(house: &House, language: Language, next: &str, fault: Option<&str>) -> String {
    let say = |zh, en| language.pick(zh, en);
    let mut body = String::new();
    if let Some(fault) = fault {
        let _ = write!(body, "<p role=\"alert\"><strong>{}</strong></p>", start_page::escaped(fault));
    }
    if house.settings.oidc.is_some() {
        body.push_str(&oidc::link(house, language, next));
    }
    if !house.settings.passwords {
        return start_page::framed(house, language, &body);
    }
    let _ = write!(
        body,
        "<form method=\"post\" action=\"{action}\"><input type=\"hidden\" name=\"next\" value=\"{next}\">\
         <p><label for=\"login\">{login}</label><br><input id=\"login\" name=\"login\" autocomplete=\"username\" autocapitalize=\"none\" required autofocus></p>\
         <p><label for=\"password\">{password}</label><br><input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\" required></p>\
         <p><button>{sign_in}</button></p></form>",
        action = house.link("/sign-in"),
        next = start_page::escaped(next),
        login = say("登录名", "Login"),
        password = say("密码", "Password"),
        sign_in = say("登录", "Sign in"),
    );
    start_page::framed(house, language, &body)
}
