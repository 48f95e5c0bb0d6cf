//! Attacks on a record in its reader's hands (research: C, D, E, F): the file is edited, each time so that as much as possible
//! still fits, and each has its outcome.

use proofs::encoding::{base64, from_base64};
use proofs::leaf::{Leaf, Read};
use proofs::note::{Kind, Note, Signer};
use proofs::record::{Brought, Earlier, Logged, Outcome, Record};
use proofs::tree::Tree;
use proofs::{Checkpoint, Hash, heads, tree};
use tests::place::Place;
use tests::town::{Stop, Town};

use super::records::{Signed, judged_by};
use super::twice::judge;

async fn signed() -> (Signed, Stop) {
    let (town, stop) = Town::settle(Place::sqlite()).await;
    (Signed::new(town).await, stop)
}

/// Edits a record and tells what comes of it.
async fn edited(edit: impl FnOnce(&mut Record)) -> (Outcome, Vec<String>) {
    let (signed, stop) = signed().await;
    let mut record = signed.record(None).await;
    edit(&mut record);
    let judged = signed.judged(&record);
    stop.now().await;
    judged
}

fn leaf_of(logged: &Logged) -> Read {
    Read::parse(&from_base64(&logged.leaf).unwrap()).unwrap()
}

fn put(logged: &mut Logged, change: impl FnOnce(&mut Leaf<'_>)) {
    let read = leaf_of(logged);
    let mut leaf = read.leaf();
    change(&mut leaf);
    logged.leaf = base64(&leaf.bytes());
}

macro_rules! edits {
    ($($attack:ident $outcome:ident $reason:literal $edit:expr;)+) => { $(
        /// Issue 4, attacks: an edited record has its outcome, and says why.
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $attack() {
            let (outcome, reasons) = edited($edit).await;
            assert!(outcome == Outcome::$outcome && reasons.iter().any(|reason| reason.contains($reason)), "{outcome:?}: {reasons:#?}");
        }
    )+ };
}

edits! {
    attack_record_leave_an_event_out Incomplete "events 3 of the stream are missing" |record: &mut Record| {
        record.events.remove(2);
    };
    attack_record_leave_the_newest_out Incomplete "at the end are missing" |record: &mut Record| {
        record.events.pop();
    };
    attack_record_leave_all_out Incomplete "at the end are missing" |record: &mut Record| record.events.clear();
    attack_record_show_an_event_twice Invalid "stands twice" |record: &mut Record| {
        let again = record.events[3].clone();
        record.events.insert(4, again);
    };
    attack_record_show_events_out_of_order Invalid "out of order" |record: &mut Record| record.events.swap(3, 4);
    attack_record_edit_an_event Invalid "not in the log" |record: &mut Record| put(&mut record.events[4], |leaf| leaf.recorded_at = "2026-01-01T00:00:00.000000Z");
    attack_record_write_an_event_otherwise Invalid "is no event" |record: &mut Record| {
        let bytes = String::from_utf8(from_base64(&record.events[4].leaf).unwrap()).unwrap();
        record.events[4].leaf = base64(bytes.replacen("\"sequence\":", "\"sequence\": ", 1).as_bytes());
    };
    attack_record_move_an_event Invalid "not in the log" |record: &mut Record| record.events[4].index += 1;
    attack_record_beyond_the_tree Invalid "not in the log" |record: &mut Record| record.events[4].index = u64::MAX - 1;
    attack_record_shorten_a_proof Invalid "not in the log" |record: &mut Record| {
        record.events[4].path.pop();
    };
    attack_record_lengthen_a_proof Invalid "not in the log" |record: &mut Record| record.events[4].path.push(Hash::default());
    attack_record_swap_siblings Invalid "not in the log" |record: &mut Record| record.events[4].path.swap(0, 1);
    attack_record_bend_a_sibling Invalid "not in the log" |record: &mut Record| record.events[4].path[0].0[0] ^= 1;
    attack_record_inflate_the_minutes Invalid "totals told" |record: &mut Record| record.totals.voluntary.minutes += 60;
    attack_record_inflate_the_points Invalid "totals told" |record: &mut Record| record.totals.cards.get_mut(&2026).unwrap().total += 5;
    attack_record_invent_a_year Invalid "totals told" |record: &mut Record| {
        let card = record.totals.cards[&2026].clone();
        record.totals.cards.insert(2025, card);
    };
    attack_record_call_it_somebody_elses Invalid "is of member/m-1" |record: &mut Record| record.id = "m-2".to_owned();
    attack_record_call_a_member_a_unit Invalid "is of member/m-1" |record: &mut Record| record.kind = "unit".to_owned();
    attack_record_another_format Invalid "not known here" |record: &mut Record| record.format = "vsr/2".to_owned();
    attack_record_end_the_stream_earlier Invalid "does not say that the stream ends there" |record: &mut Record| {
        record.events.pop();
        record.heads.sequence -= 1;
        let leaves = record.events.iter().map(|event| Hash::of_leaf(&from_base64(&event.leaf).unwrap()));
        record.heads.chain = leaves.fold(Hash::default(), heads::chain);
    };
    attack_record_bend_the_map Invalid "does not say that the stream ends there" |record: &mut Record| record.heads.path[0].0[0] ^= 1;
    attack_record_another_place_in_the_map Invalid "does not say that the stream ends there" |record: &mut Record| record.heads.place += 1;
    attack_record_another_event_for_the_map Invalid "no map of heads" |record: &mut Record| record.heads.event = record.events[0].clone();
    attack_record_forge_the_map Invalid "not in the log" |record: &mut Record| {
        let forged = format!("{{\"HeadsPublished\":{{\"size\":40,\"streams\":1,\"root\":\"{}\"}}}}", Hash::of(b"x"));
        let read = leaf_of(&record.heads.event);
        record.heads.event.leaf = base64(&Leaf { payload: &forged, ..read.leaf() }.bytes());
    };
    attack_record_lie_about_an_earlier_checkpoint Invalid "is not continued" |record: &mut Record| record.earlier[0].size -= 1;
    attack_record_bend_growth Invalid "is not continued" |record: &mut Record| record.earlier[0].proof[0].0[0] ^= 1;
    attack_record_exchange_an_earlier_note Invalid "or not signed" |record: &mut Record| record.earlier[0].note = Some(record.checkpoint.clone());
    attack_record_claim_an_earlier_witness Invalid "not in the log" |record: &mut Record| record.events.last_mut().unwrap().earlier = Some(0);
    attack_record_an_earlier_checkpoint_without_note Invalid "not in the log" |record: &mut Record| record.earlier[0].note = None;
    attack_record_take_the_signature_away Invalid "not believed" |record: &mut Record| {
        record.checkpoint = record.checkpoint.split_once("\n\n").unwrap().0.to_owned() + "\n\n";
    };
    attack_record_bend_the_checkpoint Invalid "not believed" |record: &mut Record| record.checkpoint = record.checkpoint.replacen('A', "B", 1).replacen('a', "b", 1);
    attack_record_extend_the_checkpoint Invalid "not believed" |record: &mut Record| record.checkpoint = record.checkpoint.replacen("\n\n", "\nvalid until 2099\n\n", 1);
    attack_record_carriage_returns Invalid "not believed" |record: &mut Record| record.checkpoint = record.checkpoint.replace('\n', "\r\n");
}

/// Issue 4, attacks: more signatures of strangers change nothing; a wrong one of the log's own spoils the note.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_record_add_signatures() {
    let (signed, stop) = signed().await;
    let mut record = signed.record(None).await;
    let mut note = Note::parse(record.checkpoint.as_bytes()).unwrap();
    let stranger = Signer::new("stranger.example", Kind::Note, &[7; 32]).unwrap();
    note.signatures.push(stranger.sign(&note.text, 0));
    record.checkpoint = note.to_string();
    assert_eq!(signed.judged(&record), (Outcome::ValidWithWarnings, vec![]));
    let mut wrong = note.signatures[0].clone();
    wrong.bytes[9] ^= 1;
    note.signatures.push(wrong);
    record.checkpoint = note.to_string();
    assert_eq!(signed.judged(&record).0, Outcome::Invalid);
    stop.now().await;
}

