//! What those read who watch over the house: the log of the process, and the counts.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use serde_json::{Value, json};
use tests::place::Place;
use tests::program::{baodao, end, run};
use tests::provider::client;

/// Ends with the test, however that ends.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Issue 4 D, ASVS 16.3 and 16.4.1: who signed in or failed to, from where, and who was refused what, is in the log as it comes out of the box; what
/// somebody sends makes no lines of its own there; and no secret is in it.
#[tokio::test(flavor = "multi_thread")]
async fn the_log_tells_who_tried_what_and_no_secret() {
    let place = Place::sqlite();
    let said = tempfile::NamedTempFile::new().unwrap();
    let mut command = baodao(&place.url(), &["serve", "--listen", "127.0.0.1:0", "--json"]);
    command.env_remove("BAODAO_CALLERS").env_remove("RUST_LOG").stdin(Stdio::null()).stdout(Stdio::piped());
    let mut process = Serving(command.stderr(said.reopen().unwrap()).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(process.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let told: Value = serde_json::from_str(&line).unwrap();
    let base = told["listening"].as_str().unwrap().trim_end_matches('/').to_owned();
    let added = run(&place.url(), &["login", "add", "li", "--role", "auditor", "--json"]).json();
    let password = added["password"].as_str().unwrap();
    let enter = async |login: &str, password: &str| {
        let credentials = json!({"login": login, "password": password});
        client().post(format!("{base}/v1/session")).json(&credentials).send().await.unwrap()
    };
    assert_eq!(enter("li", "not his password").await.status(), 401);
    let forged = "li\n2026-03-01T00:00:00Z  INFO server::security: signed in login=\"root\"\u{1b}[2K";
    assert_eq!(enter(forged, "x").await.status(), 401);
    let answer = enter("li", password).await;
    assert_eq!(answer.status(), 200);
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let ask = client().post(format!("{base}/v1/commands/register-division")).header("cookie", &cookie);
    let ask = ask.json(&json!({"code": "5299", "name": "x"})).send().await.unwrap();
    assert_eq!(ask.status(), 403);
    let ask =
        client().get(format!("{base}/v1/members")).bearer_auth("baodao_0_secrettoken").send().await.unwrap();
    assert_eq!(ask.status(), 401);
    let other =
        client().post(format!("{base}/sign-in")).header("sec-fetch-site", "cross-site").send().await.unwrap();
    assert_eq!(other.status(), 403);
    client().delete(format!("{base}/v1/session")).header("cookie", &cookie).send().await.unwrap();
    let metrics = client().get(format!("{base}/metrics")).send().await.unwrap().text().await.unwrap();
    end(&mut process.0);

    let said = std::fs::read_to_string(said.path()).unwrap();
    let lines: Vec<&str> = said.lines().filter(|line| line.contains("server::security")).collect();
    let has =
        |parts: &[&str]| lines.iter().filter(|line| parts.iter().all(|part| line.contains(part))).count();
    let from = "from=127.0.0.1";
    assert_eq!(has(&["WARN", "not signed in", "login=\"li\"", "outcome=\"wrong\"", from]), 1, "{said}");
    assert_eq!(has(&["INFO", ": signed in", "login=\"li\"", "proof=Password", from]), 1, "{said}");
    assert_eq!(has(&["authority.not_yours", "who=\"auditor/li\"", "status=403", from]), 1, "{said}");
    assert_eq!(has(&["refused", "code=\"request.token\"", "status=401"]), 1, "{said}");
    assert_eq!(has(&["refused", "code=\"request.cross_site\""]), 1, "{said}");
    assert_eq!(has(&["what=\"signed out\"", "login=\"li\""]), 1, "{said}");
    // The forged line stands within the quotes of one line, cut.
    assert_eq!(has(&["login=\"root\""]), 0, "{said}");
    assert!(!said.contains('\u{1b}') && said.contains("login=\"li\\n2026"), "{said}");
    let held = cookie.split_once('=').unwrap().1;
    for secret in [password, "not his password", held, "secrettoken"] {
        assert!(!said.contains(secret), "a secret stands in the log");
    }
    for (outcome, count) in [("in", 1), ("wrong", 2), ("too_many", 0), ("no_access", 0)] {
        let series = format!("baodao_sign_ins_total{{ledger=\"default\",outcome=\"{outcome}\"}} {count}");
        assert!(metrics.contains(&series), "{series}\n{metrics}");
    }
}
