//! What is each ledger's own: its events, rows, links, description, problems and metrics.

use reqwest::{Method, Response};
use serde_json::{Value, json};
use server::http::{self, Settings};

use super::{Province, ROOT};

/// Issue 3 C: a command lands in the ledger that it is sent to and nowhere else, and is remembered there alone; metrics tell the
/// ledgers apart.
#[tokio::test(flavor = "multi_thread")]
async fn each_ledger_keeps_what_is_its_own() {
    let province = Province::open("own", Settings::trusting()).await;
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
    let province = Province::open("links", Settings::trusting()).await;
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
        let links: Vec<&str> = page
            .split("href=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .filter(|link| !link.starts_with('#'))
            .collect();
        assert!(links.len() > 5 && page.contains("west"), "{page}");
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
    let province = Province::open("interface", Settings::trusting()).await;
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
    let province = Province::open("problems", Settings::trusting()).await;
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
