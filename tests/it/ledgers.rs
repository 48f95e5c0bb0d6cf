//! Several ledgers in one process: each keeps what is its own, and trouble at one stays there (issue 3 C).

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use server::app::ledgers::{Ledgers, Opening, listed};
use server::clock::SystemClock;
use server::http::{self, Settings};
use server::store::Settings as StoreSettings;
use tests::cluster::Cluster;
use tests::place::Place;
use tests::program::{baodao, end, run};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, spawn_blocking};

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

/// Issue 3 C: a command lands in the ledger that it is sent to and nowhere else, and is remembered there alone; metrics tell the
/// ledgers apart.
#[tokio::test(flavor = "multi_thread")]
async fn each_ledger_keeps_what_is_its_own() {
    let province = Province::open("own", Settings::default()).await;
    let (west, east) = (&*province.west, &*province.east);
    // The policy and the duty catalogue stand in each.
    assert_eq!(province.registered(ROOT, "5201").await, 3);
    for (number, code) in ["5202", "5203", "5201"].into_iter().enumerate() {
        assert_eq!(province.registered(west, code).await, 3 + number as u64);
    }
    assert_eq!(province.register(ROOT, "5201").await.status(), 200);
    for (ledger, place, codes) in [
        (ROOT, &province.places[0], vec!["5201"]),
        (west, &province.places[1], vec!["5201", "5202", "5203"]),
        (east, &province.places[2], vec![]),
    ] {
        let position = 2 + codes.len() as u64;
        let page = province.get(&format!("{ledger}/v1/divisions?at_least={position}")).await;
        let told = page["items"].as_array().unwrap().iter().map(|row| row["code"].as_str().unwrap());
        assert_eq!((told.collect::<Vec<_>>(), page["position"].as_u64()), (codes, Some(position)));
        let stored = place.raw().await.numbers("SELECT count(*) FROM events").await;
        assert_eq!(stored, [position as i64], "{ledger}");
        assert_eq!(province.get(&format!("{ledger}/readyz")).await["journal"]["head"], position);
    }
    let all = province.text("/metrics").await;
    let own = province.text(&format!("{east}/metrics")).await;
    for (ledger, position) in [("own-west", 5), ("own-east", 2)] {
        let line = format!("baodao_journal_position{{ledger=\"{ledger}\"}} {position}\n");
        assert!(all.contains(&line), "{line} is not in {all}");
        assert_eq!(own.contains(&line), ledger == "own-east", "{own}");
    }
    let counted =
        "baodao_commands_total{ledger=\"own-west\",command=\"register-division\",outcome=\"stored\"} 3\n";
    assert!(all.contains(counted), "{all}");
    assert!(all.contains("ledger=\"default\"") && !own.contains("ledger=\"default\""), "{own}");
    province.close().await;
}

/// What `rel="next"` links to.
fn next(answer: &Response) -> String {
    let link = answer.headers()["link"].to_str().unwrap();
    link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap().to_owned()
}

