//! The tree over the journal, its tiles and proofs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use commands::journal::Journal;
use futures::future::BoxFuture;
use projections::ports::{Feed, StoreError};
use proofs::heads::Map;
use proofs::note::Note;
use proofs::tile::{self, Tile};
use proofs::tree::{self, Tree};
use proofs::{Checkpoint, Hash};
use server::tlog::publishing::{BEHIND, Publishing, Waiting};
use server::tlog::signing::{By, Signing};
use server::tlog::{grow, leaf, prove};
use tests::append::{fresh, to_stream};
use tests::place::Place;

use super::disturbed::Disturbed;
use super::ledger::{EACH, GROWN, Ledger, SIGNED, unguard};

on_both!(
    the_tree_is_over_the_bytes_that_are_stored,
    two_processes_grow_one_tree,
    growing_ends_while_others_append,
    a_tree_stays_within_its_journal,
    what_was_lost_is_not_grown_where_others_went_on,
    a_bulk_is_grown_before_the_next_checkpoint,
    every_event_can_be_proved_and_all_growth,
    a_tree_is_made_again_from_the_events,
    streams_end_where_the_map_says,
);

/// Issue 4 A: leaves are the stored bytes in the order of positions; all tiles are there, and the root is signed.
async fn the_tree_is_over_the_bytes_that_are_stored(place: Place) {
    let ledger = Ledger::new(place).await;
    let events = ledger.store.after(0, 1_000).await.unwrap();
    assert_eq!(events.len() as u64, GROWN);
    let tree: Tree = events.iter().map(|event| Hash::of_leaf(&leaf::bytes(event))).collect();
    let edge = ledger.store.log().edge().await.unwrap();
    assert_eq!((edge.size(), edge.root()), (GROWN, tree.root()));
    let tiles: Vec<Tile> = Tile::all(GROWN).collect();
    let kept = ledger.store.log().tiles(&tiles).await.unwrap();
    assert_eq!(kept.len(), tiles.len());
    for (published, size) in ledger.checkpoints.iter().zip(SIGNED) {
        let note = Note::parse(published.note.as_bytes()).unwrap();
        let trusted = ledger.policy().trust(&note).unwrap();
        let root = tree::root(size, &mut |subtree| tree.node(subtree)).unwrap();
        assert_eq!((trusted.checkpoint.size, trusted.checkpoint.root), (size, root));
        // A partial tile of a checkpoint is still served when it has become wider.
        let then: Vec<Tile> = Tile::all(size).collect();
        assert_eq!(ledger.store.log().tiles(&then).await.unwrap().len(), then.len());
    }
    let beyond = Tile { level: 0, index: 1, width: GROWN - 256 + 1 };
    assert!(ledger.store.log().tiles(&[beyond]).await.unwrap().is_empty());
    assert!(ledger.found().await.is_empty());
}

/// Issue 4 A: several servers on one ledger grow one tree.
async fn two_processes_grow_one_tree(place: Place) {
    let stores = [place.open().await, place.open().await];
    for turn in 0..20_u64 {
        fresh(stores[turn as usize % 2].append(to_stream("m-1", turn * 40, 40)).await.unwrap());
        let (one, other) = tokio::join!(grow::grow(&stores[0]), grow::grow(&stores[1]));
        assert_eq!((one.unwrap().size(), other.unwrap().size()), ((turn + 1) * 40, (turn + 1) * 40));
    }
    let events = stores[0].after(0, 1_000).await.unwrap();
    let tree: Tree = events.iter().map(|event| Hash::of_leaf(&leaf::bytes(event))).collect();
    assert_eq!(stores[1].log().edge().await.unwrap().root(), tree.root());
}

/// Issue 4 A: whoever appends without a pause is not followed without an end.
async fn growing_ends_while_others_append(place: Place) {
    let store = place.open().await;
    fresh(store.append(to_stream("m-1", 0, 1)).await.unwrap());
    let asked = AtomicU64::new(0);
    let (journal, counted) = (&store, &asked);
    // Each time that somebody looks there is one event more.
    let one_more = move || -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            let before = counted.fetch_add(1, Ordering::Relaxed) + 1;
            fresh(journal.append(to_stream("m-1", before, 1)).await.unwrap());
            Ok(())
        })
    };
    let busy = Disturbed { store: &store, before: Box::new(one_more) };
    let grown = tokio::time::timeout(Duration::from_secs(30), grow::along(&busy, store.log())).await;
    let edge = grown.expect("it goes on for ever").unwrap();
    assert_eq!((edge.size(), asked.load(Ordering::Relaxed)), (1, 1));
    assert_eq!(store.log().edge().await.unwrap(), edge);
}

/// Issue 4 A: the head of a database that failed over may be behind what was seen; the tree is never ahead of it.
async fn a_tree_stays_within_its_journal(place: Place) {
    let store = place.open().await;
    fresh(store.append(to_stream("m-1", 0, 5)).await.unwrap());
    let raw = place.raw().await;
    unguard(&raw).await;
    let lost = &raw;
    let went_back = move || -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            lost.run("UPDATE ledger_head SET position = 3").await.unwrap();
            Ok(())
        })
    };
    let feed = Disturbed { store: &store, before: Box::new(went_back) };
    let grown = tokio::time::timeout(Duration::from_secs(30), grow::along(&feed, store.log())).await;
    let edge = grown.expect("it goes on for ever").unwrap();
    let events = store.after(0, 3).await.unwrap();
    let tree: Tree = events.iter().map(|event| Hash::of_leaf(&leaf::bytes(event))).collect();
    assert_eq!((edge.size(), edge.root()), (3, tree.root()));
    assert_eq!(store.log().edge().await.unwrap(), edge);
}

