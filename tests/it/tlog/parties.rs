//! The signer and witnesses as processes of their own, as `baodao` runs them.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use proofs::note::Note;
use proofs::policy::Policy;
use serde_json::{Value, json};
use tests::place::Place;
use tests::program::{Said, baodao, end, run};
use tests::serving::found;
use tokio::task::block_in_place;

use super::ledger::unguard;

on_both!(
    a_ledger_is_signed_and_witnessed_by_others,
    without_the_witnesses_that_are_asked_for_nothing_is_published,
    the_signer_refuses_a_rewritten_history_and_strangers,
);

/// A service of ours, and what it said when it began.
pub struct Service {
    process: Child,
    pub told: Value,
}

impl Service {
    pub fn start(database: &str, arguments: &[&str]) -> Self {
        let mut command = baodao(database, arguments);
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
        Self { process, told }
    }

    pub fn text(&self, name: &str) -> &str {
        self.told[name].as_str().unwrap()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if self.process.try_wait().is_ok_and(|ended| ended.is_some()) {
            return;
        }
        if std::thread::panicking() {
            let _ = self.process.kill();
            let _ = self.process.wait();
        } else {
            end(&mut self.process);
        }
    }
}

fn key(folder: &Path, name: &str, witness: bool) -> String {
    let mut arguments = vec!["key", folder.to_str().unwrap(), "--name", name, "--json"];
    arguments.extend(witness.then_some("--witness"));
    run("sqlite://none.db", &arguments).json()["public_key"].as_str().unwrap().to_owned()
}

/// A ledger whose signer and two witnesses are processes of their own.
struct Parties {
    url: String,
    folder: tempfile::TempDir,
    log: String,
    keys: [String; 2],
    signer: Service,
    witnesses: [Service; 2],
}

const WITNESSES: [&str; 2] = ["archives", "discipline"];

impl Parties {
    fn new(place: &Place) -> Self {
        let (url, folder) = (place.url(), tempfile::tempdir().unwrap());
        found(&url);
        let file = |name: &str| folder.path().join(name);
        let log = key(&file("signer"), "ledger.example/5202", false);
        let keys = WITNESSES.map(|name| key(&file(name), &format!("witness.example/{name}"), true));
        std::fs::write(file("logs"), format!("log {log}\nquorum none\n")).unwrap();
        let folder_of_signer = file("signer");
        let arguments = ["signer", folder_of_signer.to_str().unwrap(), "--listen", "127.0.0.1:0", "--json"];
        let signer = Service::start(&url, &arguments);
        assert_eq!(signer.text("public_key"), log);
        let witnesses = WITNESSES.map(|name| witness(&url, folder.path(), name));
        let parties = Self { url, folder, log, keys, signer, witnesses };
        parties.write_policy();
        parties
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn write_policy(&self) {
        let mut policy = format!("log {}\n", self.log);
        for ((name, key), service) in WITNESSES.iter().zip(&self.keys).zip(&self.witnesses) {
            writeln!(policy, "witness {name} {key} {}", service.text("listening")).unwrap();
        }
        policy.push_str("group both all archives discipline\nquorum both\n");
        std::fs::write(self.file("policy"), &policy).unwrap();
    }

    fn policy(&self) -> Policy {
        Policy::parse(&std::fs::read_to_string(self.file("policy")).unwrap()).unwrap()
    }

    /// Arguments of a command that signs.
    fn signing(&self, what: &[&str]) -> Vec<String> {
        let own = ["--log-signer", self.signer.text("listening"), "--log-signer-key", &self.log];
        let more = ["--log-signer-token", self.signer.text("token"), "--log-policy", &self.file("policy")];
        what.iter().chain(&own).chain(&more).map(ToString::to_string).collect()
    }

    fn run(&self, arguments: &[String]) -> Said {
        run(&self.url, &arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn checkpoint(&self) -> Said {
        self.run(&self.signing(&["log", "checkpoint"]))
    }

    fn submit(&self, line: &Value) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), line.to_string()).unwrap();
        assert_eq!(run(&self.url, &["submit", file.path().to_str().unwrap()]).code, 0);
    }
}

fn witness(url: &str, folder: &Path, name: &str) -> Service {
    let (own, logs) = (folder.join(name), folder.join("logs"));
    let logs = logs.to_str().unwrap();
    Service::start(
        url,
        &["witness", own.to_str().unwrap(), "--policy", logs, "--listen", "127.0.0.1:0", "--json"],
    )
}

fn order(demand: &str) -> Value {
    json!({"demand": demand, "channel": "online", "category": "errands", "community": "520201016001", "urgency": "routine"})
}

