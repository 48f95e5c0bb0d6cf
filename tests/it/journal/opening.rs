//! Opening a ledger, again, twice at once, and where it cannot be.

use commands::journal::Journal;
use futures::future::join_all;
use projections::Feed;
use server::store::{OpenError, Store};
use tests::append::{fresh, repeat, to_stream};
use tests::place::Place;

on_both!(many_open_a_new_ledger_at_once, a_ledger_is_there_when_opened_again, a_newer_ledger_is_refused);

/// Design §5: the schema is created on start, also when several processes start at once.
async fn many_open_a_new_ledger_at_once(place: Place) {
    let url = place.url();
    let stores: Vec<_> = join_all((0..8).map(|_| {
        let url = url.clone();
        tokio::spawn(async move { Store::open(&url).await })
    }))
    .await
    .into_iter()
    .map(|opened| opened.unwrap().unwrap())
    .collect();
    for (number, store) in stores.iter().enumerate() {
        assert_eq!(
            fresh(store.append(to_stream("a", number as u64, 1)).await.unwrap()).position,
            number as u64 + 1
        );
    }
    let migrations = "SELECT CAST(version AS bigint) FROM schema_migrations ORDER BY version";
    assert_eq!(place.raw().await.numbers(migrations).await, [1, 2, 3, 4, 5, 6], "each once");
}

/// Design §3: what was answered is there after the process ended, without a good-bye.
async fn a_ledger_is_there_when_opened_again(place: Place) {
    let store = place.open().await;
    let append = to_stream("a", 0, 2);
    let receipt = fresh(store.append(append.clone()).await.unwrap());
    drop(store);
    let store = place.open().await;
    assert_eq!(repeat(store.append(append).await.unwrap()), receipt);
    assert_eq!(fresh(store.append(to_stream("a", 2, 1)).await.unwrap()).position, 3);
    assert_eq!(Feed::after(&store, 0, 10).await.unwrap().len(), 3);
}

/// Operations: an old program does not touch a ledger that a newer one has changed.
async fn a_newer_ledger_is_refused(place: Place) {
    place.open().await.close().await;
    place.raw().await.run("INSERT INTO schema_migrations (version, name, applied_at) VALUES (99, 'later', '2099-01-01T00:00:00Z')").await.unwrap();
    let refused = Store::open(&place.url()).await.err().unwrap();
    assert!(matches!(refused, OpenError::NewerSchema { found: 99, .. }), "{refused}");
}

/// Design §5: every failure says what to do next.
#[tokio::test]
async fn a_place_where_no_ledger_can_be_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let missing = format!("sqlite://{}/no/such/ledger.db", folder.path().display());
    let refused = Store::open(&missing).await.err().unwrap();
    assert!(matches!(refused, OpenError::NotWritable { .. }), "{refused}");
    assert!(refused.to_string().contains("no/such/ledger.db"), "{refused}");

    let letter = folder.path().join("letter.txt");
    std::fs::write(&letter, "Dear comrade, ".repeat(500)).unwrap();
    let refused = Store::open(&format!("sqlite://{}", letter.display())).await.err().unwrap();
    assert!(matches!(refused, OpenError::NotALedger { .. }), "{refused}");

    let refused = Store::open("postgres://nobody:secret@127.0.0.1:1/none").await.err().unwrap();
    assert!(matches!(refused, OpenError::Unreachable { .. }), "{refused}");
    assert!(
        refused.to_string().contains("127.0.0.1:1/none") && !refused.to_string().contains("secret"),
        "{refused}"
    );

    let refused = Store::open("mysql://localhost/ledger").await.err().unwrap();
    assert!(matches!(refused, OpenError::Address(_)), "{refused}");
}
