//! Signing in at an identity provider of others (OpenID Connect).

use std::collections::BTreeMap;
use std::sync::Arc;

use aggregates::Role;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reqwest::{Method, Response, Url};
use serde_json::{Value, json};
use server::http::Settings;
use server::signin::oidc::{Claim, Config, Oidc, PAUSE};
use sha2::{Digest, Sha256};
use tests::door::{Door, PASSWORD};
use tests::place::Place;
use tests::provider::{Between, Browser, Provider, free_port};
use tests::town::{Town, both};

const SECRET: &str = "what the provider gave us";

/// Settings of a house that people reach there, with a provider.
pub fn configured(issuer: &str, claim: Claim, public: &str) -> Settings {
    let config = Config {
        issuer: issuer.to_owned(),
        client: "baodao".to_owned(),
        secret: SECRET.to_owned(),
        claim,
        public: public.to_owned(),
    };
    Settings { oidc: Some(Arc::new(Oidc::new(config).unwrap())), ..Settings::default() }
}

/// A house with a provider.
pub async fn open(town: &Town, issuer: &str, claim: Claim) -> Door {
    Door::at(town, |base| configured(issuer, claim, base)).await
}

fn asked(url: &Url) -> BTreeMap<String, String> {
    url.query_pairs().into_owned().collect()
}

/// The same address with another value of a parameter.
fn with(url: &Url, name: &str, value: &str) -> Url {
    let mut pairs = asked(url);
    pairs.insert(name.to_owned(), value.to_owned());
    let mut url = url.clone();
    url.query_pairs_mut().clear().extend_pairs(pairs);
    url
}

/// Refused on a page, with nothing that lets in.
pub async fn refused(answer: Response, status: u16, told: &str) {
    assert_eq!(answer.status().as_u16(), status);
    for cookie in answer.headers().get_all("set-cookie") {
        assert!(cookie.to_str().unwrap().contains("Max-Age=0"), "{cookie:?}");
    }
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    let page = answer.text().await.unwrap();
    assert!(page.contains("role=\"alert\"") && page.contains(told), "{page}");
}

/// Issue 4 D: OpenID Connect in production: authorization code flow with PKCE, state and nonce; the journal alone tells what the
/// login may do; and what was finished is finished.
#[tokio::test(flavor = "multi_thread")]
async fn an_identity_provider_signs_in_whom_the_journal_knows() {
    let between = Between::start().await;
    let issuer = between.issuer.clone();
    both(async |town| {
        let door = open(&town, &issuer, Claim::Sub).await;
        door.grant("wang", Role::CommunityWorker, "w-1", Some("520201016001")).await;
        let (_, page) = door.send(door.request(Method::GET, "/sign-in?next=/v1/members")).await;
        assert!(page.as_str().unwrap().contains("href=\"/sign-in/oidc?next=/v1/members\""), "{page}");
        assert!(page.as_str().unwrap().contains("autocomplete=\"current-password\""), "{page}");

        let mut browser = Browser::default();
        let page = browser.begin(&door.base, "?next=/v1/members%3Flimit=1").await;
        let sent = asked(&page);
        assert_eq!(
            (sent["response_type"].as_str(), sent["code_challenge_method"].as_str()),
            ("code", "S256")
        );
        assert_eq!((sent["client_id"].as_str(), sent["scope"].as_str()), ("baodao", "openid"));
        assert_eq!(sent["redirect_uri"], format!("{}/sign-in/oidc/callback", door.base));
        assert!(sent["state"].len() >= 43 && sent["nonce"].len() >= 43);
        assert!(!page.as_str().contains("secret"));
        let (_, more) = browser.cookies.values().next().unwrap();
        for part in ["HttpOnly", "SameSite=Lax", "Path=/sign-in/oidc/callback", "Max-Age=600"] {
            assert!(more.contains(part), "{more}");
        }

        let back = browser.prove(&page, &[("sub", "wang")]).await;
        let before = browser.cookies.clone();
        let answer = browser.get(back.as_str()).await;
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["location"]),
            (303, &"/v1/members?limit=1".parse().unwrap())
        );
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let given = between.asked();
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&given["code_verifier"]));
        assert_eq!(
            (&challenge, given["redirect_uri"].as_str()),
            (&sent["code_challenge"], sent["redirect_uri"].as_str())
        );

        assert_eq!(browser.cookies.len(), 1, "{:?}", browser.cookies);
        let session: Value = browser.get(&format!("{}/v1/session", door.base)).await.json().await.unwrap();
        assert_eq!((&session["login"], &session["role"]), (&json!("wang"), &json!("community-worker")));
        let mut again = Browser { cookies: before };
        refused(again.get(back.as_str()).await, 400, "begin again").await;

        // Nowhere but into the house; and those with a password still have it.
        let page = browser.begin(&door.base, "?next=https://elsewhere.example").await;
        let back = browser.prove(&page, &[("sub", "wang")]).await;
        assert_eq!(browser.get(back.as_str()).await.headers()["location"], "/");
        door.login("li", Role::Auditor, "a-1", None).await;
        assert_eq!(door.enter("li", PASSWORD).await.status(), 200);
    })
    .await;
}