/// Issue 3 C: pages, histories, events and the first page link to what is in the same ledger.
#[tokio::test(flavor = "multi_thread")]
async fn links_stay_in_their_ledger() {
    let province = Province::open("links", Settings::default()).await;
    let west = &*province.west;
    for code in ["5201", "5202", "5203"] {
        province.registered(west, code).await;
    }
    for (path, items) in [("/v1/divisions?limit=2&at_least=5", 1), ("/v1/streams/policy/ledger?limit=1", 1)] {
        let page = province.get(&format!("{west}{path}")).await;
        let link = page["next"].as_str().unwrap();
        assert!(link.starts_with(&format!("{west}/v1/")), "{page}");
        let rest = province.get(link).await;
        assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next"]), (items, &Value::Null));
    }
    let answer =
        province.ask(Method::GET, &format!("{west}/v1/divisions?limit=2&at_least=5&format=csv")).await;
    assert!(next(&answer).starts_with(&format!("{west}/v1/divisions?")));
    let answer = province.ask(Method::GET, &format!("{west}/v1/events?limit=4")).await;
    let source = format!("{west}/v1/events");
    let link = next(&answer);
    assert_eq!(link, format!("{source}?after=4&limit=4"));
    let events = [answer.json::<Value>().await.unwrap(), province.get(&link).await];
    let events: Vec<&Value> = events.iter().flat_map(|page| page.as_array().unwrap()).collect();
    assert_eq!(events.len(), 5);
    assert!(events.iter().all(|event| event["source"] == *source), "{events:?}");
    // From the stream too.
    let mut stream = province.ask(Method::GET, &format!("{source}/stream?after=4")).await;
    let mut told = String::new();
    while !told.contains("\n\n") {
        told.push_str(std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap());
    }
    assert!(told.contains(&format!("\"source\":\"{source}\"")), "{told}");
    drop(stream);
    for first in [west.to_owned(), format!("{west}/")] {
        let page = province.text(&first).await;
        let links: Vec<&str> =
            page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert!(links.len() > 10 && page.contains("west"), "{page}");
        for link in links {
            assert!(link.starts_with(&format!("{west}/")), "{link}");
            province.get(link).await;
        }
    }
    province.close().await;
}

/// Issue 3 C: each ledger describes its interface where it is, and its documentation shows that; those of the process are listed at
/// the root.
#[tokio::test(flavor = "multi_thread")]
async fn each_ledger_describes_its_own_interface() {
    let province = Province::open("interface", Settings::default()).await;
    let (west, east) = (&*province.west, &*province.east);
    let told = province.get(&format!("{west}/v1/openapi.json")).await;
    assert_eq!(told["servers"][0]["url"], *west);
    let at_root = province.get("/v1/openapi.json").await;
    assert_eq!(at_root, http::openapi::document());
    let mut expected = at_root["paths"].clone();
    assert!(!expected.as_object_mut().unwrap().remove("/ledgers").unwrap().is_null());
    assert_eq!(told["paths"], expected);
    let docs = province.text(&format!("{west}/docs/swagger-initializer.js")).await;
    assert!(docs.contains(&format!("\"{west}/v1/openapi.json\"")), "{docs}");
    // The client follows the redirect.
    let docs = province.ask(Method::GET, &format!("{east}/docs")).await;
    assert_eq!((docs.status().as_u16(), docs.url().path()), (200, &*format!("{east}/docs/")));
    let listed = province.get("/ledgers").await;
    let expected = json!([{"name": "default", "path": "/"},
        {"name": "interface-west", "path": format!("{west}/")}, {"name": "interface-east", "path": format!("{east}/")}]);
    assert_eq!(listed["items"], expected);
    let page = province.text("/").await;
    for ledger in [west, east] {
        assert!(page.contains(&format!("href=\"{ledger}/\"")), "{page}");
    }
    province.close().await;
}

/// Issue 3 C: what cannot be answered is a typed problem under a name too, and a ledger that is not there is told as such.
#[tokio::test(flavor = "multi_thread")]
async fn problems_are_typed_in_every_ledger() {
    let province = Province::open("problems", Settings::default()).await;
    let west = &*province.west;
    for (method, ledger, path, status, code) in [
        (Method::GET, west, "/v1/nothing", 404, "resource.unknown"),
        (Method::GET, west, "/nothing/at/all", 404, "route.unknown"),
        // The list is the root's.
        (Method::GET, west, "/ledgers", 404, "route.unknown"),
        (Method::PUT, west, "/v1/events", 405, "method.not_allowed"),
        (Method::GET, west, "/v1/divisions?limit=x", 422, "query.invalid_parameter"),
        (Method::POST, west, "/v1/commands/nothing", 404, "command.unknown"),
        (Method::GET, ROOT, "/ledgers/north", 404, "ledger.unknown"),
        (Method::POST, ROOT, "/ledgers/north/v1/commands/register-division", 404, "ledger.unknown"),
        (Method::GET, ROOT, "/ledgers/", 404, "route.unknown"),
        (Method::GET, ROOT, "/ledgersx", 404, "route.unknown"),
    ] {
        let answer = province.ask(method, &format!("{ledger}{path}")).await;
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{path}");
        let told = answer.json::<Value>().await.unwrap();
        assert_eq!(
            (told["status"].as_u64(), told["code"].as_str()),
            (Some(status), Some(code)),
            "{path} {told}"
        );
        assert!(code != "ledger.unknown" || told["detail"].as_str().unwrap().contains("north"), "{told}");
    }
    province.close().await;
}

