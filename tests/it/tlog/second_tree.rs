//! The second tree, with SM3: of the same leaves, grown in the same step, its root under the same signatures.

use std::sync::atomic::{AtomicUsize, Ordering};

use commands::journal::Journal;
use futures::future::BoxFuture;
use projections::ports::{Feed, StoreError};
use proofs::hash::{Hashing, Sm3};
use proofs::note::Note;
use proofs::{Checkpoint, Hash};
use server::store::Store;
use server::store::log::Published;
use server::tlog::audit::{self, Brought};
use server::tlog::{Publisher, grow, leaf};
use tests::append::{fresh, to_stream};
use tests::place::Place;

use super::attacks::{CHECKPOINTS, SM3};
use super::disturbed::Disturbed;
use super::ledger::{GROWN, Ledger, ORIGIN, SIGNED};

on_both!(
    both_trees_are_of_the_same_leaves,
    without_the_suite_nothing_is_kept_and_nothing_told,
    the_suite_can_be_turned_on_and_off,
    a_second_tree_that_was_broken_off_is_taken_up_again,
    two_processes_of_which_one_has_the_suite_grow_together,
    attack_edit_the_second_tree,
    attack_resigned_with_another_second_root,
);

/// The root as RFC 6962 defines it, with SM3.
fn root(leaves: &[Vec<u8>]) -> Hash {
    match leaves {
        [] => Sm3::of(&[]),
        [leaf] => Sm3::of(&[&[0], leaf]),
        more => {
            let (left, right) = more.split_at(more.len().next_power_of_two() / 2);
            Sm3::of(&[&[1], &root(left).0, &root(right).0])
        }
    }
}

async fn leaves(store: &Store, size: u64) -> Vec<Vec<u8>> {
    let events = store.after(0, size as usize).await.unwrap();
    events.iter().map(leaf::bytes).collect()
}

fn told(published: &Published) -> Checkpoint {
    Checkpoint::of(&Note::parse(published.note.as_bytes()).unwrap()).unwrap()
}

/// How many roots the audit looked at; none where it looks for none.
async fn checked(ledger: &Ledger) -> Option<u64> {
    let found = audit::audit(&ledger.store, &Brought::default(), &|_| {}).await.unwrap();
    found.iter().find(|finding| finding.check == SM3).map(|finding| finding.checked)
}

/// Issue 4 A: every checkpoint tells the root of the tree with SM3 over the same bytes, and both lines cover it.
async fn both_trees_are_of_the_same_leaves(place: Place) {
    let ledger = Ledger::with_sm(place).await;
    let leaves = leaves(&ledger.store, GROWN).await;
    for (published, size) in ledger.checkpoints.iter().zip(SIGNED) {
        let note = Note::parse(published.note.as_bytes()).unwrap();
        let trusted = ledger.sm_policy().trust(&note).unwrap().checkpoint;
        assert_eq!((trusted.size, trusted.sm3), (size, Some(root(&leaves[..size as usize]))));
        assert_eq!(ledger.policy().trust(&note).unwrap().checkpoint, trusted);
        assert_eq!(note.signatures.len(), 2);
    }
    let kept = ledger.store.log().sm3().await.unwrap().unwrap();
    assert_eq!((kept.size(), kept.root()), (GROWN, root(&leaves)));
    let brought = Brought { policy: Some(ledger.sm_policy()), known: None };
    assert!(ledger.differences(&brought).await.is_empty());
    assert_eq!(checked(&ledger).await, Some(4));
    let again = ledger.publisher.publish().await.unwrap();
    assert_eq!(ledger.publisher.publish().await.unwrap(), again, "it is there already");
}

/// Issue 4 A: off by default: the same bytes as ever, and an empty table.
async fn without_the_suite_nothing_is_kept_and_nothing_told(place: Place) {
    let ledger = Ledger::new(place).await;
    assert_eq!(ledger.store.log().sm3().await.unwrap(), None);
    let kept = ledger.place.raw().await.texts("SELECT CAST(count(*) AS text) FROM log_sm3").await;
    assert_eq!(kept, ["0"]);
    for published in &ledger.checkpoints {
        let Checkpoint { size, root, .. } = told(published);
        let text = format!("{ORIGIN}\n{size}\n{root}\n");
        let line = ledger.stolen_key().sign(&text, 0);
        assert_eq!(published.note, format!("{text}\n{line}\n"));
    }
    assert_eq!(checked(&ledger).await, None);
}

/// Issue 4 A: a ledger without the suite gets it: the tree grows from the beginning. Without it again, what was signed stays right.
async fn the_suite_can_be_turned_on_and_off(place: Place) {
    let ledger = Ledger::new(place).await;
    let with =
        |is_on| Publisher::new(ledger.store.clone(), Box::new(ledger.seal.clone()), None).with_sm3(is_on);
    let plain = ledger.publisher.publish().await.unwrap();
    assert_eq!((told(&plain).size, told(&plain).sm3), (GROWN, None));
    let first = with(true).publish().await.unwrap();
    let expected = root(&leaves(&ledger.store, GROWN).await);
    assert_eq!(
        told(&first),
        Checkpoint { sm3: Some(expected), ..told(&plain) },
        "signed anew, with the root"
    );
    assert_eq!(ledger.seal.history().len(), 4, "of one size one entry");
    assert_eq!(with(false).publish().await.unwrap(), first, "it says what is wanted, and more");
    for (turn, is_on) in [false, true, false].into_iter().enumerate() {
        let turn = turn as u64;
        fresh(ledger.store.append(to_stream("m-4", turn * 7, 7)).await.unwrap());
        let published = with(is_on).publish().await.unwrap();
        let size = GROWN + (turn + 1) * 7;
        let expected = root(&leaves(&ledger.store, size).await);
        assert_eq!((told(&published).size, told(&published).sm3), (size, is_on.then_some(expected)));
    }
    assert!(ledger.found().await.is_empty());
    assert_eq!(checked(&ledger).await, Some(3), "two checkpoints, and what is kept");
}

