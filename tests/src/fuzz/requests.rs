//! Requests: a line with method and path, lines with headers, an empty one, and the body.

use std::cell::RefCell;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderName, HeaderValue, Request, StatusCode, header};
use axum::response::Response;
use serde_json::Value;
use server::http::{Settings, routes};
use tokio::sync::watch;
use tower::ServiceExt;

use super::ledger::must_tell;
use crate::place::Place;
use crate::town::{Stop, Town};

/// Longest answer that is looked at.
const ANSWER_MAX: usize = 64 << 20;

/// One request each, behind a line of their own.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let all = include_str!("../../corpus/requests.http");
    all.split("###\n").filter(|one| !one.is_empty()).map(|one| one.trim_end().as_bytes().to_vec()).collect()
}

/// Towns on both databases, and the routes that lead into them.
struct Houses {
    runtime: tokio::runtime::Runtime,
    routes: [axum::Router; 2],
    _closing: watch::Sender<bool>,
    _towns: [(Town, Stop); 2],
}

thread_local! {
    static HOUSES: RefCell<Option<Houses>> = const { RefCell::new(None) };
}

impl Houses {
    fn open() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let (closing, closed) = watch::channel(false);
        let towns = [Place::sqlite(), Place::postgres()]
            .map(|place| runtime.block_on(async { Town::settle(place).await }));
        let routes = towns
            .each_ref()
            .map(|(town, _)| routes(&town.app().clone().into(), Settings::trusting(), &closed));
        Self { runtime, routes, _closing: closing, _towns: towns }
    }
}

/// Every request is answered, by no fault of the server's; who is refused is told why, and which field it was. Both databases
/// say the same.
pub(super) fn run(input: &[u8]) {
    let requests = [(); 2].map(|()| read(input));
    let [Some(first), Some(second)] = requests else { return };
    HOUSES.with_borrow_mut(|kept| {
        let houses = kept.get_or_insert_with(Houses::open);
        let statuses = [(first, 0), (second, 1)].map(|(request, place)| {
            let router = houses.routes[place].clone();
            houses.runtime.block_on(async { answered(router.oneshot(request).await.unwrap()).await })
        });
        assert_eq!(statuses[0], statuses[1], "SQLite and PostgreSQL answer otherwise");
    });
}

fn read(input: &[u8]) -> Option<Request<Body>> {
    let mut rest = input;
    let mut line = || {
        let (line, behind) = super::first_line(rest);
        rest = behind;
        line
    };
    let (method, path) = std::str::from_utf8(line()).ok()?.split_once(' ')?;
    let mut request = Request::builder().method(method).uri(path);
    loop {
        let line = line();
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { break };
        let (name, value) = line.split_at(colon);
        let name = HeaderName::from_bytes(name).ok()?;
        request = request.header(name, HeaderValue::from_bytes(value.get(1..)?.trim_ascii()).ok()?);
    }
    request.body(Body::from(rest.to_vec())).ok()
}

async fn answered(response: Response) -> StatusCode {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE).map(|kind| kind.to_str().unwrap().to_owned());
    let kind = kind.unwrap_or_default();
    // It never ends.
    if kind == "text/event-stream" {
        return status;
    }
    let body = to_bytes(response.into_body(), ANSWER_MAX).await.unwrap();
    let told = || String::from_utf8_lossy(&body).chars().take(400).collect::<String>();
    // A position that nobody has written yet may come: the caller is told to come again.
    let comes_later = status == StatusCode::SERVICE_UNAVAILABLE && told().contains("query.not_caught_up");
    assert!(comes_later || !status.is_server_error(), "{status}: {}", told());
    if status.is_client_error() || status.is_server_error() {
        assert_eq!(kind, "application/problem+json", "{status}: {}", told());
        let problem: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(problem["status"].as_u64(), Some(u64::from(status.as_u16())));
        must_tell(&problem);
    } else if kind.ends_with("json") {
        serde_json::from_slice::<Value>(&body).unwrap_or_else(|error| panic!("{error}: {}", told()));
    }
    status
}
