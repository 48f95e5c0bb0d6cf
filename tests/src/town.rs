//! A small town on a ledger of its own, reached through HTTP: what the stories are told in.
//!
//! The town has adopted the policy `liupanshui` and the shipped duty catalogue, registered 凤凰街道 (520201016) with the
//! communities 520201016001 and 520201016002 and 九龙街道 (520203001) with 520203001001, and has the units `u-tax` and
//! `u-hospital`, linked to 520201016001, with the members `m-1`, `m-2` (u-tax) and `m-3` (u-hospital), who have reported.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aggregates::policy::PRESETS;
use aggregates::rulebook::SHIPPED_CATALOGUES;
use chrono::{DateTime, Utc};
use commands::Clock;
use commands::reactions::Ran;
use projections::ports::{Feed, Sheet, Shelf};
use projections::{Askers, Members, Projection, RunningClaims, rebuild, sheets};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use server::App;
use server::app::{Options, reacting};
use server::clock::ManualClock;
use server::http::{self, Settings};
use server::store::{Settings as StoreSettings, Store};
use server::tlog::signing::{By, Signing};
use server::vault::home::Home;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::place::Place;

/// The business time at which the town is set up; stories begin later.
pub const SET_UP: &str = "2026-01-05T09:00:00+08:00";

/// Tells a story on SQLite, and then again on PostgreSQL.
pub async fn both(story: impl AsyncFn(Town)) {
    for place in [Place::sqlite(), Place::postgres()] {
        let (town, stop) = Town::settle(place).await;
        story(town.clone()).await;
        stop.now().await;
    }
}

/// The commands that make the town, as lines of a batch.
pub fn founding() -> Vec<Value> {
    let text = |shipped: &[(&str, &str)], name: &str| {
        shipped.iter().find(|(known, _)| *known == name).unwrap().1.to_owned()
    };
    let mut lines = vec![
        json!({"command": "adopt-policy", "data": {"text": text(PRESETS, "liupanshui")}}),
        json!({"command": "adopt-duty-catalogue", "data": {"text": SHIPPED_CATALOGUES[0].1}}),
    ];
    for (code, name) in [
        ("5202", "六盘水市"),
        ("520201", "钟山区"),
        ("520201016", "凤凰街道"),
        ("520201016001", "凤凰社区"),
        ("520201016002", "明湖社区"),
        ("520203", "六枝特区"),
        ("520203001", "九龙街道"),
        ("520203001001", "九龙社区"),
    ] {
        lines.push(json!({"command": "register-division", "data": {"code": code, "name": name}}));
    }
    for (unit, name, class) in
        [("u-tax", "市税务局", "organ"), ("u-hospital", "市人民医院", "public_institution")]
    {
        lines.push(json!({"command": "enrol-unit",
            "data": {"unit": unit, "name": name, "class": class, "division": "5202"}}));
        lines.push(json!({"command": "link-unit", "data": {"unit": unit, "community": "520201016001"}}));
    }
    for (member, unit) in [("m-1", "u-tax"), ("m-2", "u-tax"), ("m-3", "u-hospital")] {
        lines.push(json!({"command": "enrol-member",
            "data": {"member": member, "unit": unit, "rank": "regular_cadre"}}));
        lines.push(json!({"command": "report",
            "data": {"member": member, "kind": "unit_linked", "community": "520201016001"}}));
    }
    lines
}

/// A town, as one actor sees it.
#[derive(Clone)]
pub struct Town {
    ground: Arc<Ground>,
    actor: Option<String>,
}

struct Ground {
    place: Place,
    /// Where the key of the vault is.
    safe: TempDir,
    base: String,
    client: Client,
    clock: Arc<ManualClock>,
    app: Arc<App>,
    last: AtomicU64,
}

/// Ends the town's server.
pub struct Stop {
    signal: oneshot::Sender<()>,
    serving: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Stop {
    /// Finishes what is under way and closes the ledger.
    pub async fn now(self) {
        self.signal.send(()).unwrap();
        self.serving.await.unwrap().unwrap();
    }
}

impl Town {
    /// A server on a new ledger, and the town in it.
    pub async fn settle(place: Place) -> (Self, Stop) {
        let (town, stop) = Self::open(place).await;
        town.set_up().await;
        (town, stop)
    }

