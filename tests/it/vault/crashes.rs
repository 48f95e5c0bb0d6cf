//! Crashes in the middle, backups from before, and what is left over: nothing that is forgotten stays or comes back.

use std::path::Path;
use std::sync::Arc;

use chrono::Utc;
use commands::{Clock, Envelope, registry};
use serde_json::{Value, json};
use server::App;
use server::app::Options;
use server::clock::{ManualClock, SystemClock};
use server::http::caller::Caller;
use server::vault::home::Home;
use tests::place::{Place, Raw};
use tests::program::{baodao, run};
use tests::serving::{Server, found};

pub fn order(demand: &str) -> Value {
    json!({"command": "place-order", "data": {"demand": demand, "channel": "window", "category": "errands",
        "community": "520201016001", "urgency": "routine", "placed_by": "r-1", "text": "words", "contact_phone": "138"}})
}

/// Submits a line by `baodao submit`, with a fault if one is given; whether it was stored.
pub fn submit(url: &str, key: &Path, line: &Value, fault: Option<&str>) -> bool {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), line.to_string()).unwrap();
    let mut command =
        baodao(url, &["submit", file.path().to_str().unwrap(), "--vault-key", key.to_str().unwrap()]);
    if let Some(fault) = fault {
        command.env("BAODAO_FAULT", format!("{fault}@1"));
    }
    let output = command.output().unwrap();
    assert_eq!(output.status.code().is_none(), fault.is_some(), "{output:?}");
    output.status.success()
}

async fn open(place: &Place, key: &Path, clock: Arc<dyn Clock>) -> App {
    let vault = Some(Home::new(key.to_owned()));
    App::open(
        &place.url(),
        clock,
        Options { react: None, keep: None, publish: None, vault, ..Options::default() },
    )
    .await
    .unwrap()
}

pub async fn kept(raw: &Raw) -> Vec<i64> {
    raw.numbers("SELECT count(*) FROM vault_entries UNION ALL SELECT count(*) FROM vault_keys").await
}

pub async fn erasures(raw: &Raw) -> i64 {
    raw.numbers("SELECT count(*) FROM events WHERE event_type = 'SubjectErased'").await[0]
}

on_both!(
    an_erasure_that_broke_off_is_completed_before_anybody_is_served,
    what_was_kept_for_a_command_that_was_never_recorded_is_swept,
    the_key_changes_as_a_whole_wherever_it_breaks_off,
    a_running_server_finds_the_new_key_by_itself,
    a_rehearsal_keeps_nothing_and_without_a_key_nothing_personal_is_taken,
);

/// Issue 4 C: wherever an erasure breaks off once it is registered, it is complete before anybody is served again.
async fn an_erasure_that_broke_off_is_completed_before_anybody_is_served(place: Place) {
    let (url, folder) = (place.url(), tempfile::tempdir().unwrap());
    tokio::task::block_in_place(|| found(&url));
    for (round, fault) in
        ["erasure_registered", "before_commit", "erasure_recorded", "erasure_done"].iter().enumerate()
    {
        // A register each: the ledger is the same.
        let key = folder.path().join("key");
        let raw = place.raw().await;
        let resident = format!("r-{round}");
        let mut line = order(&format!("d-{round}"));
        line["data"]["placed_by"] = json!(resident);
        let erase = json!({"command": "erase-subject", "data": {"kind": "resident", "id": resident, "ground": "own_request"}});
        tokio::task::block_in_place(|| {
            assert!(submit(&url, &key, &line, None));
            submit(&url, &key, &erase, Some(fault));
        });
        let app = open(&place, &key, Arc::new(SystemClock)).await;
        assert_eq!((kept(&raw).await, erasures(&raw).await), (vec![0, 0], round as i64 + 1), "{fault}");
        app.close().await;
        let said =
            tokio::task::block_in_place(|| run(&url, &["verify", "--vault-key", key.to_str().unwrap()]));
        assert_eq!(said.code, 0, "{fault}: {said:?}");
    }
}

