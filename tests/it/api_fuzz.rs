//! Schemathesis asks a running server whatever its OpenAPI description allows, and much that it does not, and holds every answer
//! against it. tests/schemathesis/schemathesis.toml tells what is asked and what must hold.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use tests::place::Place;
use tests::program::run;
use tests::serving::{Server, found};

/// Requests made up for each operation, beside those that the description itself leads to.
const EXAMPLES: &str = "3";
const SEED: &str = "1";

/// As `tests/run` installs it, else as it is found in PATH.
fn schemathesis() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let own = target.join("tools/schemathesis/bin/schemathesis");
    if own.exists() { own } else { PathBuf::from("schemathesis") }
}

/// Asks whatever comes to its mind; how many requests that were.
fn ask(base: &str, config: &str, examples: &str, environment: &[(&str, &str)]) -> u32 {
    let option = |name: &str, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemathesis");
    let mut command = Command::new(schemathesis());
    command
        .args(["--config-file", config, "run", &format!("{base}/v1/openapi.json")])
        .args(["--max-examples", &option("BAODAO_API_EXAMPLES", examples)])
        .args(["--seed", &option("BAODAO_API_SEED", SEED)])
        .args(["--no-shrink", "--generation-database", "none", "--no-color"])
        .env("PYTHONPATH", &folder)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .envs(environment.iter().copied())
        .current_dir(&folder);
    let said = tokio::task::block_in_place(|| command.output()).unwrap_or_else(|error| {
        panic!(
            "schemathesis cannot be run ({error}): `python3 -m venv target/tools/schemathesis && \
             target/tools/schemathesis/bin/pip install -r tests/schemathesis/requirements.txt` installs it, as tests/run does"
        )
    });
    let told = String::from_utf8_lossy(&said.stdout);
    assert!(said.status.success(), "{environment:?}: {told}\n{}", String::from_utf8_lossy(&said.stderr));
    // It ends well, too, where it had nothing to ask.
    let asked =
        told.split(" generated").next().and_then(|before| before.rsplit(' ').next()?.parse::<u32>().ok());
    asked.unwrap_or_else(|| panic!("{told}"))
}

/// Issue 3: whatever is asked, the server does not fail, and answers as the description says.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_asked_is_answered_as_described() {
    let place = Place::sqlite();
    let url = place.url();
    found(&url);
    let server = Server::start(&url, None).unwrap();
    assert!(ask(&server.base, "schemathesis.toml", EXAMPLES, &[]) > 5000);
}

/// Stands in the vault, for nobody in the test below to see.
const MARKER: &str = "MARKER-7f3a";
/// Each role, elsewhere than what it must not see.
const ELSEWHERE: [(&str, &[&str]); 8] = [
    ("resident", &[]),
    ("member", &["--actor", "m-2"]),
    ("community-worker", &["--organisation", "520203001001"]),
    ("unit", &["--organisation", "u-hospital"]),
    ("organisation-department", &["--organisation", "520203"]),
    ("auditor", &[]),
    ("promotion-review", &[]),
    ("public", &[]),
];

/// Issue 4, done when 5: with each role's token nothing makes the server fail, and nothing is told of what is personal to others elsewhere.
#[tokio::test(flavor = "multi_thread")]
async fn with_each_roles_token_nothing_fails_and_nothing_is_told() {
    let place = Place::sqlite();
    let url = place.url();
    found(&url);
    let words = [
        json!({"command": "post-wish", "data": {"demand": "d-1", "wish": "micro_wish", "channel": "online", "category": "errands",
            "community": "520201016001", "urgency": "routine", "placed_by": "r-1", "text": format!("{MARKER} text"),
            "contact_name": format!("{MARKER} name"), "contact_address": format!("{MARKER} address")}}),
        json!({"command": "keep-details", "data": {"kind": "resident", "id": "r-1", "name": format!("{MARKER} resident")}}),
    ];
    let lines = words.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), lines).unwrap();
    let said = run(&url, &["submit", file.path().to_str().unwrap()]);
    assert_eq!(said.code, 0, "{said:?}");
    let server = Server::start_with(&url, &[("BAODAO_CALLERS", "signed-in")]);
    // It is there, for whoever may see it.
    run(
        &url,
        &[
            "login",
            "add",
            "near",
            "--role",
            "community-worker",
            "--organisation",
            "520201016001",
            "--no-password",
        ],
    );
    let token = token(&url, "near");
    let asked = reqwest::Client::builder()
        .no_proxy()
        .build()
        .unwrap()
        .get(format!("{}/v1/demands/d-1/words", server.base));
    let told = asked.bearer_auth(&token).send().await.unwrap().text().await.unwrap();
    assert!(told.contains(MARKER), "{told}");
    for (role, more) in ELSEWHERE {
        let mut environment = vec![("BAODAO_API_MARKER", MARKER.to_owned())];
        if role != "public" {
            let added = run(&url, &[&["login", "add", role, "--role", role, "--no-password"], more].concat());
            assert_eq!(added.code, 0, "{added:?}");
            environment.push(("BAODAO_API_TOKEN", self::token(&url, role)));
        }
        let environment: Vec<(&str, &str)> =
            environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert!(ask(&server.base, "roles.toml", "2", &environment) > 150, "{role}");
    }
}

fn token(url: &str, login: &str) -> String {
    let scopes = ["--scope", "read", "--scope", "submit", "--scope", "events"];
    let issued = run(url, &[&["token", "issue", login, "--label", "fuzz", "--json"][..], &scopes].concat());
    issued.json()["secret"].as_str().unwrap().to_owned()
}
