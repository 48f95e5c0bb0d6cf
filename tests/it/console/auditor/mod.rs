//! What auditors see (issue 5).

mod audits;
mod journal;
mod replay;

use std::sync::Arc;
use std::time::Duration;

use aggregates::Role;
use proofs::note::Kind;
use reqwest::Method;
use serde_json::Value;
use server::http::Settings;
use server::tlog::Publisher;
use server::tlog::home::Home;
use server::tlog::signer::LogSigner;
use tempfile::TempDir;
use tests::door::Door;
use tests::town::Town;

/// Somebody at a page: text of the answer and its status.
pub struct Visitor {
    pub door: Door,
    pub cookie: String,
}

impl Visitor {
    pub async fn new(town: &Town, login: &str, role: Role, organisation: Option<&str>) -> Self {
        let door = Door::with(town, Settings::default()).await;
        door.login(login, role, login, organisation).await;
        let cookie = door.cookie(login).await;
        Self { door, cookie }
    }

    pub async fn get(&self, path: &str) -> (u16, String) {
        self.send(self.door.request(Method::GET, path)).await
    }

    pub async fn page(&self, path: &str) -> String {
        let (status, page) = self.get(path).await;
        assert_eq!(status, 200, "{path}\n{page}");
        page
    }

    pub async fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.page(path).await).unwrap()
    }

    /// Sends a form; status, where it leads, and the page.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> (u16, String, String) {
        let request = self.door.request(Method::POST, path).header("cookie", &self.cookie);
        let answer = request.header("accept-language", "en").form(form).send().await.unwrap();
        let to = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        (answer.status().as_u16(), to.unwrap_or_default(), answer.text().await.unwrap())
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> (u16, String) {
        let request = request.header("cookie", &self.cookie).header("accept-language", "en");
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        // Strokes in a text are written otherwise on pages.
        (status, answer.text().await.unwrap().replace("&#x2f;", "/"))
    }

    /// Waits until an audit is over.
    pub async fn ended(&self, at: &str) -> Value {
        for _ in 0..200 {
            let run = self.json(&format!("/v1{at}")).await;
            if run["state"] != "running" {
                return run;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the audit does not end");
    }
}

/// Signs all that is in the ledger; the public key.
pub async fn sign(town: &Town) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::open(&folder.path().join("signer")).unwrap();
    home.make_key("ledger.example/5202", Kind::Note).unwrap();
    let seal = Arc::new(LogSigner::open(home).unwrap());
    let key = seal.verifier().to_string();
    Publisher::new(Arc::clone(town.app().store()), Box::new(seal), None).publish().await.unwrap();
    (folder, key)
}
