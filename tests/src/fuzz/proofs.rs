//! What a suspicious reader reads of people who may lie: records, notes, checkpoints, policies, requests of a log, leaves and tiles. The first
//! line tells which.

use proofs::checkpoint::Checkpoint;
use proofs::growth::Request;
use proofs::leaf::{Leaf, Read};
use proofs::note::{Kind, Note, Signer, Verifier};
use proofs::policy::Policy;
use proofs::record::{
    Brought, Claims, Disclosure, Earlier, FORMAT, Facts, Heads, Logged, Outcome, Record, attached_record,
    issue, verify,
};
use proofs::tile;
use proofs::tlog_proof::TlogProof;
use proofs::tree::{self, Tree};
use proofs::{Hash, encoding, heads};

use super::first_line;

const LEAF: Leaf<'_> = Leaf {
    position: 1,
    kind: "member",
    id: "m-1",
    sequence: 1,
    event: "ServiceRendered",
    version: "1.0",
    event_id: "00000000-0000-4000-8000-000000000001",
    command_id: "00000000-0000-4000-8000-000000000002",
    recorded_at: "2026-03-02T01:00:00.000000Z",
    metadata: r#"{"command":"x","occurred_at":"2026-03-02T09:00:00+08:00"}"#,
    payload: r#"{"ServiceRendered":{"category":"errands","community":"520201016001","minutes":60,"on":"2026-03-02","work":"voluntary"}}"#,
};

fn signer() -> Signer {
    Signer::new("ledger.example", Kind::Note, &[1; 32]).unwrap()
}

fn issuer() -> Signer {
    Signer::new("ledger.example", Kind::Statement, &[3; 32]).unwrap()
}

fn policy() -> String {
    let witness = Signer::new("witness.example", Kind::Cosignature, &[2; 32]).unwrap();
    format!(
        "# who is believed\nlog {}\nwitness w {} https://w\ngroup g any w\nquorum none\nissuer {}\n",
        signer().verifier(),
        witness.verifier(),
        issuer().verifier()
    )
}

/// A record of one event, whole and valid.
fn record() -> Record {
    let leaf = LEAF.bytes();
    let chain = heads::chain(Hash::default(), Hash::of_leaf(&leaf));
    let head = heads::Head { kind: "member".to_owned(), id: "m-1".to_owned(), sequence: 1, chain };
    let map = heads::Map::new(vec![head]);
    let payload = format!(r#"{{"HeadsPublished":{{"size":1,"streams":1,"root":"{}"}}}}"#, map.root());
    let of_map =
        Leaf { position: 2, kind: "log", id: "heads", event: "HeadsPublished", payload: &payload, ..LEAF }
            .bytes();
    let tree: Tree = [&leaf, &of_map].map(|leaf| Hash::of_leaf(leaf)).into_iter().collect();
    let checkpoint =
        Checkpoint { origin: "ledger.example".to_owned(), size: 2, root: tree.root(), sm3: None };
    let text = checkpoint.to_string();
    let logged = |index: u64, leaf: &[u8]| Logged {
        index,
        leaf: encoding::base64(leaf),
        path: tree.hashes(tree::inclusion(index, 2).unwrap()).unwrap(),
        earlier: None,
    };
    let mut facts = Facts::default();
    assert!(facts.add(LEAF.event, LEAF.payload));
    let earlier = Earlier {
        size: 1,
        root: Hash::of_leaf(&leaf),
        note: None,
        proof: tree.hashes(tree::consistency(1, 2).unwrap()).unwrap(),
    };
    let mut record = Record {
        format: FORMAT.to_owned(),
        kind: "member".to_owned(),
        id: "m-1".to_owned(),
        purpose: "任前核查".to_owned(),
        made_at: "2026-03-02T01:00:00Z".to_owned(),
        totals: facts.totals.clone(),
        events: vec![logged(0, &leaf)],
        heads: Heads { event: logged(1, &of_map), place: 0, sequence: 1, chain, path: vec![] },
        earlier: vec![earlier],
        checkpoint: Note { signatures: vec![signer().sign(&text, 0)], text }.to_string(),
        statement: None,
    };
    let name = Disclosure::new([9; 16], "name", "张三".into());
    let claims = Claims { certificate: "20260302-1".to_owned(), ..Claims::of(&record, &facts, &checkpoint) };
    record.statement = issue(claims, &[name], &issuer());
    record
}

/// One of each.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let record = record();
    let note = Note::parse(record.checkpoint.as_bytes()).unwrap();
    let proof = TlogProof { index: 0, proof: record.events[0].path.clone(), note };
    let request = Request { old: 1, proof: record.earlier[0].proof.clone(), rest: record.checkpoint.clone() };
    let bundle = tile::bundle([LEAF.bytes().as_slice()]).unwrap();
    let file = serde_json::to_string(&record).unwrap();
    let pdf = format!(
        "%PDF-1.7\n1 0 obj\n<< /Length {} /Type /EmbeddedFile >>\nstream\n{file}\nendstream\n",
        file.len()
    );
    let texts = [
        ("record", file.into_bytes()),
        ("record", pdf.into_bytes()),
        ("note", record.checkpoint.clone().into_bytes()),
        ("policy", policy().into_bytes()),
        ("policy", b"quorum none\r\n".to_vec()),
        ("proof", proof.text().into_bytes()),
        ("request", request.text().into_bytes()),
        ("leaf", LEAF.bytes()),
        ("bundle", bundle),
        ("place", b"0/x001/234.p/12".to_vec()),
        ("key", signer().verifier().to_string().into_bytes()),
    ];
    texts.into_iter().map(|(name, text)| [name.as_bytes(), b"\n", &text].concat()).collect()
}

