//! What goes out to an identity provider: in time, over TLS, to where it was meant and nowhere else.

use std::net::IpAddr;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::{Client, Url, redirect};

const TO_CONNECT: Duration = Duration::from_secs(3);
const TO_ANSWER: Duration = Duration::from_secs(10);
/// Bytes of an answer at most.
const ANSWER_MAX: usize = 1 << 20;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum WireError {
    #[error("no answer: {0}")]
    Gone(#[from] reqwest::Error),
    #[error("the answer is longer than {ANSWER_MAX} bytes")]
    TooLong,
    #[error("the provider names an address without TLS")]
    NotSecure,
    #[error("no answer can be made of what came")]
    Malformed(#[from] axum::http::Error),
}

/// The way to one provider.
pub(super) struct Wire {
    client: Client,
    is_loopback: bool,
}

impl Wire {
    /// To the provider at this address.
    pub(super) fn to(issuer: &Url) -> Result<Self, WireError> {
        let is_loopback = is_loopback(issuer);
        let client = Client::builder()
            .connect_timeout(TO_CONNECT)
            .timeout(TO_ANSWER)
            .redirect(redirect::Policy::none())
            .https_only(!is_loopback)
            .user_agent("baodao");
        let client = if is_loopback { client.no_proxy() } else { client };
        Ok(Self { client: client.build()?, is_loopback })
    }

    /// Whether something may be sent there.
    pub(super) fn may_reach(&self, url: &Url) -> bool {
        url.scheme() == "https" || self.is_loopback && is_loopback(url) && url.scheme() == "http"
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, WireError> {
        let request = reqwest::Request::try_from(request)?;
        if !self.may_reach(request.url()) {
            return Err(WireError::NotSecure);
        }
        let mut answer = self.client.execute(request).await.map_err(reqwest::Error::without_url)?;
        let mut made = axum::http::Response::builder().status(answer.status());
        if let Some(headers) = made.headers_mut() {
            headers.extend(std::mem::take(answer.headers_mut()));
        }
        let mut content = vec![];
        while let Some(part) = answer.chunk().await.map_err(reqwest::Error::without_url)? {
            if content.len() + part.len() > ANSWER_MAX {
                return Err(WireError::TooLong);
            }
            content.extend_from_slice(&part);
        }
        Ok(made.body(content)?)
    }
}

impl<'c> AsyncHttpClient<'c> for Wire {
    type Error = WireError;
    type Future = BoxFuture<'c, Result<HttpResponse, WireError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        self.send(request).boxed()
    }
}

/// Whether an address is of this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Issue 4 D: nothing goes to a provider without TLS, unless it is on this machine; and none leads from TLS to where there is none.
    #[test]
    fn only_this_machine_is_reached_without_tls() {
        let url = |text: &str| Url::parse(text).unwrap();
        let far = Wire::to(&url("https://id.example")).unwrap();
        assert!(far.may_reach(&url("https://keys.example/jwks")));
        for other in ["http://id.example/token", "http://127.0.0.1/token", "file:///etc/passwd"] {
            assert!(!far.may_reach(&url(other)), "{other}");
        }
        let near = Wire::to(&url("http://127.0.0.1:9400")).unwrap();
        for own in
            ["http://127.0.0.1:9400/token", "http://localhost/token", "http://[::1]/", "https://id.example"]
        {
            assert!(near.may_reach(&url(own)), "{own}");
        }
        assert!(!near.may_reach(&url("http://127.0.0.1.id.example/token")));
    }
}
