//! Positions and sequences without holes, whoever writes, and streams that move only once.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use aggregates::StoredEvent;
use commands::journal::{Appended, Journal, JournalError};
use futures::future::join_all;
use projections::Feed;
use server::store::Store;
use tests::append::{empty, event, fresh, member, to_stream};
use tests::place::Place;

on_both!(
    positions_are_dense_under_64_tasks,
    an_append_over_two_streams_is_atomic,
    a_stream_that_moved_is_a_conflict,
    two_stores_on_one_ledger_stay_dense,
);

async fn all(store: &Store) -> Vec<StoredEvent> {
    Feed::after(store, 0, usize::MAX).await.unwrap()
}

fn assert_dense(events: &[StoredEvent]) {
    let mut sequences: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for (index, event) in events.iter().enumerate() {
        assert_eq!(event.position, index as u64 + 1);
        let last = sequences.entry((&event.aggregate_type, &event.aggregate_id)).or_default();
        assert_eq!(event.sequence, *last + 1, "{event:?}");
        *last += 1;
    }
    assert!(events.is_sorted_by_key(|event| event.recorded_at));
    let ids: std::collections::HashSet<_> = events.iter().map(|event| event.event_id).collect();
    assert_eq!(ids.len(), events.len(), "event ids repeat");
}

/// Appends to one stream, reading it again after each conflict, until `count` went in. Returns the conflicts.
async fn push(store: &Store, stream: &str, count: usize) -> usize {
    let (mut sequence, mut conflicts, mut stored) = (0, 0, 0);
    while stored < count {
        match store.append(to_stream(stream, sequence, 1)).await {
            Ok(_) => {
                stored += 1;
                sequence += 1;
            }
            Err(JournalError::Conflict(_)) => {
                conflicts += 1;
                sequence = Journal::load(store, "member", stream, 0).await.unwrap().len() as u64;
            }
            Err(error) => panic!("{error}"),
        }
    }
    conflicts
}

/// Design §3: 1, 2, 3 … no holes ever, and each receipt names the places that the feed shows.
async fn positions_are_dense_under_64_tasks(place: Place) {
    let store = Arc::new(place.open().await);
    let tasks = (0..64).map(|task| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            let mut receipts = vec![];
            for turn in 0..12_u64 {
                let count = (turn % 3) as usize + 1;
                let before =
                    receipts.iter().map(|receipt: &commands::Receipt| receipt.events.len() as u64).sum();
                receipts
                    .push(fresh(store.append(to_stream(&format!("m{task}"), before, count)).await.unwrap()));
            }
            receipts
        })
    });
    let receipts: Vec<_> = join_all(tasks).await.into_iter().flat_map(Result::unwrap).collect();
    let events = all(&store).await;
    assert_eq!(events.len(), 64 * 24);
    assert_dense(&events);
    assert_eq!(Feed::head(&*store).await.unwrap(), 64 * 24);
    let placed: HashMap<u64, _> =
        receipts.iter().flat_map(|receipt| &receipt.events).map(|event| (event.position, event)).collect();
    for event in &events {
        let told = placed[&event.position];
        assert_eq!(
            (&told.stream, told.sequence),
            (&format!("member/{}", event.aggregate_id), event.sequence)
        );
    }
    for receipt in receipts {
        assert_eq!(Some(receipt.position), receipt.events.last().map(|event| event.position));
    }
}

/// Design §1: a command appends to all of its streams or to none.
async fn an_append_over_two_streams_is_atomic(place: Place) {
    let store = place.open().await;
    let mut both = empty();
    both.expected = vec![member("a", 0), member("b", 0)];
    both.events = vec![event("a", "1"), event("b", "2"), event("a", "3")];
    let receipt = fresh(store.append(both.clone()).await.unwrap());
    let places: Vec<_> =
        receipt.events.iter().map(|event| (event.position, event.stream.as_str(), event.sequence)).collect();
    assert_eq!(places, [(1, "member/a", 1), (2, "member/b", 1), (3, "member/a", 2)]);
    both.command_id = uuid::Uuid::new_v4();
    both.expected = vec![member("a", 2), member("b", 0)];
    assert!(matches!(store.append(both).await, Err(JournalError::Conflict(stream)) if stream == "member/b"));
    assert_eq!(all(&store).await.len(), 3);
}

/// Design §3: expected sequences are checked, also of a stream that was only read, and of one that should not exist.
async fn a_stream_that_moved_is_a_conflict(place: Place) {
    let store = place.open().await;
    fresh(store.append(to_stream("a", 0, 2)).await.unwrap());
    for sequence in [0, 1, 3] {
        let outcome = store.append(to_stream("a", sequence, 1)).await;
        assert!(matches!(outcome, Err(JournalError::Conflict(stream)) if stream == "member/a"), "{sequence}");
    }
    let mut reader = to_stream("b", 0, 1);
    reader.expected.push(member("a", 1));
    assert!(matches!(store.append(reader.clone()).await, Err(JournalError::Conflict(_))));
    // The refused one left nothing, not even its id.
    reader.expected[1].sequence = 2;
    assert_eq!(fresh(store.append(reader).await.unwrap()).position, 3);
}

/// Design §3: several server processes on one ledger stay correct, also where they write the same stream.
async fn two_stores_on_one_ledger_stay_dense(place: Place) {
    let stores = [Arc::new(place.open().await), Arc::new(place.open().await)];
    let tasks = (0..16).map(|task| {
        let store = Arc::clone(&stores[task % 2]);
        tokio::spawn(async move {
            let own = push(&store, &format!("own{task}"), 10).await;
            assert_eq!(own, 0);
            push(&store, "shared", 5).await
        })
    });
    let conflicts: usize = join_all(tasks).await.into_iter().map(Result::unwrap).sum();
    assert!(conflicts > 0, "nobody met anybody: the test shows nothing");
    let events = all(&stores[0]).await;
    assert_eq!(events.len(), 16 * 15);
    assert_dense(&events);
    assert_eq!(events, all(&stores[1]).await);
    assert!(matches!(stores[1].append(to_stream("shared", 80, 1)).await, Ok(Appended::Fresh(_))));
}
