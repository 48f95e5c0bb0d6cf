//! The second line of a checkpoint, by an SM2 key: who asks for it, and who is not disturbed by it.

use std::path::Path;
use std::process::Command;

use proofs::growth::Request;
use proofs::note::{Kind, Note, Signer, Verifier};
use proofs::policy::Policy;
use server::tlog::audit::Brought;
use server::tlog::home::Home;
use server::tlog::prove;
use server::tlog::signer::LogSigner;
use server::tlog::witness::{Witness, WitnessError};
use tests::place::Place;
use tests::program::{Said, run};
use tests::serving::found;
use tokio::task::block_in_place;

use super::attacks::CHECKPOINTS;
use super::ledger::{Ledger, ORIGIN, SIGNED};
use super::parties::Service;
use super::twice::judge;

on_both!(
    attack_take_the_second_line_away,
    attack_forge_the_second_line,
    a_ledger_is_signed_twice_where_that_is_asked_for,
    a_record_is_verified_under_both_policies,
    a_signer_elsewhere_signs_twice,
);

/// Puts another note in the place of a checkpoint, and tells what an auditor finds who asks for the second line, and one who does not.
async fn found_with(ledger: &Ledger, change: impl FnOnce(&mut Note)) -> [usize; 2] {
    let mut note = Note::parse(ledger.checkpoints[1].note.as_bytes()).unwrap();
    change(&mut note);
    ledger.tamper(&format!("UPDATE log_checkpoints SET note = '{note}' WHERE size = 260")).await;
    let mut counts = [0; 2];
    for (count, policy) in counts.iter_mut().zip([ledger.sm_policy(), ledger.policy()]) {
        let found = ledger.found_by(&Brought { policy: Some(policy), known: None }).await;
        assert!(found.is_empty() || found == [CHECKPOINTS].into(), "{found:?}");
        *count = found.len();
    }
    counts
}

/// Issue 4, attacks: the line of the SM2 key is taken away, or that of the other key.
async fn attack_take_the_second_line_away(place: Place) {
    let ledger = Ledger::with_sm(place).await;
    assert_eq!(found_with(&ledger, |_| {}).await, [0, 0]);
    assert_eq!(found_with(&ledger, |note| drop(note.signatures.pop())).await, [1, 0]);
    assert_eq!(found_with(&ledger, |note| drop(note.signatures.remove(0))).await, [1, 1]);
}

/// Issue 4, attacks: a line of somebody else's SM2 key, under our name and then under our number; ours over something else.
async fn attack_forge_the_second_line(place: Place) {
    let ledger = Ledger::with_sm(place).await;
    let forged = Signer::new(ORIGIN, Kind::Sm2, &[9; 32]).unwrap();
    let put = |note: &mut Note, signer: &Signer, text: &str| note.signatures[1] = signer.sign(text, 0);
    assert_eq!(found_with(&ledger, |note| put(note, &forged, &note.text.clone())).await, [1, 0]);
    let under_our_number = |note: &mut Note| {
        let id = note.signatures[1].id;
        put(note, &forged, &note.text.clone());
        note.signatures[1].id = id;
    };
    assert_eq!(found_with(&ledger, under_our_number).await, [1, 0]);
    let ours = ledger.stolen_sm_key();
    assert_eq!(found_with(&ledger, |note| put(note, &ours, "something else\n")).await, [1, 0]);
    assert_eq!(found_with(&ledger, |_| {}).await, [0, 0]);
}

/// Issue 4 A: a witness whose policy names the SM2 key cosigns nothing without its line, and keeps both lines.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_witness_that_asks_for_both_lines_gets_both() {
    let ledger = Ledger::with_sm(Place::sqlite()).await;
    let folder = tempfile::tempdir().unwrap();
    let home = Home::open(folder.path()).unwrap();
    home.make_key("witness.example/archives", Kind::Cosignature).unwrap();
    let witness = Witness::open(home, &ledger.sm_policy()).unwrap();
    let mut note = Note::parse(ledger.checkpoints[0].note.as_bytes()).unwrap();
    let request = |note: &Note| Request { old: 0, proof: vec![], rest: note.to_string() };
    let second = note.signatures.pop().unwrap();
    assert!(matches!(witness.cosign(&request(&note), 7), Err(WitnessError::BadSignature(_))));
    note.signatures.push(second);
    witness.cosign(&request(&note), 7).unwrap();
    let hashed = {
        use sha2::Digest;
        sha2::Sha256::digest(ORIGIN).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
    };
    let kept = witness.checkpoint(&hashed).unwrap();
    assert!(kept.signatures.len() == 3 && ledger.sm_policy().trust_log(&kept).is_ok());
}

