//! Commits that PostgreSQL itself refuses or that somebody cancels (test catalogue 6, 13).

use std::sync::Arc;
use std::time::Duration;

use commands::journal::{Journal, JournalError};
use projections::Feed;
use tests::append::{fresh, repeat, to_stream};
use tests::cluster::Cluster;
use tests::place::{Place, Raw};

/// Refuses so many commits with an SQLSTATE. A sequence counts, because it does not roll back.
async fn refuse(raw: &Raw, commits: u32, state: &str) {
    let sql = format!(
        "DROP TRIGGER IF EXISTS refusing ON commands; DROP SEQUENCE IF EXISTS refusals; CREATE SEQUENCE refusals;
        CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF nextval('refusals') <= {commits} THEN RAISE 'no' USING ERRCODE = '{state}'; END IF; RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER refusing AFTER INSERT ON commands DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION refuse();"
    );
    raw.run(&sql).await.unwrap();
}

/// Test catalogue 13: a serialization failure or a deadlock at the commit is tried again, and in the end nothing is doubled.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_serialization_failure_is_tried_again() {
    let place = Place::postgres();
    let (store, raw) = (place.open().await, place.raw().await);
    for (number, state) in ["40001", "40P01"].into_iter().enumerate() {
        refuse(&raw, 3, state).await;
        let append = to_stream("a", 2 * number as u64, 2);
        let receipt = fresh(store.append(append.clone()).await.unwrap());
        assert_eq!(raw.numbers("SELECT last_value FROM refusals").await, [4], "tried three times more");
        assert_eq!(repeat(store.append(append).await.unwrap()), receipt);
    }
    assert_eq!(Feed::head(&store).await.unwrap(), 4);
}

/// Test catalogue 13: it is not tried for ever: the caller is told that nothing was stored, and that is so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn endless_serialization_failures_are_given_up() {
    let place = Place::postgres();
    let (store, raw) = (place.open().await, place.raw().await);
    refuse(&raw, 1_000_000, "40001").await;
    let append = to_stream("a", 0, 1);
    let refused = store.append(append.clone()).await;
    assert!(matches!(refused, Err(JournalError::Unavailable(_))), "{refused:?}");
    let tries = raw.numbers("SELECT last_value FROM refusals").await[0];
    assert!((2..=20).contains(&tries), "{tries} tries");
    assert_eq!(store.answer(append.command_id).await.unwrap(), None);
    raw.run("DROP TRIGGER refusing ON commands").await.unwrap();
    assert_eq!(fresh(store.append(append).await.unwrap()).position, 1);
}

/// Test catalogue 6: a commit that waits for a standby and is cancelled is done here and perhaps nowhere else. PostgreSQL answers
/// it like any other; we must not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_wait_for_a_standby_is_no_success() {
    let cluster =
        tokio::task::spawn_blocking(|| Cluster::start("-c max_connections=50 -c shared_buffers=64MB"))
            .await
            .unwrap();
    let place = Place::on(cluster.url());
    let store = Arc::new(place.open().await);
    fresh(store.append(to_stream("a", 0, 1)).await.unwrap());
    let raw = place.raw().await;
    raw.run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'").await.unwrap();
    raw.run("SELECT pg_reload_conf()").await.unwrap();
    // The server takes its new setting over when it comes to it; until then commits do not wait.
    let held = "SELECT pid::bigint FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND application_name LIKE 'baodao %'";
    let (mut number, mut held_up) = (0, None);
    let (append, waiting, pid) = loop {
        number += 1;
        let append = to_stream("a", number, 1);
        let (own, sent) = (store.clone(), append.clone());
        let waiting = tokio::spawn(async move { own.append(sent).await });
        while held_up.is_none() && !waiting.is_finished() {
            held_up = raw.numbers(held).await.first().copied();
        }
        match held_up {
            Some(pid) => break (append, waiting, pid),
            None => drop(fresh(waiting.await.unwrap().unwrap())),
        }
    };
    tokio::time::sleep(Duration::from_millis(400)).await;
    raw.run(&format!("SELECT pg_cancel_backend({pid})")).await.unwrap();
    let told = waiting.await.unwrap();
    assert!(matches!(told, Err(JournalError::OutcomeUnknown)), "{told:?}");
    raw.run("ALTER SYSTEM RESET synchronous_standby_names").await.unwrap();
    raw.run("SELECT pg_reload_conf()").await.unwrap();
    assert_eq!(repeat(store.append(append).await.unwrap()).position, number + 1);
}
