//! The log over HTTP and on the command line.

use proofs::hash::Sha256;
use proofs::note::Note;
use proofs::tile::{self, Place as At, Tile};
use proofs::tlog_proof::TlogProof;
use proofs::tree::Frontier;
use proofs::{Checkpoint, Hash};
use serde_json::json;
use server::tlog::grow;
use tests::place::Place;
use tests::program::run;
use tests::serving::found;
use tests::town::both;

/// Issue 4 A: tiles for everybody, what was recorded for auditors only; a path that is none is refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tiles_are_public_and_entries_for_auditors() {
    both(async |town| {
        let edge = grow::grow(town.app().store()).await.unwrap();
        let get = async |who: Option<&str>, path: &str| {
            let town = who.map_or(town.clone(), |who| town.acting(who, "x-1"));
            let answer = town.request(reqwest::Method::GET, path).send().await.unwrap();
            (
                answer.status().as_u16(),
                answer.headers()["content-type"].to_str().unwrap().to_owned(),
                answer.bytes().await.unwrap(),
            )
        };
        let tile = Tile::in_tree(0, 0, edge.size());
        let (status, media, bytes) = get(Some("public"), &format!("/v1/log/tile/{}", tile.path())).await;
        assert_eq!((status, media.as_str()), (200, "application/octet-stream"));
        let hashes = tile::hashes(&bytes).unwrap();
        let mut frontier = Frontier::<Sha256>::default();
        for hash in &hashes {
            frontier.push(*hash);
        }
        assert_eq!((frontier.size(), frontier.root()), (edge.size(), edge.root()));
        let entries = format!("/v1/log/tile/{}", At::Entries { index: 0, width: tile.width }.path());
        let (status, _, bundle) = get(Some("auditor"), &entries).await;
        assert_eq!(status, 200);
        let leaves = tile::leaves(&bundle).unwrap();
        assert!(leaves.iter().map(|leaf| Hash::of_leaf(leaf)).eq(hashes));
        for role in [
            "public",
            "resident",
            "member",
            "community-worker",
            "unit",
            "organisation-department",
            "promotion-review",
            "operator",
        ] {
            assert_eq!(get(Some(role), &entries).await.0, 403, "{role}");
        }
        for wrong in [
            "0/000",
            "0/001",
            "1/000.p/1",
            "0/0",
            "0/000.p/0",
            "0/000.p/256",
            "entries/9",
            "x",
            "0/000.p/1/x",
            "64/000",
            "0/..%2f..%2fetc",
        ] {
            assert_eq!(get(Some("auditor"), &format!("/v1/log/tile/{wrong}")).await.0, 404, "{wrong}");
        }
        let (status, _, _) = get(None, "/v1/log/checkpoint").await;
        assert_eq!(status, 404, "nobody signs this one");
    })
    .await;
}

/// Issue 4 A: a ledger in a file is signed from the first day on, without set-up; what is written out is a log that others read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ledger_in_a_file_is_signed_without_set_up() {
    let place = Place::sqlite();
    let url = place.url();
    tokio::task::block_in_place(|| {
        found(&url);
        let status = run(&url, &["log", "status", "--json"]).json();
        assert_eq!((&status["grown"], &status["signed"]), (&json!(0), &json!(null)));
        let said = run(&url, &["log", "checkpoint"]);
        assert_eq!(said.code, 0, "{said:?}");
        let note = Note::parse(said.out.as_bytes()).unwrap();
        let checkpoint = Checkpoint::of(&note).unwrap();
        let Place::Sqlite(folder) = &place else { unreachable!() };
        let key = std::fs::read_to_string(folder.path().join("ledger.db-log/public.key")).unwrap();
        assert!(key.starts_with("baodao.local/"));
        let audited = run(&url, &["audit", "--key", key.trim()]);
        assert_eq!(audited.code, 0, "{audited:?}");
        let told = run(&url, &["log", "proof", "7", "--json"]).json();
        let leaf = proofs::encoding::from_base64(told["leaf"].as_str().unwrap()).unwrap();
        let proof = TlogProof::parse(told["proof"].as_str().unwrap().as_bytes()).unwrap();
        assert!(
            proof.proves(Hash::of_leaf(&leaf), &checkpoint)
                && !proof.proves(Hash::of_leaf(b"other"), &checkpoint)
        );
        assert_eq!(run(&url, &["log", "proof", "7"]).out, proof.text());
        let beyond = (checkpoint.size + 1).to_string();
        for nowhere in ["0", &beyond] {
            assert_eq!(run(&url, &["log", "proof", nowhere]).code, 1, "{nowhere}");
        }
        let out = folder.path().join("log");
        assert_eq!(run(&url, &["log", "export", out.to_str().unwrap()]).code, 0);
        assert_eq!(std::fs::read_to_string(out.join("checkpoint")).unwrap(), note.to_string());
        let mut frontier = Frontier::<Sha256>::default();
        for tile in Tile::all(checkpoint.size).filter(|tile| tile.level == 0) {
            let bundle = std::fs::read(
                out.join("tile").join(At::Entries { index: tile.index, width: tile.width }.path()),
            )
            .unwrap();
            tile::leaves(&bundle).unwrap().iter().for_each(|leaf| frontier.push(Hash::of_leaf(leaf)));
        }
        assert_eq!((frontier.size(), frontier.root()), (checkpoint.size, checkpoint.root));
        let again = run(&url, &["log", "export", out.to_str().unwrap()]);
        assert!(again.code == 1 && again.err.contains("there already"), "{again:?}");
        // Others may not read the key.
        let secret = folder.path().join("ledger.db-log/private.key");
        std::fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
        let said = run(&url, &["log", "checkpoint"]);
        assert!(said.code == 1 && said.err.contains("can be read by others"), "{said:?}");
    });
}

/// Issue 4 A: an entry bundle tells the length of an event in two bytes; one that is longer is refused and says what to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_too_long_for_the_log_is_refused() {
    both(async |town| {
        let agree = |items: usize| {
            let items: Vec<String> = (0..items).map(|n| format!("{n:060}")).collect();
            json!({"division": "520201016001", "unit": "u-tax", "percent": 40, "items": items, "from": "2026-04-01"})
        };
        let before = town.position_now().await;
        town.refused("agree-weight", agree(1_100), 422, "record.too_long").await;
        assert_eq!(town.position_now().await, before);
        town.ok("agree-weight", agree(900)).await;
        let size = grow::grow(town.app().store()).await.unwrap().size();
        let tile = Tile::in_tree(0, 0, size);
        let path = format!("/v1/log/tile/{}", At::Entries { index: 0, width: tile.width }.path());
        let bundle = town.acting("auditor", "a-1").request(reqwest::Method::GET, &path).send().await.unwrap();
        assert_eq!(bundle.status(), 200);
    })
    .await;
}
