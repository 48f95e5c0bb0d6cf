//! An OpenID Connect provider of others (PyPI oidc-provider-mock), and somebody between it and the house who meddles with what it gives.

mod keys;

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener as Free;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::Response as Answer;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use keys::SigningKey;

/// As `tests/run` installs it, else as it is found in PATH.
fn program() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let own = target.join("tools/oidc/bin/oidc-provider-mock");
    if own.exists() { own } else { PathBuf::from("oidc-provider-mock") }
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    Free::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A client that goes nowhere by itself.
pub fn client() -> Client {
    Client::builder().no_proxy().redirect(Policy::none()).build().unwrap()
}

/// The provider; it ends with this value.
pub struct Provider {
    process: Child,
    /// What it calls itself.
    pub issuer: String,
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Provider {
    /// Starts it.
    pub async fn start() -> Self {
        Self::start_at(free_port()).await
    }

    /// The same, at a port.
    pub async fn start_at(port: u16) -> Self {
        // What it says goes into a file: a pipe would outlive a test that fails.
        let said = tempfile::NamedTempFile::new().unwrap();
        let process = Command::new(program())
            .args(["--port", &port.to_string(), "--require-nonce", "true"])
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(said.path()).unwrap())
            .spawn()
            .unwrap_or_else(|error| {
                panic!(
                    "the identity provider cannot be run ({error}): `python3 -m venv target/tools/oidc && \
                     target/tools/oidc/bin/pip install -r tests/oidc/requirements.txt` installs it, as tests/run does"
                )
            });
        let mut provider = Self { process, issuer: format!("http://127.0.0.1:{port}") };
        let patience = Instant::now() + Duration::from_secs(60);
        loop {
            let told = fs::read_to_string(said.path()).unwrap();
            if told.contains("running on") {
                return provider;
            }
            let ended = provider.process.try_wait().unwrap();
            assert!(ended.is_none() && Instant::now() < patience, "the provider did not start: {told}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What it tells of somebody beside his name.
    pub async fn knows(&self, sub: &str, claims: &Value) {
        let put = client().put(format!("{}/users/{sub}", self.issuer)).json(claims).send().await.unwrap();
        assert_eq!(put.status(), 204);
    }
}

type Meddling = Box<dyn Fn(&mut Value) + Send>;

struct Middle {
    inner: String,
    outer: String,
    client: Client,
    meddling: Mutex<Meddling>,
    signing: Mutex<Option<SigningKey>>,
    asked: Mutex<Vec<BTreeMap<String, String>>>,
}

/// A provider with somebody before it, through whom everything goes.
pub struct Between {
    /// The provider itself.
    pub provider: Provider,
    /// What it calls itself towards those who come this way.
    pub issuer: String,
    middle: Arc<Middle>,
    serving: JoinHandle<()>,
}

impl Drop for Between {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Between {
    /// Starts both.
    pub async fn start() -> Self {
        let provider = Provider::start().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let outer = listener.local_addr().unwrap().to_string();
        let middle = Arc::new(Middle {
            inner: provider.issuer.clone(),
            outer: outer.clone(),
            client: client(),
            meddling: Mutex::new(Box::new(|_| ())),
            signing: Mutex::default(),
            asked: Mutex::default(),
        });
        let routes = Router::new().fallback(pass).with_state(Arc::clone(&middle));
        let serving = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { provider, issuer: format!("http://{outer}"), middle, serving }
    }

    /// What is done to tokens from now on.
    pub fn meddle(&self, meddling: impl Fn(&mut Value) + Send + 'static) {
        *self.middle.meddling.lock().unwrap() = Box::new(meddling);
    }

    /// From now on the provider has one key, of this name, and signs everything with it: also what was meddled with.
    pub fn sign_with(&self, name: &str) {
        *self.middle.signing.lock().unwrap() = Some(SigningKey::new(name));
    }

    /// What the provider was sent with the last code that it was to give tokens for.
    pub fn asked(&self) -> BTreeMap<String, String> {
        self.middle.asked.lock().unwrap().last().cloned().unwrap_or_default()
    }
}

async fn pass(State(middle): State<Arc<Middle>>, request: Request) -> Answer {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let is_keys = parts.uri.path() == "/jwks";
    let is_token = parts.uri.path() == "/oauth2/token";
    if is_token {
        let form = Url::parse(&format!("http://form/?{}", String::from_utf8_lossy(&body))).unwrap();
        middle.asked.lock().unwrap().push(form.query_pairs().into_owned().collect());
    }
    let mut headers = parts.headers;
    headers.insert(header::HOST, middle.outer.parse().unwrap());
    let url = format!("{}{}", middle.inner, parts.uri);
    let answer = middle.client.request(parts.method, url).headers(headers).body(body).send().await.unwrap();
    let mut made = Answer::builder().status(answer.status());
    for name in [header::CONTENT_TYPE, header::LOCATION] {
        if let Some(value) = answer.headers().get(&name) {
            made = made.header(name, value);
        }
    }
    let mut content = answer.bytes().await.unwrap().to_vec();
    if is_token && let Ok(mut token) = serde_json::from_slice::<Value>(&content) {
        (middle.meddling.lock().unwrap())(&mut token);
        if let Some(key) = &*middle.signing.lock().unwrap() {
            key.sign(&mut token);
        }
        content = serde_json::to_vec(&token).unwrap();
    }
    if is_keys && let Some(key) = &*middle.signing.lock().unwrap() {
        content = serde_json::to_vec(&key.told()).unwrap();
    }
    made.body(Body::from(content)).unwrap()
}

/// A browser that follows a sign-in by hand.
#[derive(Default)]
pub struct Browser {
    /// What it holds: name, value, and what came with them.
    pub cookies: BTreeMap<String, (String, String)>,
}

impl Browser {
    /// Asks for an address with all that it holds for it; keeps what it is given.
    pub async fn get(&mut self, url: &str) -> Response {
        let path = Url::parse(url).unwrap().path().to_owned();
        let held: Vec<String> = self
            .cookies
            .iter()
            .filter(|(_, (_, more))| {
                let of = more.split("Path=").nth(1).unwrap().split(';').next().unwrap();
                path.starts_with(of)
            })
            .map(|(name, (value, _))| format!("{name}={value}"))
            .collect();
        let request = client().get(url).header("cookie", held.join("; ")).header("accept-language", "en");
        let answer = request.send().await.unwrap();
        for cookie in answer.headers().get_all("set-cookie") {
            let (pair, more) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if more.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), (value.to_owned(), more.to_owned()));
            }
        }
        answer
    }

    /// Begins to sign in at a house; where the provider's page is.
    pub async fn begin(&mut self, house: &str, next: &str) -> Url {
        let answer = self.get(&format!("{house}/sign-in/oidc{next}")).await;
        assert_eq!(answer.status(), 303);
        location(&answer)
    }

    /// Signs in on the provider's page; where it sends one back to.
    pub async fn prove(&self, page: &Url, form: &[(&str, &str)]) -> Url {
        let answer = client().post(page.clone()).form(form).send().await.unwrap();
        assert_eq!(answer.status(), 302, "{}", answer.text().await.unwrap());
        location(&answer)
    }

    /// All of it.
    pub async fn sign_in(&mut self, house: &str, sub: &str) -> Response {
        let page = self.begin(house, "").await;
        let back = self.prove(&page, &[("sub", sub)]).await;
        self.get(back.as_str()).await
    }
}

fn location(answer: &Response) -> Url {
    Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap()
}
