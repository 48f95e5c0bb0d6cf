//! Programs that know nothing of Baodao read our log, and refuse one that was tampered with.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use proofs::encoding::base64url;
use proofs::note::{Note, Verifier};
use proofs::record::Record;
use proofs::tile::{self, Tile};
use proofs::tree::Tree;
use proofs::{Checkpoint, Hash};
use serde_json::Value;
use tests::place::Place;
use tests::program::{Said, run};
use tests::serving::found;

/// A ledger of over 256 events, written out; its folder, its key and its checkpoint.
fn written_out() -> (Place, PathBuf, String, Checkpoint) {
    let place = Place::sqlite();
    let url = place.url();
    found(&url);
    let orders: Vec<String> = (0..300)
        .map(|n| format!(r#"{{"command":"place-order","data":{{"demand":"d-{n}","channel":"online","category":"errands","community":"520201016001","urgency":"routine"}}}}"#))
        .collect();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), orders.join("\n")).unwrap();
    assert_eq!(run(&url, &["submit", file.path().to_str().unwrap()]).code, 0);
    let note = run(&url, &["log", "checkpoint"]);
    let checkpoint = Checkpoint::of(&Note::parse(note.out.as_bytes()).unwrap()).unwrap();
    assert!(checkpoint.size > 300);
    let Place::Sqlite(folder) = &place else { unreachable!() };
    let (out, key) = (folder.path().join("log"), folder.path().join("ledger.db-log/public.key"));
    assert_eq!(run(&url, &["log", "export", out.to_str().unwrap()]).code, 0);
    let key = std::fs::read_to_string(key).unwrap().trim().to_owned();
    (place, out, key, checkpoint)
}

/// Go's own packages for signed notes and tiled logs, as Debian has them.
fn golang() -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("golang/check_log.go");
    let program = std::env::temp_dir().join(format!("check_log-{}", std::process::id()));
    let built = Command::new("go")
        .args(["build", "-o"])
        .arg(&program)
        .arg(source)
        .envs([("GO111MODULE", "off"), ("GOPATH", "/usr/share/gocode"), ("GOFLAGS", "")])
        .env("GOCACHE", std::env::temp_dir().join("baodao-go-cache"))
        .output()
        .expect("there is no `go`: apt-get install golang-go golang-golang-x-mod-dev, or run tests/run");
    assert!(
        built.status.success(),
        "apt-get install golang-golang-x-mod-dev? {}",
        String::from_utf8_lossy(&built.stderr)
    );
    program
}

/// Bends one byte of a file.
fn bend(path: &Path, place: usize) -> Vec<u8> {
    let before = std::fs::read(path).unwrap();
    let mut bent = before.clone();
    bent[place] ^= 1;
    std::fs::write(path, bent).unwrap();
    before
}

/// Issue 4, done when 2: Go's sumdb packages accept our log and reject a tampered one.
#[test]
fn golang_reads_our_log_and_refuses_a_tampered_one() {
    let (_place, out, key, checkpoint) = written_out();
    let program = golang();
    let check = |key: &str| Said::from(Command::new(&program).arg(key).arg(&out).output().unwrap());
    let said = check(&key);
    assert_eq!(
        (said.code, said.out.trim()),
        (0, format!("{} leaves, root {}", checkpoint.size, checkpoint.root).as_str()),
        "{said:?}"
    );
    let tiles = out.join("tile");
    let last = format!("{}", checkpoint.size - 256);
    for (file, place) in [
        (out.join("checkpoint"), 5),
        (tiles.join("0/000"), 77),
        (tiles.join(format!("0/001.p/{last}")), 33),
        (tiles.join("1/000.p/1"), 0),
        (tiles.join("entries/000"), 100),
        (tiles.join(format!("entries/001.p/{last}")), 100),
    ] {
        let before = bend(&file, place);
        let said = check(&key);
        assert_ne!(said.code, 0, "{}: {said:?}", file.display());
        std::fs::write(&file, before).unwrap();
    }
    let other = key.replace(key.split('+').next().unwrap(), "other.example");
    assert_ne!(check(&other).code, 0);
    assert_eq!(check(&key).code, 0);
    std::fs::remove_file(program).unwrap();
}