/// Issue 4 A: a database that failed over lacks what was committed to the one before, and another process has gone on from there: memory
/// does not put what was lost into the tree.
async fn what_was_lost_is_not_grown_where_others_went_on(place: Place) {
    let store = place.open().await;
    fresh(store.append(to_stream("m-1", 0, 5)).await.unwrap());
    let raw = place.raw().await;
    unguard(&raw).await;
    raw.run("DELETE FROM events WHERE position > 3").await.unwrap();
    raw.run("UPDATE ledger_head SET position = 3").await.unwrap();
    fresh(place.open().await.append(to_stream("m-2", 0, 5)).await.unwrap());
    let events = store.after(0, 10).await.unwrap();
    assert_eq!((events.len(), store.news(0, 10).await.unwrap()), (8, events.clone()));
    let tree: Tree = events.iter().map(|event| Hash::of_leaf(&leaf::bytes(event))).collect();
    assert_eq!(grow::grow(&store).await.unwrap().root(), tree.root());
}

/// Issue 4 A: what comes in bulk is in the tree long before it is time for a checkpoint.
async fn a_bulk_is_grown_before_the_next_checkpoint(place: Place) {
    let store = Arc::new(place.open().await);
    let waiting = Waiting::new(&Signing { by: By::Nobody, ..Signing::default() }, &store).unwrap();
    let publishing = Publishing::start(&store, waiting, Some(Duration::from_secs(3_600)));
    let bulk = async {
        // The first look is over.
        while publishing.state().published.is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        for turn in 0..=BEHIND / 1_000 {
            fresh(store.append(to_stream("m-1", turn * 1_000, 1_000)).await.unwrap());
        }
        while store.log().edge().await.unwrap().size() < BEHIND {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), bulk).await.expect("it waits for the checkpoint");
    publishing.stop().await;
}

/// Issue 4 A: proofs come out of the tiles.
async fn every_event_can_be_proved_and_all_growth(place: Place) {
    let ledger = Ledger::new(place).await;
    let events = ledger.store.after(0, 1_000).await.unwrap();
    let checkpoints: Vec<Checkpoint> = ledger
        .checkpoints
        .iter()
        .map(|one| Checkpoint::of(&Note::parse(one.note.as_bytes()).unwrap()).unwrap())
        .collect();
    for position in [1, 2, 129, 130, 131, 255, 256, 257, 389, 390] {
        let leaf = Hash::of_leaf(&leaf::bytes(&events[position as usize - 1]));
        for checkpoint in &checkpoints {
            let proof = prove::inclusion(&ledger.store, position, checkpoint.size).await;
            if position > checkpoint.size {
                assert!(proof.is_err());
                continue;
            }
            assert!(tree::is_included(leaf, position - 1, checkpoint.size, &proof.unwrap(), checkpoint.root));
        }
    }
    for old in &checkpoints {
        for new in checkpoints.iter().filter(|new| new.size >= old.size) {
            let proof = prove::consistency(&ledger.store, old.size, new.size).await.unwrap();
            assert!(tree::is_consistent(old.size, new.size, old.root, new.root, &proof));
        }
    }
}

/// Issue 4 A: tiles and heads hold nothing that is not in the events.
async fn a_tree_is_made_again_from_the_events(place: Place) {
    let ledger = Ledger::new(place).await;
    let tiles: Vec<Tile> = Tile::all(GROWN).collect();
    let (edge, kept) =
        (ledger.store.log().edge().await.unwrap(), ledger.store.log().tiles(&tiles).await.unwrap());
    let heads = ledger.store.log().all_heads().await.unwrap();
    ledger.regrow().await;
    assert_eq!(ledger.store.log().edge().await.unwrap(), edge);
    assert_eq!(ledger.store.log().tiles(&tiles).await.unwrap(), kept);
    assert_eq!(ledger.store.log().all_heads().await.unwrap(), heads);
    assert!(tile::bytes(&kept[&tiles[0]]).len() == 8192);
}

/// Issue 4 A, completeness: the map knows where every member's stream ends.
async fn streams_end_where_the_map_says(place: Place) {
    let ledger = Ledger::new(place).await;
    let (size, heads) = ledger.store.log().all_heads().await.unwrap();
    assert_eq!((size, heads.len()), (GROWN, 3), "demands have no records");
    let map = Map::new(heads);
    for (number, member) in (0..).zip(["m-1", "m-2", "m-3"]) {
        let events = ledger.store.stream("member", member, GROWN).await.unwrap();
        let leaves = events.iter().map(|event| Hash::of_leaf(&leaf::bytes(event)));
        let (head, place, proof) = map.prove("member", member).unwrap();
        assert_eq!(
            (head.sequence, head.chain),
            (EACH as u64, leaves.fold(Hash::default(), proofs::heads::chain))
        );
        assert_eq!(place, number);
        assert!(proofs::heads::is_in_map(head, place, map.size(), &proof, map.root()));
    }
}
