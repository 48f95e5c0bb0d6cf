//! The program with an identity provider, as people run it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use reqwest::Url;
use serde_json::{Value, json};
use tests::place::Place;
use tests::program::{baodao, end, run};
use tests::provider::{Browser, Provider, client};

const SECRET: &str = "what-the-provider-gave-us";

/// Ends with the test, however that ends.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Issue 4 D: an identity provider alone lets people in, each ledger has a redirect address of its own, and the secret is told nowhere.
#[tokio::test(flavor = "multi_thread")]
async fn the_program_signs_in_by_its_provider_alone() {
    let provider = Provider::start().await;
    let (place, other) = (Place::sqlite(), Place::sqlite());
    let folder = tempfile::tempdir().unwrap();
    let (secret, said) = (folder.path().join("secret"), folder.path().join("said"));
    std::fs::write(&secret, format!("{SECRET}\n")).unwrap();
    let mut command = baodao(&place.url(), &["serve", "--listen", "127.0.0.1:0", "--json", "--no-passwords"]);
    command
        .args(["--oidc-issuer", &provider.issuer, "--oidc-client", "baodao", "--oidc-secret-file"])
        .arg(&secret)
        .args(["--ledger", &format!("west={}", other.url())])
        .env_remove("BAODAO_CALLERS")
        .env("RUST_LOG", "trace")
        .stdin(Stdio::null())
        .stderr(std::fs::File::create(&said).unwrap())
        .stdout(Stdio::piped());
    let mut process = Serving(command.spawn().unwrap());
    let mut line = String::new();
    BufReader::new(process.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let told: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(told["first_logins"], json!([]));
    let base = told["listening"].as_str().unwrap().trim_end_matches('/').to_owned();
    assert_eq!(told["redirects"][1], format!("{base}/ledgers/west/sign-in/oidc/callback"));

    let answer = client().post(format!("{base}/v1/session")).json(&json!({"login": "a", "password": "b"}));
    let answer = answer.send().await.unwrap();
    assert_eq!(answer.status(), 404);
    assert_eq!(answer.json::<Value>().await.unwrap()["code"], "session.no_passwords");
    let answer = client().post(format!("{base}/sign-in")).form(&[("login", "a"), ("password", "b")]);
    assert_eq!(answer.send().await.unwrap().status(), 404);
    let page = Browser::default().get(&format!("{base}/sign-in")).await.text().await.unwrap();
    assert!(page.contains("/sign-in/oidc\"") && !page.contains("password"), "{page}");

    let added = run(&other.url(), &["login", "add", "wang", "--role", "auditor", "--no-password"]);
    assert_eq!(added.code, 0, "{added:?}");
    let west = format!("{base}/ledgers/west");
    let mut browser = Browser::default();
    let page = browser.begin(&west, "?next=/ledgers/west/v1/members").await;
    let back = browser.prove(&page, &[("sub", "wang")]).await;
    assert_eq!(back.path(), "/ledgers/west/sign-in/oidc/callback");
    let elsewhere = Url::parse(&back.as_str().replacen("/ledgers/west", "", 1)).unwrap();
    let mut astray = Browser::default();
    let page = astray.begin(&west, "").await;
    let begun = astray.prove(&page, &[("sub", "wang")]).await;
    let begun = begun.as_str().replacen("/ledgers/west", "", 1);
    assert_eq!(astray.get(&begun).await.status(), 400, "begun at another ledger");
    let answer = browser.get(back.as_str()).await;
    assert_eq!(
        (answer.status().as_u16(), answer.headers()["location"].to_str().unwrap()),
        (303, "/ledgers/west/v1/members")
    );
    assert_eq!(browser.get(elsewhere.as_str()).await.status(), 400);
    let session: Value = browser.get(&format!("{west}/v1/session")).await.json().await.unwrap();
    assert_eq!(session["login"], "wang");
    // Another ledger knows nobody of that name.
    assert_eq!(Browser::default().sign_in(&base, "wang").await.status(), 403);
    end(&mut process.0);

    let said = std::fs::read_to_string(&said).unwrap();
    let code = back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let cookies = browser.cookies.values().map(|(value, _)| value.as_str());
    for hidden in cookies.chain([SECRET, &code]) {
        assert!(!said.contains(hidden), "a secret stands in the log");
    }
}

/// What cannot work is told at the start, with what to do.
#[test]
fn a_provider_that_cannot_be_used_is_refused_at_the_start() {
    let place = Place::sqlite();
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, SECRET).unwrap();
    let secret = secret.to_str().unwrap();
    for (issuer, file, more, told) in [
        ("http://id.example.org", secret, &[][..], "--oidc-issuer"),
        ("https://id.example.org", "no-such-file", &[], "--oidc-secret-file"),
        ("https://id.example.org", secret, &["--https"], "--public-url"),
        ("https://id.example.org", secret, &["--public-url", "https://b.example"], "--https"),
        ("https://id.example.org", secret, &["--callers", "trusted"], "--callers"),
    ] {
        let mut arguments = vec!["serve", "--listen", "127.0.0.1:0", "--oidc-issuer", issuer];
        arguments.extend(["--oidc-client", "baodao", "--oidc-secret-file", file]);
        arguments.extend(more);
        let output = baodao(&place.url(), &arguments)
            .env_remove("BAODAO_CALLERS")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && err.contains(told) && !err.contains(SECRET), "{told}: {err}");
    }
}