/// Issue 4, done when 2: a second, independent client: the crates of azul, and the Merkle proofs of ct-merkle.
#[test]
fn other_crates_read_our_log_and_refuse_a_tampered_one() {
    use ct_merkle::{InclusionProof, RootHash};
    use sha2::Sha256;

    let (_place, out, key, checkpoint) = written_out();
    let text = std::fs::read(out.join("checkpoint")).unwrap();
    let verifiers =
        signed_note::VerifierList::new(vec![Box::new(signed_note::StandardVerifier::new(&key).unwrap())]);
    let (verified, _) = signed_note::Note::from_bytes(&text).unwrap().verify(&verifiers).unwrap();
    assert_eq!(verified.len(), 1);
    let mut bent = text.clone();
    bent[3] ^= 1;
    assert!(signed_note::Note::from_bytes(&bent).is_ok_and(|note| note.verify(&verifiers).is_err()));

    let mut leaves = vec![];
    for tile in Tile::all(checkpoint.size).filter(|tile| tile.level == 0) {
        let place = tile::Place::Entries { index: tile.index, width: tile.width };
        let bundle = std::fs::read(out.join("tile").join(place.path())).unwrap();
        leaves.extend(tile::leaves(&bundle).unwrap().into_iter().map(<[u8]>::to_vec));
    }
    let tree: Tree = leaves.iter().map(|leaf| Hash::of_leaf(leaf)).collect();
    let root: RootHash<Sha256> = RootHash::new(checkpoint.root.0.into(), checkpoint.size);
    for index in [0, 1, 255, 256, checkpoint.size - 1] {
        let proof = tree.hashes(proofs::tree::inclusion(index, checkpoint.size).unwrap()).unwrap();
        let bytes: Vec<u8> = proof.iter().flat_map(|hash| hash.0).collect();
        let proof: InclusionProof<Sha256> = InclusionProof::from_bytes(bytes);
        root.verify_inclusion(&leaves[index as usize], index, &proof).unwrap();
        let mut edited = leaves[index as usize].clone();
        edited[20] ^= 1;
        assert!(root.verify_inclusion(&edited, index, &proof).is_err());
    }
}

/// The SD-JWT library of Python, as `tests/run` installs it.
fn python(key: &str, statement: &str) -> Said {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| tests.with_file_name("target"), PathBuf::from);
    let mut asked = Command::new(target.join("tools/sd-jwt/bin/python"))
        .arg(tests.join("sd_jwt/check_statement.py"))
        .arg(key)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("there is no SD-JWT library in target/tools/sd-jwt: tests/run installs it");
    asked.stdin.take().unwrap().write_all(statement.as_bytes()).unwrap();
    Said::from(asked.wait_with_output().unwrap())
}

/// Issue 4 B: the library of the people who wrote RFC 9901 accepts a statement of ours, with and without the name, and refuses what was
/// tampered with.
#[test]
fn python_reads_our_statement_and_refuses_a_tampered_one() {
    let place = Place::sqlite();
    let url = place.url();
    found(&url);
    let made = run(&url, &["record", "m-1", "--purpose", "任前核查", "--name", "张三"]);
    assert_eq!(made.code, 0, "{made:?}");
    let record: Record = serde_json::from_str(&made.out).unwrap();
    let Place::Sqlite(folder) = &place else { unreachable!() };
    let key = std::fs::read_to_string(folder.path().join("ledger.db-log/statement-public.key")).unwrap();
    let key = base64url(Verifier::parse(key.trim()).unwrap().key());
    let statement = record.statement.unwrap();
    let said = python(&key, &statement);
    assert_eq!(said.code, 0, "{said:?}");
    let read: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(
        (&read["sub"], &read["name"], &read["purpose"]),
        (&"m-1".into(), &"张三".into(), &"任前核查".into())
    );
    let (jwt, shown) = statement.split_once('~').unwrap();
    let said = python(&key, &format!("{jwt}~"));
    assert!(said.code == 0 && !said.out.contains("name"), "{said:?}");
    for at in [10, jwt.len() / 2, jwt.len() - 20] {
        let other = if jwt.as_bytes()[at] == b'A' { "B" } else { "A" };
        let bent = format!("{}{other}{}~{shown}", &jwt[..at], &jwt[at + 1..]);
        assert_ne!(python(&key, &bent).code, 0, "{bent}");
    }
    let other = shown.replace(&shown[30..34], "AAAA");
    assert_ne!(python(&key, &format!("{jwt}~{other}")).code, 0);
    assert_ne!(python(&base64url(&[9; 32]), &statement).code, 0);
}