/// Issue 4, attacks: a whole record of a log of the forger's own, consistent in itself, under our name.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_record_of_a_log_of_ones_own() {
    let (signed, stop) = signed().await;
    let mut record = signed.record(None).await;
    let real = signed.record(None).await;
    let leaves: Vec<Vec<u8>> = (0..60)
        .map(|index| {
            let known = record.events.iter().chain([&record.heads.event]).find(|event| event.index == index);
            known.map_or(vec![0], |event| from_base64(&event.leaf).unwrap())
        })
        .collect();
    let grown: Tree = leaves.iter().map(|leaf| Hash::of_leaf(leaf)).collect();
    let origin = Checkpoint::of(&Note::parse(record.checkpoint.as_bytes()).unwrap()).unwrap().origin;
    let forger = Signer::new(&origin, Kind::Note, &[7; 32]).unwrap();
    let text = Checkpoint { origin: origin.clone(), size: 60, root: grown.root(), sm3: None }.to_string();
    record.checkpoint = Note { signatures: vec![forger.sign(&text, 0)], text }.to_string();
    record.earlier = vec![];
    let prove = |event: &mut Logged| {
        event.path = grown.hashes(tree::inclusion(event.index, 60).unwrap()).unwrap();
        event.earlier = None;
    };
    record.events.iter_mut().for_each(prove);
    prove(&mut record.heads.event);
    record.statement = None;
    let own =
        Brought { policy: proofs::policy::Policy::of_log(forger.verifier().clone()), ..signed.brought() };
    assert_eq!(
        judged_by(&record, &own).0,
        Outcome::ValidWithWarnings,
        "to whoever takes the forger's key for ours"
    );
    assert_eq!(signed.judged(&record).0, Outcome::Invalid);
    // A real event in a forged record, and the other way round.
    let mut mixed = real.clone();
    mixed.events[0] = record.events[0].clone();
    assert_eq!(signed.judged(&mixed).0, Outcome::Invalid);
    stop.now().await;
}