/// Issue 4 C: what was kept for a command that was never recorded is swept after a day; told again before, it is recorded as if nothing had been.
async fn what_was_kept_for_a_command_that_was_never_recorded_is_swept(place: Place) {
    let (url, folder) = (place.url(), tempfile::tempdir().unwrap());
    let key = folder.path().join("key");
    let mut line = order("d-1");
    line["id"] = json!("00000000-0000-4000-8000-000000000001");
    tokio::task::block_in_place(|| {
        found(&url);
        submit(&url, &key, &line, Some("vault_kept"));
    });
    let raw = place.raw().await;
    assert_eq!(kept(&raw).await, [2, 1]);
    assert!(tokio::task::block_in_place(|| submit(&url, &key, &line, None)));
    tokio::task::block_in_place(|| submit(&url, &key, &order("d-2"), Some("vault_kept")));
    assert_eq!(kept(&raw).await, [4, 2]);
    let clock = Arc::new(ManualClock::new(Utc::now() + chrono::TimeDelta::hours(23)));
    let app = open(&place, &key, clock.clone()).await;
    app.vault().keep_house(app.desk()).await.unwrap();
    assert_eq!(kept(&raw).await, [4, 2]);
    clock.set(Utc::now() + chrono::TimeDelta::hours(25));
    app.vault().keep_house(app.desk()).await.unwrap();
    assert_eq!(kept(&raw).await, [2, 1]);
    app.close().await;
}

/// Issue 4 C: the key changes as a whole, wherever it breaks off; what is kept stays readable, and only by the key of today.
async fn the_key_changes_as_a_whole_wherever_it_breaks_off(place: Place) {
    let (url, folder) = (place.url(), tempfile::tempdir().unwrap());
    let key = folder.path().join("key");
    tokio::task::block_in_place(|| {
        found(&url);
        assert!(submit(&url, &key, &order("d-1"), None));
        let args = ["vault", "rotate", "--vault-key", key.to_str().unwrap()];
        let mut before = std::fs::read_to_string(&key).unwrap();
        for (fault, is_new) in [(Some("key_put_aside"), false), (Some("keys_rewrapped"), true), (None, true)]
        {
            let mut command = baodao(&url, &args);
            if let Some(fault) = fault {
                command.env("BAODAO_FAULT", format!("{fault}@1"));
            }
            assert_eq!(command.output().unwrap().status.success(), fault.is_none());
            let said =
                run(&url, &["person", "export", "resident", "r-1", "--vault-key", key.to_str().unwrap()]);
            assert!(said.code == 0 && said.out.contains("\"138\""), "{fault:?}: {said:?}");
            let now = std::fs::read_to_string(&key).unwrap();
            assert_eq!(now != before, is_new, "{fault:?}");
            before = now;
        }
        std::fs::write(&key, format!("{}\n", "0".repeat(64))).unwrap();
        let said = run(&url, &["person", "export", "resident", "r-1", "--vault-key", key.to_str().unwrap()]);
        assert!(said.code == 1 && said.err.contains("does not hold the key"), "{said:?}");
    });
}

