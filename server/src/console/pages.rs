//! The table of pages, and the files that they are made of.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Extension, Router};

use super::render::Statics;
use super::visit::Visit;
use super::{
    Console, act, auditor, community, department, emergency, figures, home, live, member, resident, sheets,
    unit,
};
use crate::http::cookie;
use crate::http::edge::Told;
use crate::http::language::Language;
use crate::http::ledgers;
use crate::http::problem::Problem;
use crate::http::sign_in::inside;

/// Every page.
pub(super) fn table() -> Router<Arc<Console>> {
    Router::new()
        .route("/", get(home::page))
        .route("/static/{file}", get(file))
        .route("/favicon.ico", get(icon))
        .route("/language/{tag}", get(language))
        .route("/live", get(live::follow))
        .route("/acts", get(act::all))
        .route("/act/{command}", get(act::page).post(act::submit))
        .route("/sheets", get(sheets::all))
        .route("/sheets/{resource}", get(sheets::sheet))
        .route("/sheets/{resource}/{*key}", get(sheets::row))
        .route("/history/{kind}/{id}", get(sheets::history))
        .fallback(unknown)
        .merge(resident::pages())
        .merge(member::pages())
        .merge(unit::pages())
        .merge(community::pages())
        .merge(department::pages())
        .merge(emergency::pages())
        .merge(figures::pages())
        .merge(auditor::pages())
}

/// The first page alone, at this address: people look for it there with and without the stroke at the end.
pub(super) fn first(address: &str) -> Router<Arc<Console>> {
    Router::new().route(address, get(home::page))
}

/// Nothing is at this address: told as a page to whoever reads pages, and as a problem to others.
async fn unknown(visit: Visit, address: Uri) -> Response {
    let problem = ledgers::unknown(&address);
    let reads_pages = visit.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if reads_pages.is_some_and(|accepted| accepted.contains("text/html")) {
        return problem.into_response();
    }
    (Extension(Told), problem.answer(visit.language)).into_response()
}

/// A file of the pages: style, script, picture.
async fn file(Path(name): Path<String>) -> Result<Response, Problem> {
    let file = Statics::get(&name).ok_or_else(|| Problem::of_status(StatusCode::NOT_FOUND))?;
    let media = match name.rsplit_once('.') {
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "js" | "mjs")) => "text/javascript; charset=utf-8",
        Some((_, "svg")) => "image/svg+xml",
        _ => "application/octet-stream",
    };
    // Its address changes when it does.
    let kept: [(HeaderName, HeaderValue); 2] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    Ok((kept, file.data).into_response())
}

/// The picture that browsers ask for without being told of it; kept for a day, as its address does not change with it.
async fn icon() -> Result<Response, Problem> {
    let file = Statics::get("icon.svg").ok_or_else(|| Problem::of_status(StatusCode::NOT_FOUND))?;
    let kept = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "public, max-age=86400")];
    Ok((kept, file.data).into_response())
}

/// From now on in this language, and back to where one was.
async fn language(
    State(console): State<Arc<Console>>,
    visit: Visit,
    Path(tag): Path<String>,
) -> Result<Response, Problem> {
    let language = match tag.as_str() {
        "zh" => Language::Zh,
        "en" => Language::En,
        _ => return Err(Problem::of_status(StatusCode::NOT_FOUND)),
    };
    let next = inside(&console.house, &visit.link(visit.asked("next").unwrap_or("/")));
    let kept = [(header::SET_COOKIE, cookie::language(&console.house, language))];
    Ok((kept, Redirect::to(&next)).into_response())
}
