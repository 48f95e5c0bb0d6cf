//! Logins at the command line, and the first one.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Stdio};

use reqwest::Client;
use serde_json::{Value, json};
use tests::place::Place;
use tests::program::{baodao, end, run};

/// Ends with the test, however that ends.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn serve(url: &str) -> (Serving, Value) {
    let mut command = baodao(url, &["serve", "--listen", "127.0.0.1:0", "--json"]);
    command.env_remove("BAODAO_CALLERS").stdout(Stdio::piped()).stdin(Stdio::null());
    let mut process = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (Serving(process), serde_json::from_str(&line).unwrap())
}

/// Issue 4 D: built-in accounts are there from the first start: one operator, whose password was made then and is told once; he adds others
/// at the command line, and takes them away.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_login_is_made_with_the_ledger_and_makes_others() {
    let place = Place::sqlite();
    let url = place.url();
    let (mut process, told) = serve(&url);
    let first = &told["first_logins"][0];
    let (login, password) = (first["login"].as_str().unwrap(), first["password"].as_str().unwrap());
    assert_eq!((login, password.len()), ("operator", 31));
    let base = told["listening"].as_str().unwrap().trim_end_matches('/').to_owned();
    let client = Client::builder().no_proxy().build().unwrap();
    let enter = async |login: &str, password: &str| {
        let answer =
            client.post(format!("{base}/v1/session")).json(&json!({"login": login, "password": password}));
        let answer = answer.send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let (status, session) = enter(login, password).await;
    assert_eq!((status, &session["role"]), (200, &json!("operator")));
    // Beside the running server.
    let added = run(&url, &["login", "add", "li", "--role", "auditor", "--json"]).json();
    assert_eq!(enter("li", added["password"].as_str().unwrap()).await.1["role"], "auditor");
    let mut typed = baodao(&url, &["login", "password", "li", "--password-stdin"]);
    let mut typed = typed.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    typed.stdin.take().unwrap().write_all("三十六条狗追不上的一只猫\n".as_bytes()).unwrap();
    assert!(typed.wait().unwrap().success());
    assert_eq!(enter("li", "三十六条狗追不上的一只猫").await.0, 200);
    let refused = run(&url, &["login", "add", "x", "--role", "community-worker"]);
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("organisation") || refused.err.contains("body"), "{refused:?}");
    let token = run(&url, &["token", "issue", "li", "--label", "bureau", "--scope", "read", "--json"]).json();
    let listed = run(&url, &["token", "list", "--json"]).json();
    assert_eq!((&listed[0]["token"], &listed[0]["label"]), (&token["token"], &json!("bureau")));
    assert!(!listed.to_string().contains(token["secret"].as_str().unwrap()));
    assert_eq!(run(&url, &["login", "close", "li"]).code, 0);
    assert_eq!(enter("li", "三十六条狗追不上的一只猫").await.0, 401);
    let logins = run(&url, &["login", "list", "--json"]).json();
    assert_eq!(logins.as_array().unwrap().len(), 2);
    end(&mut process.0);
    let (mut process, told) = serve(&url);
    assert_eq!(told["first_logins"], json!([]), "told once");
    end(&mut process.0);
}

/// Issue 4 D: the ledger in a file, its companions, its keys and its copies are for their owner alone: logins are in it.
#[test]
fn the_ledgers_files_are_for_their_owner_alone() {
    let place = Place::sqlite();
    let (mut process, _) = serve(&place.url());
    let Place::Sqlite(folder) = &place else { unreachable!() };
    let copy = folder.path().join("copy.db");
    let copied = run(&place.url(), &["backup", copy.to_str().unwrap()]);
    assert_eq!(copied.code, 0, "{copied:?}");
    let mut seen = 0;
    let mut folders = vec![folder.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let metadata = entry.metadata().unwrap();
            if metadata.is_dir() {
                folders.push(entry.path());
                continue;
            }
            assert_eq!(metadata.permissions().mode() & 0o077, 0, "{}", entry.path().display());
            seen += 1;
        }
    }
    assert!(seen >= 6, "{seen} files");
    end(&mut process.0);
}
