//! What every answer and every cookie has (issue 4 D, OWASP ASVS 5.0), and how much strangers may bring.

use aggregates::Role;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use server::http::Settings;
use tests::door::{Door, PASSWORD};
use tests::place::Place;
use tests::town::Town;

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

/// Issue 4 D, ASVS 3.3 and 3.4: where people come over TLS cookies are of this host alone and go over TLS alone, and browsers are told to come no
/// other way.
#[tokio::test(flavor = "multi_thread")]
async fn over_tls_cookies_are_of_this_host_alone() {
    let (town, stop) = Town::settle(Place::sqlite()).await;
    let door = Door::with(&town, Settings { https: true, ..Settings::default() }).await;
    door.login("wang", Role::Auditor, "a-1", None).await;
    let answer = door.enter("wang", PASSWORD).await;
    let cookie = header(&answer, "set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-baodao-default="), "{cookie}");
    for part in ["; Path=/;", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    for path in ["/", "/v1/session", "/v1/members", "/nowhere", "/docs/", "/healthz", "/sign-in"] {
        let answer = door.request(Method::GET, path).send().await.unwrap();
        assert_eq!(
            header(&answer, "strict-transport-security"),
            "max-age=63072000; includeSubDomains",
            "{path}"
        );
    }
    stop.now().await;
}

/// Issue 4 D, ASVS 3.4 and 14.3.2: every answer, also a refusal and a page that is not there, tells the browser what it may do with it, and is
/// kept nowhere unless it is for all.
#[tokio::test(flavor = "multi_thread")]
async fn every_answer_says_what_a_browser_may_do_with_it() {
    let (town, stop) = Town::settle(Place::sqlite()).await;
    let door = Door::of(&town).await;
    door.login("wang", Role::Auditor, "a-1", None).await;
    let cookie = door.cookie("wang").await;
    for path in [
        "/",
        "/v1/session",
        "/v1/members",
        "/v1/members/m-1",
        "/v1/exports/members",
        "/nowhere",
        "/docs/",
        "/sign-in",
    ] {
        let answer = door.request(Method::GET, path).header("cookie", &cookie).send().await.unwrap();
        let policy = header(&answer, "content-security-policy").to_owned();
        let parts = [
            "default-src 'self'",
            "object-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ];
        for part in parts {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert_eq!(policy.contains("unsafe"), path == "/docs/", "{path}: {policy}");
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header(&answer, "referrer-policy"), "no-referrer", "{path}");
        assert!(header(&answer, "cache-control").contains("no-store"), "{path}: {answer:?}");
        assert_eq!(header(&answer, "access-control-allow-origin"), "", "{path}");
        let media = header(&answer, "content-type");
        assert!(
            !media.is_empty() && (!media.starts_with("text/") || media.contains("charset=utf-8")),
            "{path}: {media}"
        );
    }
    let answer = door.request(Method::TRACE, "/").send().await.unwrap();
    assert_eq!(answer.status(), 405);
    stop.now().await;
}

/// Issue 4 D, ASVS 7.2.4 and 14.3.1: whoever signs in again has a new session, and the old one is over; who signs out leaves nothing in the browser.
#[tokio::test(flavor = "multi_thread")]
async fn signing_in_again_ends_the_session_before() {
    let (town, stop) = Town::settle(Place::sqlite()).await;
    let door = Door::of(&town).await;
    door.login("wang", Role::Auditor, "a-1", None).await;
    let role = async |cookie: &str| {
        door.send(door.request(Method::GET, "/v1/session").header("cookie", cookie)).await.1["role"].clone()
    };
    let first = door.cookie("wang").await;
    let credentials = json!({"login": "wang", "password": PASSWORD});
    let again = door.request(Method::POST, "/v1/session").header("cookie", &first).json(&credentials);
    let answer = again.send().await.unwrap();
    let second = header(&answer, "set-cookie").split(';').next().unwrap().to_owned();
    assert_ne!(first, second);
    assert_eq!((role(&first).await, role(&second).await), (json!("public"), json!("auditor")));
    let form = [("login", "wang"), ("password", PASSWORD)];
    let again = door.request(Method::POST, "/sign-in").header("cookie", &second).form(&form);
    let third = header(&again.send().await.unwrap(), "set-cookie").split(';').next().unwrap().to_owned();
    assert_eq!((role(&second).await, role(&third).await), (json!("public"), json!("auditor")));
    let out = door.request(Method::POST, "/sign-out").header("cookie", &third).send().await.unwrap();
    assert_eq!(header(&out, "clear-site-data"), "\"cache\", \"storage\"");
    assert_eq!(role(&third).await, "public");
    stop.now().await;
}

/// Issue 4 D, ASVS 2.4.1 and 15.2.2: what costs much is for those who say who they are: files and batches of strangers are refused before they
/// are read; and orders without an account are limited by address, which the gateway tells.
#[tokio::test(flavor = "multi_thread")]
async fn strangers_bring_little() {
    let (town, stop) = Town::settle(Place::sqlite()).await;
    let door = Door::with(&town, Settings { gateways: 1, ..Settings::default() }).await;
    for (path, media) in [("/v1/commands", "application/jsonl"), ("/v1/imports/members", "text/csv")] {
        let request = door.request(Method::POST, path).header("content-type", media).body("not even read");
        let (status, problem) = door.send(request).await;
        assert_eq!((status, &problem["code"]), (401, &json!("request.not_signed_in")), "{path}");
    }
    let order = json!({"channel": "online", "category": "errands", "community": "520201016001", "urgency": "routine"});
    let place = async |from: &str| {
        let request = door.request(Method::POST, "/v1/commands/place-order").header("x-forwarded-for", from);
        let answer = request.json(&order).send().await.unwrap();
        let wait = header(&answer, "retry-after").to_owned();
        (answer.status().as_u16(), wait, answer.json::<Value>().await.unwrap()["code"].clone())
    };
    for number in 0..30 {
        // What the caller says of himself changes nothing.
        assert_eq!(place(&format!("203.0.113.{number}, 192.0.2.1")).await.0, 201, "{number}");
    }
    let (status, wait, code) = place("192.0.2.1").await;
    assert_eq!((status, code), (429, json!("request.too_many_demands")));
    assert!((1..=31).contains(&wait.parse::<u16>().unwrap()), "{wait}");
    assert_eq!(place("192.0.2.2").await.0, 201, "another is not held up");
    door.login("wang", Role::CommunityWorker, "w-1", Some("520201016001")).await;
    let cookie = door.cookie("wang").await;
    let request = door.request(Method::POST, "/v1/commands/place-order").header("cookie", &cookie);
    let request = request.header("x-forwarded-for", "192.0.2.1");
    assert_eq!(door.send(request.json(&order)).await.0, 201, "who signs in is nobody's stranger");
    stop.now().await;
}