/// Issue 4 A: the signer is a process of its own, two other bodies witness, and the server has checkpoints made by itself.
async fn a_ledger_is_signed_and_witnessed_by_others(place: Place) {
    let parties = block_in_place(|| Parties::new(&place));
    let first = block_in_place(|| parties.checkpoint());
    assert_eq!(first.code, 0, "{first:?}");
    let trusted = parties.policy().trust(&Note::parse(first.out.as_bytes()).unwrap()).unwrap();
    assert_eq!(trusted.witnessed.len(), 2);

    let serve = parties.signing(&["serve", "--listen", "127.0.0.1:0", "--json"]);
    let serve: Vec<&str> = serve.iter().map(String::as_str).collect();
    let server = block_in_place(|| Service::start(&parties.url, &serve));
    let base = server.text("listening").trim_end_matches('/').to_owned();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let placed =
        client.post(format!("{base}/v1/commands/place-order")).json(&order("d-7")).send().await.unwrap();
    let position = placed.json::<Value>().await.unwrap()["position"].as_u64().unwrap();
    let mut size = 0;
    for _ in 0..200 {
        let text =
            client.get(format!("{base}/v1/log/checkpoint")).send().await.unwrap().text().await.unwrap();
        size = parties.policy().trust(&Note::parse(text.as_bytes()).unwrap()).unwrap().checkpoint.size;
        if size >= position {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(size >= position, "{size} of {position}");
    block_in_place(|| drop(server));
    let audited = block_in_place(|| run(&parties.url, &["audit", "--policy", &parties.file("policy")]));
    assert_eq!(audited.code, 0, "{audited:?}");
    block_in_place(|| drop(parties));
}

/// Issue 4 A: the policy says how many must have cosigned; a witness that comes back knows what it cosigned.
async fn without_the_witnesses_that_are_asked_for_nothing_is_published(place: Place) {
    block_in_place(|| {
        let mut parties = Parties::new(&place);
        let before = parties.checkpoint();
        assert_eq!(before.code, 0, "{before:?}");
        end(&mut parties.witnesses[1].process);
        parties.submit(&json!({"command": "place-order", "data": order("d-7")}));
        let said = parties.checkpoint();
        assert!(
            said.code == 1 && said.err.contains("discipline:") && said.err.contains("more witnesses"),
            "{said:?}"
        );
        let status = run(&parties.url, &["log", "status", "--json"]).json();
        assert_eq!(status["checkpoint"].as_str().unwrap().trim(), before.out.trim(), "the old one stands");
        parties.witnesses[1] = witness(&parties.url, parties.folder.path(), "discipline");
        parties.write_policy();
        let after = parties.checkpoint();
        assert_eq!(after.code, 0, "{after:?}");
        assert_ne!(after.out, before.out);
    });
}

/// Issue 4 A: history is rewritten and the tree grown anew: the signer says no, and where. Nor does it let a stranger in.
async fn the_signer_refuses_a_rewritten_history_and_strangers(place: Place) {
    let parties = block_in_place(|| Parties::new(&place));
    assert_eq!(block_in_place(|| parties.checkpoint()).code, 0);
    let raw = place.raw().await;
    unguard(&raw).await;
    raw.run("UPDATE events SET event_version = '9.9' WHERE position = 3").await.unwrap();
    let policy = parties.file("policy");
    let audited = block_in_place(|| run(&parties.url, &["audit", "--log-only", "--policy", &policy]));
    assert!(audited.code == 1 && audited.err.contains("position 3"), "{audited:?}");
    raw.run("DELETE FROM log_tiles; DELETE FROM log_edge; DELETE FROM log_heads; DELETE FROM log_checkpoints; UPDATE log_tree SET size = 0").await.unwrap();
    let said = block_in_place(|| parties.checkpoint());
    assert!(
        said.code == 1 && said.err.contains("history was rewritten") && said.err.contains("from 1 to"),
        "{said:?}"
    );
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let address = format!("{}checkpoint", parties.signer.text("listening"));
    assert_eq!(client.get(&address).bearer_auth("guess").send().await.unwrap().status(), 401);
    assert_eq!(client.get(&address).send().await.unwrap().status(), 401);
    block_in_place(|| drop(parties));
}

/// Issue 4 A: two servers on one file: one signs, and when it is gone the other does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_servers_one_signs_and_the_other_takes_its_place() {
    let place = Place::sqlite();
    let url = place.url();
    block_in_place(|| found(&url));
    let serve = || block_in_place(|| Service::start(&url, &["serve", "--listen", "127.0.0.1:0", "--json"]));
    let (one, other) = (serve(), serve());
    let base = other.text("listening").trim_end_matches('/').to_owned();
    block_in_place(|| drop(one));
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let placed =
        client.post(format!("{base}/v1/commands/place-order")).json(&order("d-7")).send().await.unwrap();
    let position = placed.json::<Value>().await.unwrap()["position"].as_u64().unwrap();
    let mut size = 0;
    for _ in 0..200 {
        let answer = client.get(format!("{base}/v1/log/checkpoint")).send().await.unwrap();
        if answer.status() == 200 {
            let note = Note::parse(answer.text().await.unwrap().as_bytes()).unwrap();
            size = proofs::Checkpoint::of(&note).unwrap().size;
        }
        if size >= position {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(size >= position, "{size} of {position}");
    block_in_place(|| drop(other));
}