    /// A server on an empty ledger.
    pub async fn open(place: Place) -> (Self, Stop) {
        Self::open_with(place, StoreSettings::default()).await
    }

    /// The same, with other settings of the store but the town's clock.
    pub async fn open_with(place: Place, settings: StoreSettings) -> (Self, Stop) {
        Self::open_as(place, settings, tempfile::tempdir().unwrap(), By::Nobody).await
    }

    /// A server on a ledger whose vault's key is, or will be, in the folder, and whose log this one signs.
    pub async fn open_as(place: Place, settings: StoreSettings, safe: TempDir, by: By) -> (Self, Stop) {
        let clock = Arc::new(ManualClock::new(instant(SET_UP)));
        let shown = clock.clone();
        let settings = StoreSettings { clock: Arc::new(move || shown.now()), ..settings };
        let store = Arc::new(Store::open_with(&place.url(), settings).await.unwrap());
        // Nothing reacts by itself, so that stories are the same each time: they say when with `react`.
        let vault = Some(Home::new(safe.path().join("key")));
        let signing = Signing { by, ..Signing::default() };
        let options = Options { react: None, keep: None, vault, signing, ..Options::default() };
        let app = Arc::new(App::start(store, clock.clone(), options).await.unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (signal, stopped) = oneshot::channel();
        // Whoever a story tells of is whom it says.
        let serving = tokio::spawn(http::serve(listener, app.clone(), Settings::trusting(), async {
            let _ = stopped.await;
        }));
        let client = Client::builder().no_proxy().build().unwrap();
        let ground = Ground { place, safe, base, client, clock, app, last: AtomicU64::new(0) };
        (Self { ground: Arc::new(ground), actor: None }, Stop { signal, serving })
    }

    /// Makes the town in the ledger.
    pub async fn set_up(&self) {
        for receipt in self.ok_lines(&founding()).await {
            assert!(receipt["problem"].is_null(), "{receipt}");
        }
    }

    /// The same town, as another actor: `town.acting("community-worker", "w-1")`, or with an organisation `"w-1@5202"`.
    pub fn acting(&self, role: &str, id: &str) -> Self {
        Self { ground: self.ground.clone(), actor: Some(format!("{role}/{id}")) }
    }

    /// Sets the town's clock, in the form of RFC 3339.
    pub fn set_time(&self, time: &str) {
        self.ground.clock.set(instant(time));
    }

    /// Lets reactions answer what is new in the journal, and timers what has come due at the town's time; what they did.
    pub async fn react(&self) -> Ran {
        let store = self.ground.app.store();
        let head = store.head().await.unwrap();
        for sheet in [RunningClaims::sheet(), Members::sheet(), Askers::sheet()] {
            self.ground.app.reached(&sheet, head).await.unwrap();
        }
        let ran = reacting::react(&reacting::reactor(store, self.ground.app.desk())).await.unwrap();
        self.ground.last.fetch_max(store.head().await.unwrap(), Ordering::SeqCst);
        ran
    }

    /// The running house.
    pub fn app(&self) -> &Arc<App> {
        &self.ground.app
    }

    /// The folder of the vault's key.
    pub fn safe(&self) -> &std::path::Path {
        self.ground.safe.path()
    }

    /// Where the ledger is.
    pub fn place(&self) -> &Place {
        &self.ground.place
    }

    /// The full address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.ground.base)
    }

    /// A request to be made: the actor is in it.
    pub fn request(&self, method: reqwest::Method, path: &str) -> RequestBuilder {
        let request = self.ground.client.request(method, self.url(path));
        match &self.actor {
            Some(actor) => request.header("Baodao-Actor", actor),
            None => request,
        }
    }

    /// Posts a command; status and answer.
    pub async fn submit(&self, command: &str, data: &Value) -> (u16, Value) {
        let request = self.request(reqwest::Method::POST, &format!("/v1/commands/{command}")).json(data);
        let (status, answer) = status_and_json(request).await;
        self.saw(&answer);
        (status, answer)
    }