/// Issue 4 A: it grows in steps, each of which is kept whatever happens after it.
async fn a_second_tree_that_was_broken_off_is_taken_up_again(place: Place) {
    let store = place.open().await;
    fresh(store.append(to_stream("m-1", 0, 4_500)).await.unwrap());
    grow::grow(&store).await.unwrap();
    let mut kept = vec![];
    for _ in 0..2 {
        let left = AtomicUsize::new(1);
        let counted = &left;
        let fails = move || -> BoxFuture<'_, Result<(), StoreError>> {
            let left = counted.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
            let stopped = left.map(drop).map_err(|_| StoreError::Damaged("the machine stopped".to_owned()));
            Box::pin(std::future::ready(stopped))
        };
        let failing = Disturbed { store: &store, before: Box::new(fails) };
        assert!(grow::trees(&failing, store.log(), true).await.is_err());
        kept.push(store.log().sm3().await.unwrap().unwrap().size());
    }
    assert_eq!(kept, [2_000, 4_000]);
    let (edge, second) = grow::trees(&store, store.log(), true).await.unwrap();
    assert_eq!((edge.size(), second.unwrap().root()), (4_500, root(&leaves(&store, 4_500).await)));
    // Both in one transaction: where the second one cannot be stored, the first one has not grown.
    fresh(store.append(to_stream("m-1", 4_500, 5)).await.unwrap());
    let raw = place.raw().await;
    raw.run("ALTER TABLE log_sm3 RENAME TO away").await.unwrap();
    let read_only =
        "CREATE VIEW log_sm3 AS SELECT one, max(size) AS size, max(peaks) AS peaks FROM away GROUP BY one";
    raw.run(read_only).await.unwrap();
    assert!(grow::trees(&store, store.log(), true).await.is_err());
    assert_eq!(store.log().edge().await.unwrap(), edge);
}

/// Issue 4 A: several servers on one ledger, also while they are being told of the suite one after the other.
async fn two_processes_of_which_one_has_the_suite_grow_together(place: Place) {
    let stores = [place.open().await, place.open().await];
    for turn in 0..20_u64 {
        fresh(stores[turn as usize % 2].append(to_stream("m-1", turn * 40, 40)).await.unwrap());
        let both = grow::trees(&stores[0], stores[0].log(), true);
        let (both, plain) = tokio::join!(both, grow::grow(&stores[1]));
        let ((edge, second), plain) = (both.unwrap(), plain.unwrap());
        assert_eq!((edge.size(), plain.size()), ((turn + 1) * 40, (turn + 1) * 40));
        assert_eq!(second.unwrap().root(), root(&leaves(&stores[1], edge.size()).await));
    }
}

/// Issue 4, attacks: what is kept of the second tree is edited, so that the next checkpoint tells a wrong root.
async fn attack_edit_the_second_tree(place: Place) {
    let ledger = Ledger::with_sm(place).await;
    let edit = "UPDATE log_sm3 SET peaks = replace(peaks, substr(peaks, 1, 40), 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')";
    ledger.tamper(edit).await;
    assert_eq!(ledger.found().await, [SM3].into());
    for (edit, hint) in [
        ("UPDATE log_sm3 SET peaks = substr(peaks, 1, 20)", "log_sm3"),
        (
            "UPDATE log_sm3 SET size = 4096, peaks = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='",
            "4096 leaves",
        ),
    ] {
        ledger.tamper(edit).await;
        let told = ledger.differences(&Brought::default()).await;
        assert!(told.len() == 1 && told[0].0 == SM3 && told[0].1.contains(hint), "{told:?}");
    }
}

/// Issue 4, attacks: whoever has stolen both keys signs a checkpoint anew that tells another root of the second tree.
async fn attack_resigned_with_another_second_root(place: Place) {
    let ledger = Ledger::with_sm(place).await;
    let checkpoint = Checkpoint { sm3: Some(Hash::of(b"another")), ..told(&ledger.checkpoints[1]) };
    let text = checkpoint.to_string();
    let signatures = vec![ledger.stolen_key().sign(&text, 0), ledger.stolen_sm_key().sign(&text, 0)];
    let note = Note { text, signatures };
    assert!(ledger.sm_policy().trust(&note).is_ok());
    ledger.tamper(&format!("UPDATE log_checkpoints SET note = '{note}' WHERE size = 260")).await;
    let brought = Brought { policy: Some(ledger.sm_policy()), known: None };
    let differences = ledger.differences(&brought).await;
    assert_eq!(differences.len(), 1, "{differences:?}");
    let (check, what) = &differences[0];
    assert!(*check == SM3 && what.starts_with("the checkpoint of 260 has the SM3 root "), "{what}");
    // Whatever is told of an event is told of both trees.
    ledger.tamper("UPDATE events SET payload = '{\"n\":7777}' WHERE position = 385").await;
    let found = ledger.found_by(&brought).await;
    assert!(found.contains(SM3) && found.contains(CHECKPOINTS), "{found:?}");
}