/// Issue 4 A: a signer that is given an SM2 key signs the same checkpoint once more; the key of another log it does not take.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signer_takes_the_sm2_key_of_its_log_and_no_other() {
    let ledger = Ledger::new(Place::sqlite()).await;
    let Ledger { seal, signer, sm_key, publisher, checkpoints, store, .. } = ledger;
    let note = Note::parse(checkpoints[2].note.as_bytes()).unwrap();
    drop((publisher, seal));
    let open = || LogSigner::open(Home::open(&signer).unwrap()).unwrap();
    let signer = open().with_second(Some(&sm_key)).unwrap();
    let proof = prove::consistency(&store, SIGNED[2], SIGNED[2]).await.unwrap();
    let twice = signer.sign(&Request { old: SIGNED[2], proof, rest: note.text.clone() }).unwrap();
    assert_eq!((twice.signatures.len(), &twice.signatures[0]), (2, &note.signatures[0]));
    drop(signer);
    let other = tempfile::tempdir().unwrap();
    for (name, kind) in [("other.example", Kind::Sm2), (ORIGIN, Kind::Note)] {
        let folder = other.path().join(name.replace('/', "-"));
        Home::open(&folder).unwrap().make_key(name, kind).unwrap();
        let refused = open().with_second(Some(&folder.join("private.key"))).unwrap_err().to_string();
        assert!(refused.contains("expected the SM2 key of this log"), "{refused}");
    }
}

/// Why the page does not read a policy.
fn refused_by_page(policy: &str) -> String {
    let module = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/assets/check/policy.mjs");
    let script = "globalThis.crypto ??= (await import('node:crypto')).webcrypto; const { Policy } = await import(process.argv[1]); \
        await Policy.parse(process.argv[2]).then(() => console.log('read'), (error) => console.log(error.message));";
    let mut node = Command::new("node");
    let said = node.args(["--input-type=module", "--eval", script]).arg(module).arg(policy).output();
    String::from_utf8(said.expect("there is no `node`: apt-get install nodejs, or run tests/run").stdout)
        .unwrap()
}

/// What OpenSSL says of the second line of a note.
fn asked_of_openssl(note: &Note, key: &Verifier, folder: &Path) -> bool {
    // SubjectPublicKeyInfo of a point of SM2.
    const BEFORE: [u8; 26] = [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x81,
        0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d, 0x03, 0x42, 0x00,
    ];
    let integer = |bytes: &[u8]| {
        let zeroes = bytes.iter().take_while(|byte| **byte == 0).count();
        let sign = if bytes[zeroes] > 127 { &[0][..] } else { &[] };
        let digits = [sign, &bytes[zeroes..]].concat();
        [&[2, digits.len() as u8][..], &digits].concat()
    };
    let (r, s) = note.signatures[1].bytes.split_at(32);
    let both = [integer(r), integer(s)].concat();
    let file = |name: &str| folder.join(name);
    std::fs::write(file("key.der"), [&BEFORE[..], key.key()].concat()).unwrap();
    std::fs::write(file("signature"), [&[0x30, both.len() as u8][..], &both].concat()).unwrap();
    std::fs::write(file("text"), &note.text).unwrap();
    let said = Command::new("openssl")
        .args(["dgst", "-sm3", "-sigopt", "distid:1234567812345678", "-keyform", "DER"])
        .arg("-verify")
        .arg(file("key.der"))
        .arg("-signature")
        .arg(file("signature"))
        .arg(file("text"))
        .output()
        .expect("there is no `openssl`: apt-get install openssl, or run tests/run");
    String::from_utf8_lossy(&said.stdout).contains("Verified OK")
}

/// A ledger, keys of both kinds, and policies that ask for one line, for both, and for one of another key.
struct Twice {
    url: String,
    folder: tempfile::TempDir,
    log: String,
    second: String,
}

impl Twice {
    fn new(place: &Place) -> Self {
        let (url, folder) = (place.url(), tempfile::tempdir().unwrap());
        block_in_place(|| found(&url));
        let mut twice = Self { url, folder, log: String::new(), second: String::new() };
        let key = |place: &str, more: &[&str]| {
            let folder = twice.file(place);
            let arguments = [&["key", &folder, "--name", ORIGIN, "--json"], more].concat();
            twice.said(&arguments).json()["public_key"].as_str().unwrap().to_owned()
        };
        let (log, second) = (key("keys/default", &[]), key("sm", &["--sm"]));
        let other = Signer::new(ORIGIN, Kind::Sm2, &[9; 32]).unwrap();
        let both = |second: &str| format!("log {log}\nlog {second}\nquorum none\n");
        twice.write("plain", &format!("log {log}\nquorum none\n"));
        twice.write("both", &both(&second));
        twice.write("other", &both(&other.verifier().to_string()));
        (twice.log, twice.second) = (log, second);
        twice
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).unwrap()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.file(name), text).unwrap();
    }

    fn said(&self, arguments: &[&str]) -> Said {
        block_in_place(|| run(&self.url, arguments))
    }

    /// What is said to whoever asks for both lines and both trees.
    fn signed(&self, what: &[&str]) -> Said {
        let (keys, sm) = (self.file("keys"), self.file("sm/private.key"));
        let said = self.said(&[what, &["--log-key", &keys, "--sm-key", &sm, "--sm3-tree"]].concat());
        assert_eq!(said.code, 0, "{said:?}");
        said
    }

    fn audited(&self, policy: &str) -> Said {
        self.said(&["audit", "--log-only", "--policy", &self.file(policy), "--json"])
    }
}