/// What is read is written again the same, and nothing that was bent is believed.
pub(super) fn run(input: &[u8]) {
    let (which, rest) = first_line(input);
    let text = std::str::from_utf8(rest);
    match which {
        b"record" => judged(rest),
        b"note" => {
            if let Ok(note) = Note::parse(rest) {
                assert_eq!(note.to_string().as_bytes(), rest);
                let policy = Policy::parse(&policy()).unwrap();
                if let Ok(trusted) = policy.trust(&note) {
                    assert_eq!(
                        note.text,
                        record().checkpoint.split("\n\n").next().unwrap().to_owned() + "\n"
                    );
                    assert_eq!(Checkpoint::parse(&note.text).unwrap(), trusted.checkpoint);
                }
            }
        }
        b"policy" => drop(text.map(Policy::parse)),
        b"proof" => {
            if let Ok(proof) = TlogProof::parse(rest) {
                assert_eq!(proof.text().as_bytes(), rest);
                let _ = proof.proves(
                    LEAF.hash(),
                    &Checkpoint { origin: String::new(), size: 2, root: LEAF.hash(), sm3: None },
                );
            }
        }
        b"request" => {
            if let Some(request) = text.ok().and_then(Request::parse) {
                assert_eq!(request.text().as_bytes(), rest);
            }
        }
        b"leaf" => {
            if let Some(read) = Read::parse(rest) {
                assert_eq!(read.leaf().bytes(), rest);
            }
        }
        b"bundle" => {
            if let Some(leaves) = tile::leaves(rest) {
                assert_eq!(tile::bundle(leaves).as_deref(), Some(rest));
            }
        }
        b"place" => {
            if let Some(place) = text.ok().and_then(tile::Place::parse) {
                assert_eq!(place.path().as_bytes(), rest);
            }
        }
        b"key" => {
            if let Some(Ok(key)) = text.ok().map(Verifier::parse) {
                assert_eq!(key.to_string().as_bytes(), rest);
            }
        }
        _ => {}
    }
}

/// A record is believed only if it says what the real one does: whatever was bent in it, the events are the same.
fn judged(bytes: &[u8]) {
    let policy = Policy::parse(&policy()).unwrap();
    let verdict = verify(bytes, &Brought { policy, known: None, max_age: None, now: 0 });
    let _ = verdict.text(true);
    if verdict.outcome <= Outcome::ValidWithWarnings {
        let bytes = if bytes.starts_with(b"%PDF-") { attached_record(bytes).unwrap() } else { bytes };
        let (told, real): (Record, Record) = (serde_json::from_slice(bytes).unwrap(), record());
        assert_eq!(
            (&told.kind, &told.id, &told.events, &told.checkpoint),
            (&real.kind, &real.id, &real.events, &real.checkpoint)
        );
        assert!(told.totals.agrees(&real.totals) && told.heads == real.heads);
        if let Some(stated) = verdict.statement {
            assert!(stated.is_signed && stated.certificate == "20260302-1" && told.purpose == real.purpose);
            assert!(stated.name.is_none_or(|name| name == "张三"));
        }
    }
}
