//! How pages ask and act: by requests to the interface, within the process. What a caller may not see or do there a page cannot either,
//! and what offices read is recorded the same way.

use std::fmt::Write as _;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, HeaderName, Method, Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt as _;

use super::visit::Visit;
use crate::http::caller::{ACTOR, IDEMPOTENCY_KEY, POSITION};
use crate::http::problem::Problem;

/// Bytes of an answer at most: pages ask for pages.
const BYTES_MAX: usize = 16 << 20;

/// What the interface says where no policy was ever adopted.
const NO_POLICY: &str = "policy.none_in_force";

/// What of the visitor's request goes with what a page asks in his name.
const PASSED_ON: [&str; 7] = [
    "cookie",
    "authorization",
    ACTOR,
    "Baodao-Purpose",
    "Baodao-Break-Glass",
    "sec-fetch-site",
    "x-forwarded-for",
];

/// The routes of a ledger's interface.
pub(super) struct Interface(pub(super) Router);

/// What was answered.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    /// The body.
    pub(super) body: Value,
    /// The position that it reflects.
    pub(super) position: Option<u64>,
    /// Where there is more, as its link tells.
    pub(super) next: Option<String>,
}

/// A page of rows.
#[derive(Debug, Clone, Default)]
pub(super) struct Listing {
    /// The rows.
    pub(super) items: Vec<Value>,
    /// What the next page comes after; none when there is no more.
    pub(super) after: Option<String>,
    /// The position that the rows reflect.
    pub(super) position: u64,
}

impl Visit {
    /// Asks for one thing: `/v1/members/m-1`.
    pub(super) async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Answer, Problem> {
        let mut query = query.to_vec();
        let at_least = self.at_least.map(|position| position.to_string());
        if let Some(position) = &at_least {
            query.push(("at_least", position));
        }
        self.get_plain(path, &query).await
    }

    /// The same, of what reflects no position.
    pub(super) async fn get_plain(&self, path: &str, query: &[(&str, &str)]) -> Result<Answer, Problem> {
        let address = if query.is_empty() { path.to_owned() } else { format!("{path}?{}", written(query)) };
        self.ask(Method::GET, &address, &HeaderMap::new(), None).await
    }

    /// Asks for one thing that may not be there, or not for this visitor.
    pub(super) async fn find(&self, path: &str, query: &[(&str, &str)]) -> Result<Option<Value>, Problem> {
        match self.get(path, query).await {
            Ok(answer) => Ok(Some(answer.body)),
            Err(problem) if is_absent(problem.status) => Ok(None),
            Err(problem) => Err(problem),
        }
    }

    /// Asks for rows.
    pub(super) async fn list(&self, resource: &str, query: &[(&str, &str)]) -> Result<Listing, Problem> {
        let Answer { body, position, .. } = self.get(&format!("/v1/{resource}"), query).await?;
        let next = body.get("next").and_then(Value::as_str);
        let after = next.and_then(|link| link.split_once("after=")).map(|(_, rest)| {
            let token = rest.split('&').next().unwrap_or_default();
            percent_decoded(token)
        });
        let items = match body {
            Value::Object(mut page) => page.remove("items").and_then(|items| match items {
                Value::Array(items) => Some(items),
                _ => None,
            }),
            _ => None,
        };
        Ok(Listing { items: items.unwrap_or_default(), after, position: position.unwrap_or_default() })
    }

    /// Rows, or none where they are not for this visitor.
    pub(super) async fn list_seen(&self, resource: &str, query: &[(&str, &str)]) -> Result<Listing, Problem> {
        match self.list(resource, query).await {
            Err(problem) if is_absent(problem.status) => Ok(Listing::default()),
            other => other,
        }
    }

    /// Rows that only a policy makes due; none before the first is in force.
    pub(super) async fn list_due(&self, resource: &str, query: &[(&str, &str)]) -> Result<Listing, Problem> {
        match self.list(resource, query).await {
            Err(problem) if problem.code == NO_POLICY => Ok(Listing::default()),
            other => other,
        }
    }

    /// Submits a command. The same key again gets the first answer.
    pub(super) async fn submit(
        &self,
        command: &str,
        key: &str,
        envelope: &[(&'static str, &str)],
        data: &Value,
    ) -> Result<Answer, Problem> {
        let mut headers = HeaderMap::new();
        for (name, value) in envelope.iter().chain([&(IDEMPOTENCY_KEY, key)]) {
            let name = HeaderName::from_bytes(name.as_bytes());
            // Headers are ASCII: what is not goes percent-encoded.
            if let (Ok(name), Ok(value)) = (name, escaped(value).parse()) {
                headers.insert(name, value);
            }
        }
        self.ask(Method::POST, &format!("/v1/commands/{command}"), &headers, Some(data)).await
    }

    /// Asks for something to be done that is no command.
    pub(super) async fn send(&self, method: Method, path: &str, data: &Value) -> Result<Answer, Problem> {
        self.ask(method, path, &HeaderMap::new(), Some(data)).await
    }

    /// Puts an end to something.
    pub(super) async fn delete(&self, path: &str) -> Result<Answer, Problem> {
        self.ask(Method::DELETE, path, &HeaderMap::new(), None).await
    }

    async fn ask(
        &self,
        method: Method,
        address: &str,
        headers: &HeaderMap,
        data: Option<&Value>,
    ) -> Result<Answer, Problem> {
        let mut request = Request::builder().method(method).uri(address);
        if let Some(all) = request.headers_mut() {
            for name in PASSED_ON {
                for value in self.headers.get_all(name) {
                    all.append(
                        HeaderName::from_bytes(name.as_bytes()).map_err(|_| Problem::internal())?,
                        value.clone(),
                    );
                }
            }
            all.extend(headers.clone());
            all.insert(header::ACCEPT, header::HeaderValue::from_static("application/json"));
            all.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
        }
        let body = data.map_or_else(Body::empty, |data| Body::from(data.to_string()));
        let mut request = request.body(body).map_err(|_| Problem::of_status(StatusCode::NOT_FOUND))?;
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(ConnectInfo(peer));
        }
        let mut response = match self.console.interface.0.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        if let Some(problem) = response.extensions_mut().remove::<Problem>() {
            return Err(problem);
        }
        if !response.status().is_success() {
            return Err(Problem::of_status(response.status()));
        }
        let position = response
            .headers()
            .get(POSITION)
            .and_then(|value| value.to_str().ok())
            .and_then(|text| text.parse().ok());
        let link = response.headers().get(header::LINK).and_then(|value| value.to_str().ok());
        let next = link.and_then(|link| Some(link.strip_prefix('<')?.split_once('>')?.0.to_owned()));
        let bytes = to_bytes(response.into_body(), BYTES_MAX).await.map_err(|_| Problem::internal())?;
        let body = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).map_err(|_| Problem::internal())?
        };
        Ok(Answer { body, position, next })
    }
}

fn is_absent(status: StatusCode) -> bool {
    matches!(status, StatusCode::NOT_FOUND | StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED)
}

/// Pairs as the query of an address.
pub(crate) fn written(pairs: &[(&str, &str)]) -> String {
    let written = pairs.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
    written.collect::<Vec<_>>().join("&")
}

/// The query of an address as pairs.
pub(super) fn parts(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let split = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    split.map(|(name, value)| (percent_decoded(name), percent_decoded(value))).collect()
}

/// A text within an address.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn percent_decoded(text: &str) -> String {
    let bytes = crate::http::caller::unescaped(text.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}
