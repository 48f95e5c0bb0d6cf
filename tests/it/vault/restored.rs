//! A PostgreSQL ledger that comes back from an old backup (docs/operations.md, *Backup*): whom it still knows is forgotten again before anybody is
//! served.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tests::cluster::{self, with_programs};
use tests::place::{Place, Raw};
use tests::serving::{Server, found};

use super::crashes::{erasures, kept, order, submit};
use super::erasing::everything;
use super::scan::verified;

/// Runs one of PostgreSQL's own programs.
fn postgres(program: &str, arguments: &[&str]) {
    let place = with_programs(&[program]).unwrap_or_else(|| panic!("there is no {program}"));
    let said = Command::new(place.join(program)).args(arguments).output().unwrap();
    assert!(said.status.success(), "{program} {arguments:?}: {said:?}");
}

/// The ledger's schema in a file of statements, as `docs/operations.md` tells to back one ledger up.
pub fn dump(place: &Place, file: &Path) {
    let Place::Postgres(schema) = place else { panic!("not in PostgreSQL") };
    let url = place.url();
    let server = url.split('?').next().unwrap();
    postgres("pg_dump", &["-n", schema.name(), "-d", server, "-f", file.to_str().unwrap()]);
}

async fn get(server: &Server, path: &str) -> Value {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.get(format!("{}{path}", server.base)).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.json().await.unwrap()
}

/// Issue 4 C: a backup of a PostgreSQL ledger from before two erasures, restored into another database, tells nothing of those erased since: the
/// register beside the key is held against it before anybody is served, each erasure is recorded again, and everything verifies.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_old_backup_of_postgres_brings_nobody_back() {
    let (place, folder) = (Place::postgres(), tempfile::tempdir().unwrap());
    let (url, key, copy) = (place.url(), folder.path().join("key"), folder.path().join("old.sql"));
    let Place::Postgres(schema) = &place else { unreachable!() };
    let command = |name: &str, data: Value| json!({"command": name, "data": data});
    let erase = |kind: &str, id: &str| {
        command("erase-subject", json!({"kind": kind, "id": id, "ground": "own_request"}))
    };
    tokio::task::block_in_place(|| {
        found(&url);
        assert!(submit(&url, &key, &order("d-1"), None));
        for member in ["m-1", "m-2"] {
            let details = json!({"kind": "member", "id": member, "name": format!("王某{member}")});
            assert!(submit(&url, &key, &command("keep-details", details), None));
        }
        dump(&place, &copy);
        for (kind, id) in [("resident", "r-1"), ("member", "m-1")] {
            assert!(submit(&url, &key, &erase(kind, id), None));
        }
    });
    let sealed = "SELECT sealed FROM vault_entries UNION ALL SELECT wrapped FROM vault_keys";
    let of_others = place.raw().await.texts(sealed).await;
    assert_eq!(of_others.len(), 2, "m-2 is kept");

    let database = schema.name();
    place.raw().await.run(&format!("CREATE DATABASE {database}")).await.unwrap();
    let fresh = Place::again(cluster::url(), database);
    let url = fresh.url();
    tokio::task::block_in_place(|| {
        let server = url.split('?').next().unwrap();
        postgres("psql", &["-q", "-v", "ON_ERROR_STOP=1", "-d", server, "-f", copy.to_str().unwrap()]);
    });
    let raw: Raw = fresh.raw().await;
    assert_eq!((kept(&raw).await, erasures(&raw).await), (vec![4, 3], 0), "the backup knows them");
    let brought_back: Vec<String> =
        raw.texts(sealed).await.into_iter().filter(|text| !of_others.contains(text)).collect();

    let said = |name: &str| folder.path().join(name);
    let environment = [("BAODAO_VAULT_KEY", key.to_str().unwrap())];
    let server = tokio::task::block_in_place(|| {
        Server::start_noting(&url, &environment, &said("answers"), &said("log"))
    });
    // It serves: by now they are gone.
    assert_eq!((kept(&raw).await, erasures(&raw).await), (vec![1, 1], 2));
    let told = everything(&raw).await;
    assert!(!told.iter().any(|value| brought_back.iter().any(|sealed| value.contains(sealed.as_str()))));
    assert!(std::fs::read_to_string(said("log")).unwrap().contains("was a backup restored?"));
    for path in ["/v1/persons/resident/r-1", "/v1/persons/member/m-1"] {
        let person = get(&server, path).await;
        assert_eq!((&person["erased"], &person["details"]), (&json!("replayed"), &json!([])), "{path}");
    }
    let words = get(&server, "/v1/demands/d-1/words").await;
    let words = words["words"].as_array().unwrap();
    assert!(words.len() == 2 && words.iter().all(|word| word["state"] == "forgotten"), "{words:?}");
    let other = get(&server, "/v1/persons/member/m-2").await;
    assert_eq!(other["details"][0]["value"], "王某m-2");
    tokio::task::block_in_place(|| verified(&url, &key));
    drop(server);
    drop(raw);
    place.raw().await.run(&format!("DROP DATABASE {database} WITH (FORCE)")).await.unwrap();
}
