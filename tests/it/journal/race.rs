//! The position race that other logs lost events in (test catalogue, negative controls): the same race, three readers.

use std::sync::Arc;

use sqlx::postgres::PgPool;
use tests::place::{Place, Raw};
use tests::race::{Identity, Log, Ours, race};

const WRITERS: usize = 8;
/// Events written in a race.
const ENOUGH: usize = 1_000;

on_both!(our_feed_loses_nothing);

/// Design §3: positions are given in the order of commits, so whoever reads behind the last one misses nothing.
async fn our_feed_loses_nothing(place: Place) {
    let log = Arc::new(Ours([place.open().await, place.open().await]));
    let outcome = race(log, WRITERS, ENOUGH).await;
    assert!(outcome.committed >= ENOUGH && outcome.lost == 0, "{outcome:?}");
}

async fn raw_pool(place: &Place) -> PgPool {
    place.open().await.close().await;
    match place.raw_with(2 * WRITERS as u32).await {
        Raw::Postgres(pool) => pool,
        Raw::Sqlite(_) => unreachable!(),
    }
}

async fn loses(by_epoch: bool) {
    let place = Place::postgres();
    let log: Arc<dyn Log> = Arc::new(Identity::new(raw_pool(&place).await, by_epoch).await);
    let outcome = race(log, WRITERS, ENOUGH).await;
    println!("{outcome:?}");
    assert!(outcome.lost > 0, "the race is too tame to show anything: {outcome:?}");
}

/// Negative control: `position > last` over an identity column passes over what commits late.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_race_catches_an_identity_column() {
    loses(false).await;
}

/// Negative control: held back by transaction ids and read by position, as the two orders differ.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_race_catches_an_epoch_read_by_position() {
    loses(true).await;
}
