//! A town's house as strangers reach it: whoever does not sign in is the public.

use std::net::SocketAddr;
use std::sync::Arc;

use aggregates::ids::{ActorId, LoginId};
use aggregates::{Actor, Role};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use server::http::{self, Settings};
use server::signin::{Scope, SignIn};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::town::Town;

/// A password that is not guessed.
pub const PASSWORD: &str = "凤凰山下清晨的一碗豆花 7";

/// The door of a town's house.
pub struct Door {
    /// Where it is.
    pub base: String,
    town: Town,
    client: Client,
    serving: JoinHandle<std::io::Result<()>>,
    _closing: watch::Sender<bool>,
}

impl Drop for Door {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Door {
    /// Opens it, beside the one at which callers are trusted.
    pub async fn of(town: &Town) -> Self {
        Self::with(town, Settings::default()).await
    }

    /// The same, with other settings.
    pub async fn with(town: &Town, settings: Settings) -> Self {
        Self::at(town, |_| settings).await
    }

    /// The same, with settings that tell where it is.
    pub async fn at(town: &Town, settings: impl FnOnce(&str) -> Settings) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (closing, closed) = watch::channel(false);
        let routes = http::routes(&Arc::clone(town.app()).into(), settings(&base), &closed);
        let routes = routes.into_make_service_with_connect_info::<SocketAddr>();
        let serving = tokio::spawn(std::future::IntoFuture::into_future(axum::serve(listener, routes)));
        let client =
            Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { base, town: town.clone(), client, serving, _closing: closing }
    }

    /// Gives a login its capacity: `role/id[@organisation]`.
    pub async fn grant(&self, login: &str, role: Role, id: &str, organisation: Option<&str>) {
        let giver = Actor { id: ActorId::new("root").unwrap(), role: Role::Operator, organisation: None };
        let wanted =
            Actor { id: ActorId::new(id).unwrap(), role, organisation: organisation.map(str::to_owned) };
        let login = LoginId::new(login).unwrap();
        SignIn::grant(self.town.app().desk(), &giver, &login, &wanted).await.unwrap();
    }

    /// The same, with [`PASSWORD`].
    pub async fn login(&self, login: &str, role: Role, id: &str, organisation: Option<&str>) {
        self.grant(login, role, id, organisation).await;
        self.town.app().sign_in().set_password(login, PASSWORD).await.unwrap();
    }

    /// A token of a login.
    pub async fn token(&self, login: &str, scopes: &[Scope]) -> String {
        self.town.app().sign_in().issue(login, "test", scopes, 30).await.unwrap().text
    }

    /// A request without anything that proves who sends it.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    /// Signs in; the answer.
    pub async fn enter(&self, login: &str, password: &str) -> Response {
        let credentials = json!({"login": login, "password": password});
        self.request(Method::POST, "/v1/session").json(&credentials).send().await.unwrap()
    }

    /// Signs in, which must succeed; the session's cookie.
    pub async fn cookie(&self, login: &str) -> String {
        let answer = self.enter(login, PASSWORD).await;
        assert_eq!(answer.status(), 200);
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    /// Sends a request; status and answer.
    pub async fn send(&self, request: RequestBuilder) -> (u16, Value) {
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }
}
