//! Attacks of somebody who owns the database and has stolen the log's key (research: B1–B12): the tree is grown anew over the
//! rewritten history, and every checkpoint is signed anew, rightly. No signature tells; those do who kept something: the auditor a
//! checkpoint, the signer its state, the witness what it cosigned.

use std::collections::BTreeSet;
use std::sync::Arc;

use proofs::growth::{Refusal, Request};
use proofs::note::{Kind, Note};
use proofs::policy::Policy;
use proofs::{Checkpoint, tree};
use server::tlog::audit::Brought;
use server::tlog::home::Home;
use server::tlog::witness::{Witness, WitnessError};
use server::tlog::{PublishError, prove};
use tests::place::Place;

use super::ledger::{Ledger, SIGNED};

const KEPT: &str = "the log continues the checkpoint that was kept";
const CHECKPOINTS: &str = "every checkpoint is signed, and of these events";

/// Rewrites history, signs it all anew, and asks everybody who may know better.
async fn rewrite(sql: &str, first: u64) {
    let ledger = Ledger::new(Place::sqlite()).await;
    let (witness, policy, _folder) = witness(&ledger).await;
    let known = Checkpoint::of(&Note::parse(ledger.checkpoints[2].note.as_bytes()).unwrap()).unwrap();
    ledger.tamper(sql).await;
    let notes = ledger.resign().await;
    let (newest, size) = (notes.last().unwrap(), Checkpoint::of(notes.last().unwrap()).unwrap().size);

    // Whoever has only the key believes it.
    assert_eq!(ledger.found().await, BTreeSet::new());
    let forged = ledger.policy().trust(newest).unwrap();
    let proof = prove::inclusion(&ledger.store, 1, size).await.unwrap();
    let event = projections::ports::Feed::after(ledger.store.as_ref(), 0, 1).await.unwrap();
    let leaf = proofs::Hash::of_leaf(&server::tlog::leaf::bytes(&event[0]));
    assert!(
        tree::is_included(leaf, 0, size, &proof, forged.checkpoint.root),
        "an innocent event is still proved"
    );

    // Whoever kept a checkpoint does not; who asks for a witness does not.
    let kept = Brought { policy: Some(ledger.policy()), known: Some(known) };
    assert_eq!(ledger.found_by(&kept).await, [KEPT].into());
    let witnessed = Brought { policy: Some(policy), known: None };
    assert_eq!(ledger.found_by(&witnessed).await, [CHECKPOINTS].into());

    // The signer refuses, and names where.
    match ledger.publisher.publish().await.unwrap_err() {
        PublishError::Rewritten { from, to } => assert!((from..=to).contains(&first), "{from}..{to}"),
        PublishError::WentBack { size: now, signed } => assert_eq!((now, signed), (size, SIGNED[2])),
        other => panic!("{other}"),
    }

    // The witness refuses, whatever proof it is shown.
    let mut refused = vec![];
    for old in [SIGNED[2], 0] {
        let proof =
            if old <= size { prove::consistency(&ledger.store, old, size).await.unwrap() } else { vec![] };
        match witness.cosign(&Request { old, proof, rest: newest.to_string() }, 0) {
            Err(WitnessError::Refused(refusal)) => refused.push(refusal),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(refused[1], Refusal::Elsewhere(SIGNED[2]));
    assert!(matches!(refused[0], Refusal::Inconsistent { .. } | Refusal::Backwards { .. }), "{refused:?}");
    // What it keeps convicts the log: two signed notes that cannot both be.
    let convicting = witness.checkpoint(&hashed(super::ledger::ORIGIN)).unwrap();
    assert!(ledger.policy().trust(&convicting).is_ok());
}

fn hashed(origin: &str) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(origin).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// A witness that has cosigned all that was signed, and a policy that asks for it.
async fn witness(ledger: &Ledger) -> (Arc<Witness>, Policy, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::open(folder.path()).unwrap();
    let key = home.make_key("witness.example/archives", Kind::Cosignature).unwrap();
    let witness = Arc::new(Witness::open(home, &ledger.policy()).unwrap());
    let mut old = 0;
    for published in &ledger.checkpoints {
        let proof = prove::consistency(&ledger.store, old, published.size).await.unwrap();
        witness.cosign(&Request { old, proof, rest: published.note.clone() }, 0).unwrap();
        old = published.size;
    }
    let log = ledger.policy().logs()[0].key.to_string();
    let policy = Policy::parse(&format!("log {log}\nwitness w {}\nquorum w\n", key.verifier())).unwrap();
    (witness, policy, folder)
}

macro_rules! resigned {
    ($($attack:ident: $first:literal $sql:literal)+) => { $(
        /// Issue 4, attacks: history is rewritten and signed anew with the real key.
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $attack() {
            rewrite($sql, $first).await;
        }
    )+ };
}

resigned! {
    attack_resigned_edit_a_payload: 100 "UPDATE events SET payload = '{\"n\":7777}' WHERE position = 100"
    attack_resigned_delete_an_event: 100 "DELETE FROM events WHERE position = 100; UPDATE events SET sequence = sequence + 10000 WHERE aggregate_id = 'm-1' AND sequence > 100; UPDATE events SET sequence = sequence - 10001 WHERE sequence > 10000; UPDATE events SET position = position + 10000 WHERE position > 100; UPDATE events SET position = position - 10001 WHERE position > 10000; UPDATE ledger_head SET position = 399"
    attack_resigned_delete_the_end: 381 "DELETE FROM events WHERE position > 380; UPDATE ledger_head SET position = 380"
    attack_resigned_swap_two_events: 100 "UPDATE events SET position = 9999 WHERE position = 100; UPDATE events SET position = 100 WHERE position = 101; UPDATE events SET position = 101 WHERE position = 9999; UPDATE events SET sequence = 9999 WHERE position = 100; UPDATE events SET sequence = 101 WHERE position = 101; UPDATE events SET sequence = 100 WHERE position = 100"
    attack_resigned_back_date_an_event: 131 "UPDATE events SET recorded_at = (SELECT recorded_at FROM events WHERE position = 1)  WHERE position = 131; UPDATE events SET metadata = '{\"command\":\"test\",\"occurred_at\":\"2020-01-01\"}' WHERE position = 300"
    attack_resigned_give_a_members_events_to_another: 131 "UPDATE events SET aggregate_id = 'm-9' WHERE aggregate_id = 'm-2'"
    attack_resigned_record_another_time: 390 "UPDATE events SET recorded_at = '2099-01-01T00:00:00.000000Z' WHERE position >= 390"
    attack_resigned_drop_a_whole_member: 131 "DELETE FROM events WHERE aggregate_id = 'm-2'; UPDATE events SET position = position + 10000 WHERE position > 260; UPDATE events SET position = position - 10130 WHERE position > 10000; UPDATE ledger_head SET position = 270"
}

/// Issue 4, attacks: what is newer than anything that somebody kept can be cut off unseen, but not where a witness is asked for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_resigned_cut_off_what_nobody_kept() {
    let ledger = Ledger::new(Place::sqlite()).await;
    let (_, policy, _folder) = witness(&ledger).await;
    let known = Checkpoint::of(&Note::parse(ledger.checkpoints[2].note.as_bytes()).unwrap()).unwrap();
    ledger.tamper("DELETE FROM events WHERE position > 395; UPDATE ledger_head SET position = 395").await;
    ledger.resign().await;
    let kept = Brought { policy: Some(ledger.policy()), known: Some(known) };
    assert_eq!(ledger.found_by(&kept).await, BTreeSet::new(), "the end was never shown to anybody");
    assert_eq!(ledger.found_by(&Brought { policy: Some(policy), known: None }).await, [CHECKPOINTS].into());
}

/// Issue 4, attacks: two histories of the same size, both signed, shown to two witnesses: no third checkpoint gets both.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_resigned_split_view() {
    let ledger = Ledger::new(Place::sqlite()).await;
    let (one, _, _folder) = witness(&ledger).await;
    ledger.tamper("UPDATE events SET payload = '{\"n\":7777}' WHERE position = 100").await;
    let notes = ledger.resign().await;
    let folder = tempfile::tempdir().unwrap();
    let home = Home::open(folder.path()).unwrap();
    home.make_key("witness.example/other", Kind::Cosignature).unwrap();
    let other = Witness::open(home, &ledger.policy()).unwrap();
    // The other one has never seen anything, and believes the second history.
    let first = Request { old: 0, proof: vec![], rest: notes[0].to_string() };
    other.cosign(&first, 0).unwrap();
    let old = Checkpoint::of(&notes[0]).unwrap().size;
    let size = Checkpoint::of(notes.last().unwrap()).unwrap().size;
    let proof = prove::consistency(&ledger.store, old, size).await.unwrap();
    other.cosign(&Request { old, proof, rest: notes.last().unwrap().to_string() }, 0).unwrap();
    let proof = prove::consistency(&ledger.store, SIGNED[2], size).await.unwrap();
    let refused = one.cosign(&Request { old: SIGNED[2], proof, rest: notes.last().unwrap().to_string() }, 0);
    assert!(matches!(refused, Err(WitnessError::Refused(Refusal::Inconsistent { .. }))));
    // Side by side their notes of one log convict it.
    let (one, other) = (
        one.checkpoint(&hashed(super::ledger::ORIGIN)).unwrap(),
        other.checkpoint(&hashed(super::ledger::ORIGIN)).unwrap(),
    );
    assert!(ledger.policy().trust(&one).is_ok() && ledger.policy().trust(&other).is_ok());
    let (one, other) = (Checkpoint::of(&one).unwrap(), Checkpoint::of(&other).unwrap());
    let proof = prove::consistency(&ledger.store, one.size, other.size).await.unwrap();
    assert!(!tree::is_consistent(one.size, other.size, one.root, other.root, &proof));
}
