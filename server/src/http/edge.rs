//! What every request passes: time limit, panics, problems in the caller's language, headers, metrics.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use futures::FutureExt;
use tracing::Instrument;

use super::caller::Named;
use super::language::Language;
use super::problem::{Code, Problem};
use super::{House, origin};
use crate::telemetry;

/// Everything of a page comes from the house, styles and scripts in files of their own.
const SECURITY: [(HeaderName, HeaderValue); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'self'; img-src 'self' data:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
        ),
    ),
];

/// For two years, as browsers ask for before they believe it for good.
const HTTPS_ONLY: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

/// Answered however many requests there are: who watches the house must not be shut out when it is full.
const WATCHED: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// A request on its way.
struct Passing {
    house: Arc<House>,
    method: Method,
    route: String,
    from: IpAddr,
    named: Named,
    started: Instant,
}

/// What those are told of who watch over the house.
const REFUSALS: [StatusCode; 3] =
    [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::TOO_MANY_REQUESTS];

/// Around every route.
pub(super) async fn pass(State(house): State<Arc<House>>, mut request: Request, next: Next) -> Response {
    let matched = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str);
    let passing = Passing {
        route: house.route(matched).to_owned(),
        method: request.method().clone(),
        from: origin::of(&house, request.extensions(), request.headers()),
        named: Named::default(),
        started: Instant::now(),
        house: Arc::clone(&house),
    };
    let language = Language::of(request.headers());
    let permit = house.requests.try_acquire();
    if permit.is_err() && !WATCHED.contains(&passing.route.as_str()) {
        return passing.done(overloaded().answer(language));
    }
    // No database keeps a NUL in a text, and nothing is named with one.
    if request.uri().path().contains("%00") {
        return passing.done(Problem::of_status(StatusCode::BAD_REQUEST).answer(language));
    }
    if is_cross_site(request.method(), request.headers()) {
        return passing.done(cross_site().answer(language));
    }
    let door = door_for(&house, &request);
    request.extensions_mut().insert(passing.named.clone());
    let span = telemetry::request(house.name(), &passing.method, &passing.route, request.headers());
    let running = next.run(request).instrument(span.clone());
    let answered = AssertUnwindSafe(tokio::time::timeout(house.settings.time_limit, running));
    let response = match answered.catch_unwind().await {
        Ok(Ok(response)) => match door {
            Some(door) if response.status() == StatusCode::UNAUTHORIZED => door,
            _ => told(response, language),
        },
        Ok(Err(_)) => out_of_time(&passing.method).answer(language),
        Err(_) => {
            tracing::error!(method = %passing.method, route = passing.route, "a request panicked");
            Problem::internal().answer(language)
        }
    };
    drop(permit);
    telemetry::answered(&span, response.status().as_u16());
    passing.done(response)
}

impl Passing {
    /// The answer, measured, with what every answer has.
    fn done(self, response: Response) -> Response {
        self.watch(&response);
        let Self { house, method, route, started, .. } = self;
        let (ledger, status) = (house.name().label(), response.status().as_u16().to_string());
        metrics::counter!("baodao_http_requests_total", "ledger" => ledger.clone(), "method" => method.to_string(), "route" => route.clone(), "status" => status)
            .increment(1);
        metrics::histogram!("baodao_http_request_seconds", "ledger" => ledger, "method" => method.to_string(), "route" => route)
            .record(started.elapsed().as_secs_f64());
        secured(&house, response)
    }

    /// Who was refused what, for those who watch over the house (ASVS 16.3.2). Neither the address nor what was sent: there may be anything.
    fn watch(&self, response: &Response) {
        let status = response.status();
        if !REFUSALS.contains(&status) {
            return;
        }
        let code = response.extensions().get::<Code>().map_or("", |code| &code.0);
        let Self { house, method, route, from, named, .. } = self;
        let (ledger, who) = (house.name().label(), named.told());
        tracing::warn!(target: "server::security", %ledger, %method, route, status = status.as_u16(), code, who, %from, "refused");
    }
}

/// Where somebody is sent who opens an address in a browser and has to sign in first: back to where he wanted to go.
fn door_for(house: &House, request: &Request) -> Option<Response> {
    let told = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    if request.method() != Method::GET || told("sec-fetch-mode") != Some("navigate") {
        return None;
    }
    let wanted = request.uri().path_and_query()?.as_str();
    let next: String = wanted
        .bytes()
        .map(|byte| match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'/' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect();
    Some(Redirect::to(&house.link(&format!("/sign-in?next={next}"))).into_response())
}

/// Whether something is to be changed at the behest of another site's page (CSRF; ASVS 3.5.1). Browsers say where a request comes from;
/// whoever says nothing is no browser, and has no session that it could be tricked into using.
fn is_cross_site(method: &Method, headers: &HeaderMap) -> bool {
    if method.is_safe() {
        return false;
    }
    let told = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (told("sec-fetch-site"), told("origin")) {
        (Some(site), _) => !matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => origin.split_once("://").map(|(_, host)| host) != told("host"),
        (None, None) => false,
    }
}

fn cross_site() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "request.cross_site",
        "此请求来自其他网站的页面，已拒绝",
        "the request comes from another site's page, and is refused",
    )
}

/// Whatever says no becomes a problem in the caller's language.
fn told(mut response: Response, language: Language) -> Response {
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let mut answer = problem.answer(language);
        keep_allow(&mut answer, &response);
        return answer;
    }
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error())
        || response.extensions().get::<Told>().is_some()
    {
        return response;
    }
    let mut answer = Problem::of_status(status).answer(language);
    keep_allow(&mut answer, &response);
    answer
}

fn keep_allow(answer: &mut Response, response: &Response) {
    if let Some(allowed) = response.headers().get(header::ALLOW) {
        answer.headers_mut().insert(header::ALLOW, allowed.clone());
    }
}

/// Marks an answer with an error status whose body says what a caller of it expects: `/readyz`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told;

fn overloaded() -> Problem {
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "request.too_many",
        "同时处理的请求过多，请稍后重试",
        "too many requests at the same time; try again later",
    )
}

fn out_of_time(method: &Method) -> Problem {
    if method == Method::POST {
        Problem::new(
            StatusCode::GATEWAY_TIMEOUT,
            "request.out_of_time",
            "办理超时，结果未知，请使用同一 Idempotency-Key 重试，不会重复入账",
            "out of time and the outcome is unknown; retry with the same Idempotency-Key, it will not be stored twice",
        )
    } else {
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "request.out_of_time",
            "查询超时，请稍后重试",
            "the answer took too long; try again later",
        )
    }
}

/// Texts whose maker says nothing of it are UTF-8, as all texts of the house.
const TEXTS: [(&str, HeaderValue); 3] = [
    ("text/html", HeaderValue::from_static("text/html; charset=utf-8")),
    ("text/css", HeaderValue::from_static("text/css; charset=utf-8")),
    ("text/javascript", HeaderValue::from_static("text/javascript; charset=utf-8")),
];

fn secured(house: &House, mut response: Response) -> Response {
    if let Some(given) = response.headers_mut().get_mut(header::CONTENT_TYPE) {
        for (bare, told) in TEXTS {
            if given == bare {
                *given = told;
            }
        }
    }
    for (name, value) in SECURITY {
        response.headers_mut().entry(name).or_insert(value);
    }
    // What somebody is shown is his alone, unless it says otherwise of itself.
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("private, no-store"));
    if house.settings.https {
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, HTTPS_ONLY);
    }
    response
}