/// Issue 4 C: when the key is changed a server that runs goes on with the new one: it opens what is there, and seals what comes.
async fn a_running_server_finds_the_new_key_by_itself(place: Place) {
    let (url, folder) = (place.url(), tempfile::tempdir().unwrap());
    let key = folder.path().join("key");
    tokio::task::block_in_place(|| found(&url));
    let key = key.to_str().unwrap();
    let server = Server::start_with(&url, &[("BAODAO_VAULT_KEY", key)]);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let submit = async |demand: &str| {
        let line = order(demand);
        let asked = client.post(format!("{}/v1/commands/place-order", server.base)).json(&line["data"]);
        asked.send().await.unwrap().status().as_u16()
    };
    let phone = async |demand: &str| {
        let asked = client.get(format!("{}/v1/demands/{demand}/words", server.base));
        asked.send().await.unwrap().text().await.unwrap()
    };
    assert_eq!(submit("d-1").await, 201);
    assert!(phone("d-1").await.contains("\"138\""));
    let before = std::fs::read_to_string(key).unwrap();
    for demand in ["d-2", "d-3"] {
        let rotated = tokio::task::block_in_place(|| run(&url, &["vault", "rotate", "--vault-key", key]));
        assert_eq!(rotated.code, 0, "{rotated:?}");
        assert_eq!(submit(demand).await, 201);
        for kept in ["d-1", demand] {
            let told = phone(kept).await;
            assert!(told.contains("\"138\""), "{kept}: {told}");
        }
    }
    assert_ne!(std::fs::read_to_string(key).unwrap(), before);
    drop(server);
    let said = tokio::task::block_in_place(|| run(&url, &["verify", "--vault-key", key]));
    assert_eq!(said.code, 0, "{said:?}");
}

/// Issue 4 C: a rehearsal keeps nothing; where no key is configured, what is personal is refused with what to do, and everything else goes on.
async fn a_rehearsal_keeps_nothing_and_without_a_key_nothing_personal_is_taken(place: Place) {
    let (url, folder) = (place.url(), tempfile::tempdir().unwrap());
    tokio::task::block_in_place(|| found(&url));
    let raw = place.raw().await;
    let line = order("d-1");
    let command = registry::parse("place-order", &line["data"].to_string()).unwrap();
    let app = open(&place, &folder.path().join("key"), Arc::new(SystemClock)).await;
    let rehearsal = app.desk().rehearse(&Envelope::new(Caller::local()), command.as_ref()).await.unwrap();
    assert_eq!(rehearsal.events.get("DemandPlaced"), Some(&1));
    assert_eq!(kept(&raw).await, [0, 0]);
    app.close().await;
    let app =
        App::open(&url, Arc::new(SystemClock), Options { react: None, ..Options::default() }).await.unwrap();
    let refused = app.desk().submit(&Envelope::new(Caller::local()), command.as_ref()).await.unwrap_err();
    assert!(refused.to_string().contains("--vault-key"), "{refused}");
    let mut plain = line["data"].clone();
    for field in ["text", "contact_phone"] {
        plain.as_object_mut().unwrap().remove(field);
    }
    let command = registry::parse("place-order", &plain.to_string()).unwrap();
    app.desk().submit(&Envelope::new(Caller::local()), command.as_ref()).await.unwrap();
    app.close().await;
}

/// Issue 4 C: an old backup that knows whom was erased since is erased again before anybody is served, and records it again.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_old_backup_brings_nobody_back() {
    let place = Place::sqlite();
    let (url, folder) = (place.url(), tempfile::tempdir().unwrap());
    let key = folder.path().join("key");
    let Place::Sqlite(ledger) = &place else { unreachable!() };
    let (file, copy) = (ledger.path().join("ledger.db"), folder.path().join("old.db"));
    let erase = json!({"command": "erase-subject", "data": {"kind": "resident", "id": "r-1", "ground": "own_request"}});
    tokio::task::block_in_place(|| {
        found(&url);
        assert!(submit(&url, &key, &order("d-1"), None));
        assert_eq!(run(&url, &["backup", copy.to_str().unwrap()]).code, 0);
        assert!(submit(&url, &key, &erase, None));
        for part in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{part}", file.display()));
        }
        std::fs::copy(&copy, &file).unwrap();
    });
    assert_eq!(kept(&place.raw().await).await, [2, 1]);
    let app = open(&place, &key, Arc::new(SystemClock)).await;
    let raw = place.raw().await;
    assert_eq!((kept(&raw).await, erasures(&raw).await), (vec![0, 0], 1));
    app.close().await;
    let register = std::fs::read_to_string(folder.path().join("key.erased")).unwrap();
    assert_eq!(register, "resident:r-1\n");
}
