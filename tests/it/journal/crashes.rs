//! Connections that break, above all while a commit is under way: no false success, and nothing twice (test catalogue 2, 4, 6).

use std::sync::Arc;
use std::time::Duration;

use commands::journal::{Append, Appended, Journal, JournalError};
use projections::Feed;
use server::store::Store;
use tests::append::{fresh, repeat, to_stream};
use tests::place::{Place, Raw};
use tests::proxy::Proxy;

/// Makes the commit of every answer take long, before it takes effect.
const SLOW_COMMITS: &str = "
    CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(1); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER lingering AFTER INSERT ON commands DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION linger();";

fn submit(store: &Arc<Store>, append: &Append) -> tokio::task::JoinHandle<Result<Appended, JournalError>> {
    let (store, append) = (Arc::clone(store), append.clone());
    tokio::spawn(async move { store.append(append).await })
}

/// Ends the server's side of all of the ledger's journal connections that are inside a commit, when one is.
async fn end_commits(raw: &Raw) {
    let busy =
        "SELECT count(pg_terminate_backend(a.pid)) FROM pg_stat_activity a JOIN pg_locks l ON l.pid = a.pid
                WHERE a.query = 'COMMIT' AND a.state = 'active' AND l.relation = 'ledger_head'::regclass";
    for _ in 0..200 {
        if raw.numbers(busy).await[0] > 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("no commit was seen");
}

/// Design §3: the writer comes back after its connection was lost between two commands.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_connection_is_made_anew() {
    let place = Place::postgres();
    let store = place.open().await;
    let raw = place.raw().await;
    for number in 0..3 {
        fresh(store.append(to_stream("a", number, 1)).await.unwrap());
        assert_eq!(Feed::head(&store).await.unwrap(), number + 1);
        let ended = "SELECT count(pg_terminate_backend(a.pid)) FROM pg_stat_activity a WHERE a.application_name = 'baodao ' || current_schema() AND a.query LIKE '%COMMIT%' AND a.pid <> pg_backend_pid()";
        raw.numbers(ended).await;
    }
    fresh(store.append(to_stream("a", 3, 1)).await.unwrap());
}

/// Design §3: a server process that dies inside the commit did not store it; that is proved, and the batch is stored once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_died_is_done_again() {
    let place = Place::postgres();
    let store = Arc::new(place.open().await);
    let raw = place.raw().await;
    raw.run(SLOW_COMMITS).await.unwrap();
    let append = to_stream("a", 0, 2);
    let task = submit(&store, &append);
    end_commits(&raw).await;
    let receipt = fresh(task.await.unwrap().unwrap());
    raw.run("DROP TRIGGER lingering ON commands").await.unwrap();
    assert_eq!(repeat(store.append(append).await.unwrap()), receipt);
    assert_eq!(Feed::after(&*store, 0, 10).await.unwrap().len(), 2);
}

/// Design §3: an answer that got lost after the commit is found again, and told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_answer_was_lost_is_proved() {
    let place = Place::postgres();
    let wire = Proxy::before(&place.url()).await;
    let store = Store::open(&wire.through(&place.url())).await.unwrap();
    fresh(store.append(to_stream("a", 0, 1)).await.unwrap());
    wire.cut_next_commit();
    let append = to_stream("a", 1, 2);
    let receipt = fresh(store.append(append.clone()).await.unwrap());
    assert!(wire.has_cut());
    assert_eq!(repeat(store.append(append).await.unwrap()), receipt);
    assert_eq!(Feed::head(&store).await.unwrap(), 3);
}

/// Design §3: when nothing can be proved, the outcome is unknown: neither success nor failure is claimed, and the same id settles it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_cannot_be_proved_is_unknown() {
    let place = Place::postgres();
    let wire = Proxy::before(&place.url()).await;
    let store = Store::open(&wire.through(&place.url())).await.unwrap();
    fresh(store.append(to_stream("a", 0, 1)).await.unwrap());
    wire.cut_next_commit_for_good();
    let append = to_stream("a", 1, 2);
    assert!(matches!(store.append(append.clone()).await, Err(JournalError::OutcomeUnknown)));
    assert!(matches!(store.append(to_stream("b", 0, 1)).await, Err(JournalError::Unavailable(_))));
    wire.mend();
    let receipt = repeat(store.append(append).await.unwrap());
    assert_eq!(receipt.position, 3);
    assert_eq!(fresh(store.append(to_stream("b", 0, 1)).await.unwrap()).position, 4);
}

/// Design §3: the same, where the commit did not take effect.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_died_unseen_is_unknown() {
    let place = Place::postgres();
    let wire = Proxy::before(&place.url()).await;
    let store = Arc::new(Store::open(&wire.through(&place.url())).await.unwrap());
    let raw = place.raw().await;
    raw.run(SLOW_COMMITS).await.unwrap();
    wire.cut_next_commit_for_good();
    let append = to_stream("a", 0, 1);
    let task = submit(&store, &append);
    end_commits(&raw).await;
    assert!(matches!(task.await.unwrap(), Err(JournalError::OutcomeUnknown)));
    raw.run("DROP TRIGGER lingering ON commands").await.unwrap();
    wire.mend();
    assert_eq!(fresh(store.append(append).await.unwrap()).position, 1);
}