/// Issue 4 D: whom the journal grants nothing is let in nowhere, whatever proves who he is; nothing is made by itself.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_no_access_is_not_let_in() {
    let (town, stop) = Town::settle(Place::sqlite()).await;
    let provider = Provider::start().await;
    let door = open(&town, &provider.issuer, Claim::Sub).await;
    let before = town.position();
    refused(Browser::default().sign_in(&door.base, "nobody").await, 403, "no access here").await;
    refused(Browser::default().sign_in(&door.base, "王<芳>").await, 403, "王&lt;芳&gt;").await;
    assert_eq!(town.position(), before);
    door.grant("wang", Role::Auditor, "a-1", None).await;
    assert_eq!(Browser::default().sign_in(&door.base, "wang").await.status(), 303);
    town.ok("revoke-access", json!({"login": "wang"})).await;
    refused(Browser::default().sign_in(&door.base, "wang").await, 403, "no access here").await;
    stop.now().await;
}

/// Issue 4 D: which claim is the login is set; an address is one only when the provider has verified it.
#[tokio::test(flavor = "multi_thread")]
async fn the_claim_that_is_the_login_is_set() {
    let (town, stop) = Town::settle(Place::sqlite()).await;
    let provider = Provider::start().await;
    provider
        .knows(
            "1",
            &json!({"preferred_username": "wang", "email": "wang@lps.example", "email_verified": true}),
        )
        .await;
    provider.knows("2", &json!({"email": "wang@lps.example", "email_verified": false})).await;
    let called = open(&town, &provider.issuer, Claim::PreferredUsername).await;
    called.grant("wang", Role::Auditor, "a-1", None).await;
    called.grant("wang:lps.example", Role::Auditor, "a-2", None).await;
    assert_eq!(Browser::default().sign_in(&called.base, "1").await.status(), 303);
    refused(Browser::default().sign_in(&called.base, "2").await, 403, "preferred_username").await;
    let written = open(&town, &provider.issuer, Claim::Email).await;
    let mut browser = Browser::default();
    assert_eq!(browser.sign_in(&written.base, "1").await.status(), 303);
    let session: Value = browser.get(&format!("{}/v1/session", written.base)).await.json().await.unwrap();
    assert_eq!(session["actor"], "a-2");
    refused(Browser::default().sign_in(&written.base, "2").await, 403, "email").await;
    stop.now().await;
}