/// Issue 3 C, fair between ledgers: while one ledger can store nothing and a crowd presses on it, its own share of the room fills up
/// and who comes there is told to come back; nobody is turned away from the others.
#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_at_one_ledger_does_not_shut_out_the_others() {
    let settings = Settings { requests_max: 6, ..Settings::default() };
    let province = Arc::new(Province::open("crowd", settings).await);
    let (west, east) = (province.west.clone(), province.east.clone());
    let (west, east) = (&*west, &*east);
    let held = province.places[1].raw().await.hold_head().await;
    let crowd: Vec<_> = (0..8)
        .map(|client| {
            let province = province.clone();
            tokio::spawn(async move {
                let code = format!("52{client:0>2}");
                loop {
                    let answer = province.register(&province.west, &code).await;
                    match answer.status().as_u16() {
                        201 => return,
                        429 => assert!(answer.headers().contains_key("retry-after")),
                        other => panic!("{other}: {:?}", answer.text().await),
                    }
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            })
        })
        .collect();
    let mut is_full = false;
    for _ in 0..600 {
        let answer = province.ask(Method::GET, &format!("{west}/v1/divisions")).await;
        is_full = answer.status() == 429;
        if is_full {
            assert_eq!(answer.json::<Value>().await.unwrap()["code"], "request.too_many");
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(is_full, "the crowd never filled its ledger's share");
    for code in ["5201", "5202", "5203", "5204", "5205"] {
        for ledger in [ROOT, east] {
            let position = province.registered(ledger, code).await;
            province.get(&format!("{ledger}/v1/divisions?at_least={position}")).await;
        }
    }
    // Who watches it gets in all the same, and sees how full it is.
    let metrics = province.text("/metrics").await;
    for (ledger, used) in [("crowd-west", 2), ("crowd-east", 0)] {
        let line = format!("baodao_saturation_used{{ledger=\"{ledger}\",of=\"requests\"}} {used}\n");
        assert!(metrics.contains(&line), "{line} is not in {metrics}");
    }
    assert!(
        metrics.contains("baodao_saturation_limit{ledger=\"crowd-west\",of=\"requests\"} 2\n"),
        "{metrics}"
    );
    held.release().await;
    for client in crowd {
        client.await.unwrap();
    }
    assert_eq!(
        province.get(&format!("{west}/v1/divisions?at_least=10")).await["items"].as_array().unwrap().len(),
        8
    );
    Arc::into_inner(province).unwrap().close().await;
}

/// Asks a ledger whether it is ready until the answer is the one awaited.
async fn ready(province: &Province, ledger: &str, status: u16) {
    for _ in 0..600 {
        if province.ask(Method::GET, &format!("{ledger}/readyz")).await.status() == status {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{ledger}/readyz does not become {status}");
}

/// Sends a command again until it is stored; each answer is a typed one.
async fn stored_at_last(province: &Province, ledger: &str) {
    for _ in 0..600 {
        match province.register(ledger, "5202").await.status().as_u16() {
            200 | 201 => return,
            503 | 504 => tokio::time::sleep(Duration::from_millis(100)).await,
            other => panic!("{other} is no typed answer"),
        }
    }
    panic!("nothing is stored with {ledger} any more");
}

/// Issue 3 C: the database of one ledger dies. Its callers get typed answers, and the other ledgers go on; it comes back without a
/// restart, and dies again without holding up the closing.
#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_without_its_database_leaves_the_others() {
    let cluster = spawn_blocking(|| Cluster::start("-c max_connections=50")).await.unwrap();
    let places = [Place::sqlite(), Place::on(cluster.url()), Place::postgres()];
    let province = Province::with("outage", places, Settings::default()).await;
    let (west, east) = (&*province.west, &*province.east);
    province.registered(west, "5201").await;
    cluster.kill_all();
    let answer = province.register(west, "5202").await;
    assert!(matches!(answer.status().as_u16(), 503 | 504), "{answer:?}");
    assert!(answer.headers().contains_key("retry-after"), "{answer:?}");
    for code in ["5201", "5202"] {
        for ledger in [ROOT, east] {
            let position = province.registered(ledger, code).await;
            province.get(&format!("{ledger}/v1/divisions?at_least={position}")).await;
        }
    }
    ready(&province, west, 503).await;
    for ledger in [ROOT, east] {
        ready(&province, ledger, 200).await;
    }
    let metrics = province.text("/metrics").await;
    for (ledger, is_ready) in [("outage-west", 0), ("outage-east", 1)] {
        assert!(metrics.contains(&format!("baodao_ready{{ledger=\"{ledger}\"}} {is_ready}\n")), "{metrics}");
    }
    cluster.start_again();
    ready(&province, west, 200).await;
    // Sent again under its key until it is stored, if it was not; connections that broke off may be in the way at first.
    stored_at_last(&province, west).await;
    cluster.kill_all();
    province.close().await;
}

/// Issue 3 C: a list that cannot be served whole is not served at all, and the ledger at fault is named.
#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_cannot_be_served_is_named_at_the_start() {
    let (root, west) = (Place::sqlite(), Place::sqlite());
    for (list, why) in [
        (
            format!("west={} north=postgres://nobody@127.0.0.1:1/none", west.url()),
            "ledger north: the database at 127.0.0.1:1/none",
        ),
        (format!("north=sqlite:///nowhere/{}/ledger.db", uuid::Uuid::new_v4()), "ledger north: /nowhere/"),
        (format!("North={}", west.url()), "\"North\" cannot name a ledger"),
        (format!("west={0} west={0}", west.url()), "two ledgers are called west"),
        (format!("west={0} east={0}", west.url()), "west and east are the same ledger"),
        (format!("west={}", root.url()), "default and west are the same ledger"),
        (west.url(), "is not NAME=URL"),
    ] {
        let said = run(&root.url(), &["serve", "--listen", "127.0.0.1:0", "--ledger", &list]);
        assert!(said.code == 1 && said.err.contains(why) && said.out.is_empty(), "{list}: {said:?}");
    }
}

/// Issue 3 C: the environment names ledgers as the option does; the program tells where each is, and ends all of them when it is
/// asked to.
#[tokio::test(flavor = "multi_thread")]
async fn the_environment_names_ledgers_too() {
    let (root, west, east) = (Place::sqlite(), Place::sqlite(), Place::postgres());
    let mut serve =
        baodao(&root.url(), &["serve", "--listen", "127.0.0.1:0", "--json", "--connections", "2"]);
    serve.env("BAODAO_LEDGERS", format!("west={}\n  east={}\n", west.url(), east.url()));
    let mut process = serve.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let told: Value = serde_json::from_str(&line).unwrap();
    let base = told["listening"].as_str().unwrap();
    let ledgers: Vec<Value> = ["west", "east"]
        .map(|name| json!({"name": name, "listening": format!("{base}ledgers/{name}/"), "fresh": true}))
        .into();
    assert_eq!((&told["fresh"], &told["ledgers"]), (&json!(true), &Value::Array(ledgers)));
    let client = Client::builder().no_proxy().build().unwrap();
    let metrics = client.get(format!("{base}metrics")).send().await.unwrap().text().await.unwrap();
    for ledger in ["default", "west", "east"] {
        let line = format!("baodao_saturation_limit{{ledger=\"{ledger}\",of=\"connections\"}} 2\n");
        assert!(metrics.contains(&line), "{metrics}");
    }
    end(&mut process);
}