    /// Submits a command that must succeed; the receipt.
    pub async fn ok(&self, command: &str, data: Value) -> Value {
        let (status, answer) = self.submit(command, &data).await;
        assert!(status == 201 || status == 200, "{command} {data}\nwas refused: {status} {answer}");
        answer
    }

    /// Submits a command that must be refused, and leave no trace; the problem.
    pub async fn refused(&self, command: &str, data: Value, status: u16, code: &str) -> Value {
        let before = self.ground.app.store().head().await.unwrap();
        let (got, answer) = self.submit(command, &data).await;
        assert_eq!(
            (got, answer["code"].as_str()),
            (status, Some(code)),
            "{command} {data}\nanswered {answer}"
        );
        let after = self.ground.app.store().head().await.unwrap();
        assert_eq!(after, before, "{command} {data}\nwas refused and yet something was stored");
        answer
    }

    /// Submits JSON lines; the lines of the answer.
    pub async fn ok_lines(&self, lines: &[Value]) -> Vec<Value> {
        let body = lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
        let request = self.request(reqwest::Method::POST, "/v1/commands");
        let response = request.header("Content-Type", "application/jsonl").body(body).send().await.unwrap();
        assert_eq!(response.status(), 200);
        let text = response.text().await.unwrap();
        let answers: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for answer in &answers {
            self.saw(answer);
        }
        assert_eq!(answers.len(), lines.len(), "{text}");
        answers
    }

    /// Reads what must be there, with everything that this town has written.
    pub async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.get_status(path).await;
        assert_eq!(status, 200, "{path} answered {answer}");
        answer
    }

    /// Reads with everything that this town has written; status and answer.
    pub async fn get_status(&self, path: &str) -> (u16, Value) {
        let asks =
            path.starts_with("/v1/") && !path.contains("at_least=") && !path.starts_with("/v1/openapi");
        let path = match (asks, path.contains('?')) {
            (false, _) => path.to_owned(),
            (true, true) => format!("{path}&at_least={}", self.position()),
            (true, false) => format!("{path}?at_least={}", self.position()),
        };
        status_and_json(self.request(reqwest::Method::GET, &path)).await
    }

    /// The last position that this town was told.
    pub fn position(&self) -> u64 {
        self.ground.last.load(Ordering::SeqCst)
    }

    /// The place of a town whose server has stopped.
    pub fn leave(self) -> Place {
        Arc::into_inner(self.ground).expect("somebody is still in the town").place
    }

    /// Where the ledger ends.
    pub async fn position_now(&self) -> u64 {
        self.ground.app.store().head().await.unwrap()
    }

    fn saw(&self, receipt: &Value) {
        if let Some(position) = receipt["position"].as_u64() {
            self.ground.last.fetch_max(position, Ordering::SeqCst);
        }
    }

    /// Rebuilds every projection and asserts that the rows are what they were, byte for byte.
    pub async fn rebuild_equals_live(&self) {
        let store = self.ground.app.store();
        let head = store.head().await.unwrap();
        let mut live = vec![];
        for sheet in sheets::sheets() {
            self.ground.app.reached(&sheet, head).await.unwrap();
            live.push((sheet, self.rows(&sheet).await));
        }
        rebuild::rebuild(store.clone(), store.clone(), sheets::folds(), &|_| {}).await.unwrap();
        for (sheet, rows) in live {
            let rebuilt = self.rows(&sheet).await;
            for (old, new) in rows.iter().zip(&rebuilt) {
                assert_eq!(old, new, "a row of {} came out differently", sheet.name);
            }
            assert_eq!(rows.len(), rebuilt.len(), "{} has another number of rows", sheet.name);
        }
    }

    /// All live rows of a sheet, as key and body.
    pub async fn rows(&self, sheet: &Sheet) -> Vec<(String, String)> {
        let store = self.ground.app.store();
        let slot = store.live(sheet).await.unwrap();
        let mut rows: Vec<(String, String)> = vec![];
        loop {
            let after = rows.last().map(|(key, _)| key.clone());
            let page = store.scan(sheet, &slot, after.as_deref(), 500).await.unwrap();
            if page.is_empty() {
                return rows;
            }
            rows.extend(page);
        }
    }
}

async fn status_and_json(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

fn instant(time: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(time).unwrap().to_utc()
}
