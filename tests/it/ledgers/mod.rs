//! Several ledgers in one process: each keeps what is its own, and trouble at one stays there (issue 3 C).

mod own;
mod trouble;

use std::sync::Arc;

use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use server::app::ledgers::{Ledgers, Opening, listed};
use server::clock::SystemClock;
use server::http::{self, Settings};
use server::store::Settings as StoreSettings;
use server::tlog::signing::Plan;
use tests::place::Place;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

const ROOT: &str = "";

/// Three ledgers served by one process: a file at the root, and two others.
struct Province {
    /// Where the interface of the second begins. The tests share a process and its metrics: names are each test's own.
    west: String,
    /// Where that of the third begins.
    east: String,
    places: [Place; 3],
    base: String,
    client: Client,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Province {
    /// Two schemas beside the file.
    async fn open(test: &str, settings: Settings) -> Self {
        Self::with(test, [Place::sqlite(), Place::postgres(), Place::postgres()], settings).await
    }

    async fn with(test: &str, places: [Place; 3], settings: Settings) -> Self {
        let [root, west, east] = [0, 1, 2].map(|n: usize| places[n].url());
        let others = [format!("{test}-west={west}"), format!("{test}-east={east}")];
        let others = listed(&root, &others).unwrap();
        let opening = Opening {
            clock: Arc::new(SystemClock),
            connections: StoreSettings::default().connections,
            policy: "liupanshui".to_owned(),
            signing: Plan { is_off: true, ..Plan::default() },
            vault: server::vault::home::Plan::default(),
        };
        let (ledgers, fresh) = Ledgers::open(&root, &others, &opening).await.unwrap();
        assert_eq!(fresh.len(), 3);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(http::serve(listener, ledgers, settings, async {
            let _ = stopped.await;
        }));
        let client = Client::builder().no_proxy().build().unwrap();
        let [west, east] = ["west", "east"].map(|name| format!("/ledgers/{test}-{name}"));
        Self { west, east, places, base, client, stop, serving }
    }

    async fn ask(&self, method: Method, path: &str) -> Response {
        self.client.request(method, format!("{}{path}", self.base)).send().await.unwrap()
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.ask(Method::GET, path).await;
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert_eq!(status, 200, "{path}: {text}");
        serde_json::from_str(&text).unwrap_or(Value::String(text))
    }

    async fn text(&self, path: &str) -> String {
        self.ask(Method::GET, path).await.text().await.unwrap()
    }

    /// Registers a division with a ledger; the answer.
    async fn register(&self, ledger: &str, code: &str) -> Response {
        let request = self.client.post(format!("{}{ledger}/v1/commands/register-division", self.base));
        let data = json!({"code": code, "name": format!("区{code}"), "aliases": []});
        // The same key for the same division, with whichever ledger.
        let key = format!("00000000-0000-4000-8000-{code:0>12}");
        request.header("Idempotency-Key", key).json(&data).send().await.unwrap()
    }

    async fn registered(&self, ledger: &str, code: &str) -> u64 {
        let answer = self.register(ledger, code).await;
        assert_eq!(answer.status(), 201);
        answer.json::<Value>().await.unwrap()["position"].as_u64().unwrap()
    }

    async fn close(self) {
        self.stop.send(()).unwrap();
        self.serving.await.unwrap().unwrap();
    }
}