/// Issue 4, attacks: the policy asks for a witness that has not cosigned; a log that poses as its witness is refused as a policy.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_record_without_its_witness() {
    let (signed, stop) = signed().await;
    let record = signed.record(None).await;
    let witness = Signer::new("witness.example", Kind::Cosignature, &[8; 32]).unwrap();
    let log = signed.policy().logs()[0].key.clone();
    let issuer = signed.publisher.issuer().unwrap().key();
    let text = format!("log {log}\nwitness w {}\nquorum w\nissuer {issuer}\n", witness.verifier());
    let policy = proofs::policy::Policy::parse(&text).unwrap();
    let brought = Brought { policy, ..signed.brought() };
    assert_eq!(judged_by(&record, &brought).0, Outcome::Invalid);
    let mut cosigned = record.clone();
    let mut note = Note::parse(record.checkpoint.as_bytes()).unwrap();
    note.signatures.push(witness.sign(&note.text, 1_799_000_000));
    cosigned.checkpoint = note.to_string();
    assert_eq!(judged_by(&cosigned, &brought), (Outcome::Valid, vec![]));
    // Old, and told so.
    let old = Brought { max_age: Some(86_400), ..brought.clone() };
    assert!(judged_by(&cosigned, &old).1[0].contains("older than you allow"));
    assert_eq!(
        judged_by(&cosigned, &Brought { max_age: Some(2_000_000), ..brought }),
        (Outcome::Valid, vec![])
    );
    stop.now().await;
}

/// Issue 4, attacks: what is no record, or says a thing twice, or more than a record says.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_record_that_is_none() {
    let (signed, stop) = signed().await;
    let record = serde_json::to_string(&signed.record(None).await).unwrap();
    let outcome = |bytes: &[u8]| judge(bytes, &signed.brought()).outcome;
    assert_eq!(outcome(record.as_bytes()), Outcome::ValidWithWarnings);
    for wrong in [
        String::new(),
        "{}".to_owned(),
        "[".repeat(100_000),
        record.replacen("{\"format\"", "{\"format\":\"vsr/1\",\"format\"", 1),
        record.replacen("{\"format\"", "{\"key\":\"AAAA\",\"format\"", 1),
        record.replacen("\"index\":", "\"index\":-", 1),
        record.replacen("\"index\":", "\"index\":1e300,\"x\":", 1),
        record.replace("\"path\":[", "\"path\":[\"short\","),
        record[..record.len() - 1].to_owned(),
    ] {
        assert_eq!(outcome(wrong.as_bytes()), Outcome::Invalid, "{}", wrong.get(..80).unwrap_or(&wrong));
    }
    assert_eq!(outcome(b"\xff\xfe"), Outcome::Invalid);
    stop.now().await;
}

/// A record that says more than its reader asked: an earlier checkpoint that nobody signed is no witness.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_record_pass_off_the_readers_checkpoint() {
    let (signed, stop) = signed().await;
    let mut record = signed.record(None).await;
    let known = Checkpoint::of(&Note::parse(record.checkpoint.as_bytes()).unwrap()).unwrap();
    // As if another history had been there when the reader kept it.
    record.earlier.push(Earlier {
        size: known.size - 1,
        root: Hash::of(b"other"),
        note: None,
        proof: vec![],
    });
    assert_eq!(signed.judged(&record).0, Outcome::Invalid);
    stop.now().await;
}