/// Issue 4 D: a callback counts in the browser that began it, with the state that it was given, and in time.
#[tokio::test(flavor = "multi_thread")]
async fn only_who_began_finishes() {
    let (town, stop) = Town::settle(Place::sqlite()).await;
    let provider = Provider::start().await;
    let door = open(&town, &provider.issuer, Claim::Sub).await;
    door.grant("wang", Role::Auditor, "a-1", None).await;
    let begun = async || {
        let mut browser = Browser::default();
        let page = browser.begin(&door.base, "").await;
        let back = browser.prove(&page, &[("sub", "wang")]).await;
        (browser, back)
    };
    let (_, back) = begun().await;
    refused(Browser::default().get(back.as_str()).await, 400, "this browser").await;
    let (mut other, _) = begun().await;
    refused(other.get(back.as_str()).await, 400, "this browser").await;
    let (mut browser, back) = begun().await;
    refused(browser.get(with(&back, "state", "another").as_str()).await, 400, "this browser").await;
    // The wrong state was no sign-in of anybody's: the right one still is.
    assert_eq!(browser.get(back.as_str()).await.status(), 303);
    for query in ["", "?code=1", "?state=1&state=2", "?state=%00"] {
        let answer = Browser::default().get(&format!("{}/sign-in/oidc/callback{query}", door.base)).await;
        refused(answer, 400, "begin again").await;
    }
    // Two at a time in one browser.
    let mut browser = Browser::default();
    let first = browser.begin(&door.base, "").await;
    let second = browser.begin(&door.base, "").await;
    for page in [first, second] {
        let back = browser.prove(&page, &[("sub", "wang")]).await;
        assert_eq!(browser.get(back.as_str()).await.status(), 303);
    }
    town.set_time("2026-03-02T09:00:00+08:00");
    let (mut slow, back) = begun().await;
    town.set_time("2026-03-02T09:10:00+08:00");
    refused(slow.get(back.as_str()).await, 400, "ten minutes").await;
    stop.now().await;
}

/// Of an ID token's head, body and signature.
type Forgery = fn(&mut Value, &mut Value, &mut String);

