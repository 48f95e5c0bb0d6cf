//! What an identity provider signs, and with which keys; and that any process of the house takes a sign-in back.

use aggregates::Role;
use reqwest::Url;
use serde_json::{Value, json};
use server::signin::oidc::{Claim, PAUSE};
use tests::door::Door;
use tests::place::Place;
use tests::provider::{Between, Browser};
use tests::town::Town;

use super::oidc::{configured, forge, open, refused};

/// Issue 4 D, ASVS 9.2 and 10.5: what the provider itself has signed, for another house, for another sign-in, as another or for another time,
/// lets nobody in.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_signed_for_others_lets_nobody_in() {
    let (town, stop) = Town::settle(Place::sqlite()).await;
    let between = Between::start().await;
    between.sign_with("first");
    let door = open(&town, &between.issuer, Claim::Sub).await;
    door.grant("wang", Role::Auditor, "a-1", None).await;
    assert_eq!(Browser::default().sign_in(&door.base, "wang").await.status(), 303);
    let others: [(&'static str, Value); 6] = [
        ("aud", json!("another")),
        ("aud", json!(["another"])),
        ("aud", json!(["baodao", "another"])),
        ("iss", json!("https://id.example")),
        ("nonce", json!("another")),
        ("exp", json!(1)),
    ];
    for (claim, value) in others {
        let told = format!("{claim} {value}");
        between.meddle(move |token| forge(token, |_, body, _| body[claim] = value.clone()));
        let answer = Browser::default().sign_in(&door.base, "wang").await;
        assert_eq!(answer.status(), 403, "{told}");
        refused(answer, 403, "does not hold").await;
    }
    between.meddle(|_| ());
    assert_eq!(Browser::default().sign_in(&door.base, "wang").await.status(), 303);
    stop.now().await;
}

/// Issue 4 D: a provider that changes its signing key keeps working, without anybody doing anything here.
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_may_change_its_keys() {
    let (town, stop) = Town::settle(Place::sqlite()).await;
    let between = Between::start().await;
    let door = open(&town, &between.issuer, Claim::Sub).await;
    door.grant("wang", Role::Auditor, "a-1", None).await;
    assert_eq!(Browser::default().sign_in(&door.base, "wang").await.status(), 303);
    for key in ["second", "third"] {
        between.sign_with(key);
        // It is asked about its keys no more often.
        tokio::time::sleep(PAUSE).await;
        assert_eq!(Browser::default().sign_in(&door.base, "wang").await.status(), 303, "{key}");
    }
    stop.now().await;
}

/// Issue 4 D: what was begun at one process of the house is finished at another, by the same browser; and what it holds tells nobody anything.
#[tokio::test(flavor = "multi_thread")]
async fn any_process_takes_a_sign_in_back() {
    let (town, stop) = Town::settle(Place::sqlite()).await;
    let between = Between::start().await;
    let one = open(&town, &between.issuer, Claim::Sub).await;
    let public = one.base.clone();
    let other = Door::at(&town, |_| configured(&between.issuer, Claim::Sub, &public)).await;
    one.grant("wang", Role::Auditor, "a-1", None).await;
    let mut browser = Browser::default();
    let page = browser.begin(&one.base, "?next=/v1/members").await;
    let (held, _) = browser.cookies.values().next().unwrap().clone();
    assert!(held.len() < 4000, "browsers keep no more");
    assert!(!held.contains(&page.query_pairs().find(|(name, _)| name == "nonce").unwrap().1.into_owned()));
    let back = browser.prove(&page, &[("sub", "wang")]).await;
    let elsewhere = |back: &Url| back.as_str().replacen(&one.base, &other.base, 1);
    refused(Browser::default().get(&elsewhere(&back)).await, 400, "this browser").await;
    let answer = browser.get(&elsewhere(&back)).await;
    assert_eq!(
        (answer.status().as_u16(), answer.headers()["location"].to_str().unwrap()),
        (303, "/v1/members")
    );
    // The longest way to go that is kept still fits.
    let mut browser = Browser::default();
    let long = format!("/v1/members?unit={}", "u".repeat(1000));
    let page = browser.begin(&one.base, &format!("?next={}", long.replace('?', "%3F"))).await;
    assert!(browser.cookies.values().all(|(held, _)| held.len() < 4000));
    let back = browser.prove(&page, &[("sub", "wang")]).await;
    assert_eq!(browser.get(&elsewhere(&back)).await.headers()["location"].to_str().unwrap(), long);
    stop.now().await;
}
