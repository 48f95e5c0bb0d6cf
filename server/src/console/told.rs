//! What every page passes: who looks is found out once, and what went wrong is told as a page, too.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::Console;
use super::visit::Visit;
use crate::http::edge::Told;
use crate::http::problem::Problem;

/// Around every page.
pub(super) async fn pass(State(console): State<Arc<Console>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let visit = match Visit::of(&mut parts, &console).await {
        Ok(visit) => visit,
        Err(problem) => return problem.into_response(),
    };
    parts.extensions.insert(visit.clone());
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response = page(&visit, &problem);
    }
    let vary = HeaderValue::from_static("Accept-Language, Cookie");
    response.headers_mut().entry(header::VARY).or_insert(vary);
    response
}

/// What went wrong, as a page. Whoever has to sign in is sent there by the edge, if it is a browser that asks.
fn page(visit: &Visit, problem: &Problem) -> Response {
    let context = json!({
        "status": problem.status.as_u16(),
        "code": problem.code.as_ref(),
        "sentence": visit.language.pick(&problem.zh, &problem.en),
        "to_sign_in": problem.status == StatusCode::UNAUTHORIZED,
    });
    let Ok(mut response) = visit.show("problem.html", context) else {
        return problem.clone().into_response();
    };
    *response.status_mut() = problem.status;
    if let Some(seconds) = problem.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response.extensions_mut().insert(Told);
    response
}