/// Puts parts of the ID token in place of its own.
pub fn forge(token: &mut Value, forge: impl FnOnce(&mut Value, &mut Value, &mut String)) {
    let text = token["id_token"].as_str().unwrap().to_owned();
    let [head, body, signature] = text.split('.').collect::<Vec<_>>()[..] else { panic!("{text}") };
    let read = |part: &str| -> Value {
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    let (mut head, mut body, mut signature) = (read(head), read(body), signature.to_owned());
    forge(&mut head, &mut body, &mut signature);
    let write = |part: &Value| BASE64_URL_SAFE_NO_PAD.encode(part.to_string());
    token["id_token"] = format!("{}.{}.{signature}", write(&head), write(&body)).into();
}

/// Issue 4 D: an ID token that is not signed by the provider, not for us, not for this sign-in or not for now lets nobody in.
#[tokio::test(flavor = "multi_thread")]
async fn a_forged_token_lets_nobody_in() {
    let (town, stop) = Town::settle(Place::sqlite()).await;
    let between = Between::start().await;
    let door = open(&town, &between.issuer, Claim::Sub).await;
    for login in ["wang", "root"] {
        door.grant(login, Role::Auditor, "a-1", None).await;
    }
    let forgeries: [(&str, Forgery); 6] = [
        ("subject", |_, body, _| body["sub"] = "root".into()),
        ("audience", |_, body, _| body["aud"] = "another".into()),
        ("signature", |_, _, signature| *signature = signature.chars().rev().collect()),
        ("key", |head, _, _| head["kid"] = "another".into()),
        ("no signature", |head, _, signature| {
            head["alg"] = "none".into();
            signature.clear();
        }),
        ("our own secret", |head, _, _| head["alg"] = "HS256".into()),
    ];
    for (what, forgery) in forgeries {
        between.meddle(move |token| forge(token, forgery));
        let answer = Browser::default().sign_in(&door.base, "wang").await;
        assert_eq!(answer.status(), 403, "{what}");
        refused(answer, 403, "does not hold").await;
    }
    between.meddle(|token| drop(token.as_object_mut().unwrap().remove("id_token")));
    refused(Browser::default().sign_in(&door.base, "wang").await, 403, "does not hold").await;
    between.meddle(|_| ());
    // Asked for by somebody else: the provider signs another nonce, or gives the code to another client.
    for (name, value) in [("nonce", "another"), ("client_id", "another")] {
        let mut browser = Browser::default();
        let page = browser.begin(&door.base, "").await;
        let back = browser.prove(&with(&page, name, value), &[("sub", "wang")]).await;
        let answer = browser.get(back.as_str()).await;
        assert_eq!(answer.status(), 403, "{name}");
        refused(answer, 403, "does not hold").await;
    }
    let mut browser = Browser::default();
    let page = browser.begin(&door.base, "").await;
    let back = browser.prove(&page, &[("sub", "wang")]).await;
    refused(browser.get(with(&back, "iss", "https://id.example").as_str()).await, 403, "does not hold").await;
    assert_eq!(Browser::default().sign_in(&door.base, "wang").await.status(), 303);
    town.set_time("2099-01-01T09:00:00+08:00");
    refused(Browser::default().sign_in(&door.base, "wang").await, 403, "does not hold").await;
    stop.now().await;
}

/// Issue 4 D: the house starts without its provider, says plainly that it is not there, and finds it when it comes.
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_may_be_away_and_come() {
    let (town, stop) = Town::settle(Place::sqlite()).await;
    let port = free_port();
    let door = open(&town, &format!("http://127.0.0.1:{port}"), Claim::Sub).await;
    door.login("wang", Role::Auditor, "a-1", None).await;
    let answer = Browser::default().get(&format!("{}/sign-in/oidc", door.base)).await;
    assert_eq!(answer.headers()["retry-after"], "5");
    refused(answer, 503, "try again later").await;
    assert_eq!(door.enter("wang", PASSWORD).await.status(), 200);
    let provider = Provider::start_at(port).await;
    tokio::time::sleep(PAUSE).await;
    let mut browser = Browser::default();
    let page = browser.begin(&door.base, "").await;
    let back = browser.prove(&page, &[("sub", "wang")]).await;
    drop(provider);
    let answer = browser.get(back.as_str()).await;
    assert_eq!(answer.headers()["retry-after"], "5");
    refused(answer, 503, "try again later").await;
    stop.now().await;
}

/// Issue 4 D: what the provider says no to is told in plain words, and nothing else of what stands in the address.
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_told_in_plain_words() {
    let (town, stop) = Town::settle(Place::sqlite()).await;
    let provider = Provider::start().await;
    let door = open(&town, &provider.issuer, Claim::Sub).await;
    let mut browser = Browser::default();
    let page = browser.begin(&door.base, "").await;
    let back = browser.prove(&page, &[("action", "deny")]).await;
    assert_eq!(asked(&back)["error"], "access_denied");
    refused(browser.get(back.as_str()).await, 403, "called it off").await;
    for (error, status) in [("temporarily_unavailable", 503), ("invalid_scope", 403), ("<b>", 403)] {
        let url =
            format!("{}/sign-in/oidc/callback?error={error}&error_description=call+0800-fraud", door.base);
        let page = browser.get(&url).await;
        assert_eq!(page.status().as_u16(), status, "{error}");
        let page = page.text().await.unwrap();
        assert!(!page.contains("fraud") && !page.contains("<b>"), "{page}");
    }
    let (status, problem) = door.send(door.request(Method::GET, "/sign-in/oidc?no_such=1")).await;
    assert_eq!((status, &problem["field"]), (422, &json!("no_such")));
    let plain = Door::of(&town).await;
    let (status, problem) = plain.send(plain.request(Method::GET, "/sign-in/oidc")).await;
    assert_eq!((status, &problem["code"]), (404, &json!("session.no_provider")));
    stop.now().await;
}