/// Issue 4 A: `--sm-key` and `--sm3-tree` of the ledger's own process: both lines, both roots; OpenSSL verifies the second line.
async fn a_ledger_is_signed_twice_where_that_is_asked_for(place: Place) {
    let twice = Twice::new(&place);
    // Without the options nothing changes.
    let without = twice.said(&["log", "checkpoint", "--log-key", &twice.file("keys")]);
    let note = Note::parse(without.out.as_bytes()).unwrap();
    assert_eq!((note.signatures.len(), note.text.lines().count()), (1, 3));
    assert_eq!(twice.audited("plain").code, 0);
    let refused = twice.audited("both");
    assert!(refused.code == 1 && refused.out.contains("names an SM2 key"), "{refused:?}");

    let note = Note::parse(twice.signed(&["log", "checkpoint"]).out.as_bytes()).unwrap();
    assert!(note.text.lines().nth(3).unwrap().starts_with("sm3 "), "{}", note.text);
    let key = Verifier::parse(&twice.second).unwrap();
    assert!(asked_of_openssl(&note, &key, twice.folder.path()));
    let bent = Note { text: note.text.replacen("sm3 ", "sm4 ", 1), ..note };
    assert!(!asked_of_openssl(&bent, &key, twice.folder.path()));
    for policy in ["plain", "both"] {
        let audited = twice.audited(policy);
        assert!(
            audited.code == 0 && audited.out.contains("every SM3 root is of these events"),
            "{audited:?}"
        );
    }
}

/// Issue 4 A: a record is verified by all who verify records, under policies with and without the SM2 key; the page says that it cannot.
async fn a_record_is_verified_under_both_policies(place: Place) {
    let twice = Twice::new(&place);
    let record = twice.file("record");
    twice.signed(&["record", "m-1", "--purpose", "任前核查", "--out", &record]);
    let alone = block_in_place(super::records::alone);
    for (policy, code) in [("plain", 10), ("both", 10), ("other", 40)] {
        let file = twice.file(policy);
        let verified = twice.said(&["verify", &record, "--policy", &file]);
        assert_eq!(verified.code, code, "{policy}: {verified:?}");
        let alone = Said::from(Command::new(&alone).args([&record, &file]).output().unwrap());
        assert_eq!(alone.code, code, "{policy}: {alone:?}");
    }
    let policy = Policy::parse(&twice.read("plain")).unwrap();
    let brought = proofs::record::Brought { policy, known: None, max_age: None, now: 1_800_000_000 };
    let verdict = judge(&std::fs::read(&record).unwrap(), &brought);
    assert_eq!(verdict.outcome.code(), 10, "{verdict:?}");
    let refused = refused_by_page(&twice.read("both"));
    assert!(
        refused.contains("SM2 keys cannot be checked on this page") && refused.contains("baodao-verify"),
        "{refused}"
    );
}

/// Issue 4 A: a signer elsewhere has the SM2 key; the server has only the second tree.
async fn a_signer_elsewhere_signs_twice(place: Place) {
    let twice = Twice::new(&place);
    let (home, sm, both) = (twice.file("keys/default"), twice.file("sm/private.key"), twice.file("both"));
    let signer = ["signer", &home, "--sm-key", &sm, "--listen", "127.0.0.1:0", "--json"];
    let signer = block_in_place(|| Service::start(&twice.url, &signer));
    let (address, token) = (signer.text("listening"), signer.text("token"));
    let remote = ["--log-signer", address, "--log-signer-key", &twice.log, "--log-signer-token", token];
    let told =
        twice.said(&[&["log", "checkpoint", "--sm3-tree", "--log-policy", &both], &remote[..]].concat());
    assert_eq!(told.code, 0, "{told:?}");
    let note = Note::parse(told.out.as_bytes()).unwrap();
    assert!(Policy::parse(&twice.read("both")).unwrap().trust(&note).unwrap().checkpoint.sm3.is_some());
    let misused = twice.said(&[&["log", "checkpoint", "--sm-key", &sm], &remote[..]].concat());
    assert_eq!(misused.code, 2, "the key is the signer's: {misused:?}");
    block_in_place(|| drop(signer));
}
