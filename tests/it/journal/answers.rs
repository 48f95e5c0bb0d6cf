//! The same command id gets the same answer, whatever happens around it.

use std::sync::Arc;
use std::time::Duration;

use commands::journal::{Append, Appended, Journal, JournalError};
use futures::future::join_all;
use projections::Feed;
use server::store::{Settings, Store};
use tests::append::{empty, event, fresh, member, repeat, to_stream};
use tests::place::Place;
use tokio::task::JoinHandle;

on_both!(
    a_repeat_gets_the_first_answer,
    fifty_at_once_have_one_effect,
    one_batch_sorts_out_its_own_losers,
    an_append_without_events_keeps_its_answer,
    what_cannot_be_stored_is_in_nobodys_way,
    too_many_are_turned_away,
    closing_answers_what_waits,
);

/// Submits appends so that they stand in the queue in this order.
async fn one_after_the_other(
    store: &Arc<Store>,
    appends: impl IntoIterator<Item = Append>,
) -> Vec<JoinHandle<Result<Appended, JournalError>>> {
    let mut tasks = vec![];
    for append in appends {
        let store = Arc::clone(store);
        tasks.push(tokio::spawn(async move { store.append(append).await }));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    tasks
}

/// Design §3: the same key and input get the first answer again; the same key with other input is refused.
async fn a_repeat_gets_the_first_answer(place: Place) {
    let store = place.open().await;
    let append = to_stream("a", 0, 2);
    let receipt = fresh(store.append(append.clone()).await.unwrap());
    fresh(store.append(to_stream("a", 2, 1)).await.unwrap());
    // The stream has moved since, which does not matter to the answer.
    assert_eq!(repeat(store.append(append.clone()).await.unwrap()), receipt);
    let answer = store.answer(append.command_id).await.unwrap().unwrap();
    assert_eq!((answer.input_hash.as_str(), &answer.receipt), ("00", &receipt));
    let other = Append { input_hash: "01".to_owned(), ..append.clone() };
    assert!(matches!(store.append(other).await, Err(JournalError::KeyReused(id)) if id == append.command_id));
    assert_eq!(Feed::head(&store).await.unwrap(), 3);
    assert_eq!(store.answer(uuid::Uuid::new_v4()).await.unwrap(), None);
}

/// Design §3, test catalogue 12: one effect and fifty equal receipts.
async fn fifty_at_once_have_one_effect(place: Place) {
    let store = Arc::new(place.open().await);
    let append = to_stream("a", 0, 3);
    let tasks = (0..50).map(|_| {
        let (store, append) = (Arc::clone(&store), append.clone());
        tokio::spawn(async move { store.append(append).await.unwrap() })
    });
    let outcomes: Vec<_> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
    let stored_now = outcomes.iter().filter(|outcome| matches!(outcome, Appended::Fresh(_))).count();
    assert_eq!(stored_now, 1);
    let receipts: Vec<_> =
        outcomes.into_iter().map(|(Appended::Fresh(receipt) | Appended::Repeat(receipt))| receipt).collect();
    assert!(receipts.iter().all(|receipt| *receipt == receipts[0]));
    assert_eq!(Feed::head(&*store).await.unwrap(), 3);
}

/// Design §3: a loser (conflict, duplicate, reused key) never fails the batch that it is in.
async fn one_batch_sorts_out_its_own_losers(place: Place) {
    let store = Arc::new(place.open().await);
    let held = place.raw().await.hold_head().await;
    // The first one goes ahead alone, and waits for the head with all the others behind it.
    let winner = to_stream("a", 0, 2);
    let appends = [
        to_stream("first", 0, 1),
        winner.clone(),
        winner.clone(),
        Append { input_hash: "01".to_owned(), ..winner },
        to_stream("a", 0, 1),
        to_stream("a", 2, 1),
        to_stream("b", 0, 1),
    ];
    let waiting = one_after_the_other(&store, appends).await;
    held.release().await;
    let mut outcomes: Vec<_> = join_all(waiting).await.into_iter().map(Result::unwrap).collect();
    assert!(outcomes.remove(0).is_ok());
    let receipt = match &outcomes[0] {
        Ok(Appended::Fresh(receipt)) => receipt.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(receipt.position, 3);
    assert!(matches!(&outcomes[1], Ok(Appended::Repeat(again)) if *again == receipt), "{:?}", outcomes[1]);
    assert!(matches!(&outcomes[2], Err(JournalError::KeyReused(_))), "{:?}", outcomes[2]);
    assert!(matches!(&outcomes[3], Err(JournalError::Conflict(_))), "{:?}", outcomes[3]);
    assert!(matches!(&outcomes[4], Ok(Appended::Fresh(placed)) if placed.position == 4), "{:?}", outcomes[4]);
    assert!(matches!(&outcomes[5], Ok(Appended::Fresh(placed)) if placed.position == 5), "{:?}", outcomes[5]);
    let events = Feed::after(&*store, 1, 10).await.unwrap();
    assert!(
        events.iter().all(|event| event.recorded_at == events[0].recorded_at),
        "they were not in one batch: the test shows nothing"
    );
}

/// Port: an append with no events keeps only the answer, at the head, and still checks what it has read.
async fn an_append_without_events_keeps_its_answer(place: Place) {
    let store = place.open().await;
    let on_nothing = empty();
    assert_eq!(fresh(store.append(on_nothing.clone()).await.unwrap()).position, 0);
    fresh(store.append(to_stream("a", 0, 2)).await.unwrap());
    let mut append = empty();
    append.expected = vec![member("a", 1)];
    assert!(matches!(store.append(append.clone()).await, Err(JournalError::Conflict(_))));
    append.expected = vec![member("a", 2)];
    let receipt = fresh(store.append(append.clone()).await.unwrap());
    assert_eq!((receipt.position, receipt.events.len()), (2, 0));
    fresh(store.append(to_stream("a", 2, 1)).await.unwrap());
    assert_eq!(repeat(store.append(append).await.unwrap()), receipt);
    assert_eq!(repeat(store.append(on_nothing).await.unwrap()).position, 0);
    assert_eq!(Feed::head(&store).await.unwrap(), 3);
}

/// Design §3: an append that the database would refuse does not fail the others of its batch.
async fn what_cannot_be_stored_is_in_nobodys_way(place: Place) {
    let store = Arc::new(place.open().await);
    let mut no_json = to_stream("a", 0, 1);
    "{".clone_into(&mut no_json.events[0].payload);
    assert!(matches!(store.append(no_json).await, Err(JournalError::Malformed(_))));
    let mut not_read = to_stream("a", 0, 1);
    not_read.events.push(event("b", "1"));
    assert!(matches!(store.append(not_read).await, Err(JournalError::Malformed(_))));
    let held = place.raw().await.hold_head().await;
    // PostgreSQL has no index entries of this length; SQLite has.
    let long: String = (0..400)
        .map(|number| {
            uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, &[number as u8, (number >> 8) as u8]).to_string()
        })
        .collect();
    let appends = [to_stream("x", 0, 1), to_stream("a", 0, 1), to_stream(&long, 0, 1), to_stream("b", 0, 1)];
    let tasks = one_after_the_other(&store, appends).await;
    held.release().await;
    let mut outcomes: Vec<_> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
    let odd = outcomes.remove(2);
    match place {
        Place::Sqlite(_) => assert!(odd.is_ok(), "{odd:?}"),
        Place::Postgres(_) => assert!(matches!(odd, Err(JournalError::Malformed(_))), "{odd:?}"),
    }
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
}

/// Test catalogue 16: a full queue answers at once, and what is in it is stored all the same.
async fn too_many_are_turned_away(place: Place) {
    let store = Arc::new(place.open_with(Settings { queue: 10, ..Settings::default() }).await);
    let held = place.raw().await.hold_head().await;
    let submit = |stream: String| {
        let store = Arc::clone(&store);
        tokio::spawn(async move { store.append(to_stream(&stream, 0, 1)).await })
    };
    let mut waiting = vec![submit("first".to_owned())];
    tokio::time::sleep(Duration::from_millis(100)).await;
    waiting.extend((0..10).map(|number| submit(format!("m{number}"))));
    tokio::time::sleep(Duration::from_millis(100)).await;
    let started = std::time::Instant::now();
    for _ in 0..100 {
        assert!(matches!(store.append(to_stream("late", 0, 1)).await, Err(JournalError::Overloaded)));
    }
    assert!(started.elapsed() < Duration::from_secs(1));
    held.release().await;
    assert!(join_all(waiting).await.into_iter().all(|outcome| outcome.unwrap().is_ok()));
    assert_eq!(Feed::head(&*store).await.unwrap(), 11);
    fresh(store.append(to_stream("late", 0, 1)).await.unwrap());
}

/// Operations: a shutdown stores and answers what waits, and refuses what comes after.
async fn closing_answers_what_waits(place: Place) {
    let store = Arc::new(place.open().await);
    let held = place.raw().await.hold_head().await;
    let waiting: Vec<_> = (0..20)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.append(to_stream(&format!("m{number}"), 0, 1)).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let closing = Arc::clone(&store);
    let closing = tokio::spawn(async move { closing.close().await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(matches!(store.append(to_stream("late", 0, 1)).await, Err(JournalError::Unavailable(_))));
    held.release().await;
    assert!(join_all(waiting).await.into_iter().all(|outcome| outcome.unwrap().is_ok()));
    closing.await.unwrap();
    assert_eq!(Feed::head(&place.open().await).await.unwrap(), 20);
}
