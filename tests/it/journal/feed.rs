//! Reading the journal in the order of positions, and by time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use commands::journal::Journal;
use projections::Feed;
use server::store::Settings;
use tests::append::{empty, event, fresh, member, to_stream};
use tests::place::Place;

use crate::tlog::ledger::unguard;

on_both!(
    pages_follow_each_other,
    news_are_what_was_stored,
    many_streams_are_written_at_once,
    time_never_goes_back,
    an_instant_has_its_position,
    an_append_wakes_readers
);

/// Design §3: `position > checkpoint ORDER BY position LIMIT n`; a stream as it stood at a position.
async fn pages_follow_each_other(place: Place) {
    let store = place.open().await;
    assert_eq!(Feed::head(&store).await.unwrap(), 0);
    assert_eq!(Feed::after(&store, 0, 10).await.unwrap(), []);
    for number in 0..7_u64 {
        fresh(
            store
                .append(to_stream(if number % 2 == 0 { "even" } else { "odd" }, number / 2, 1))
                .await
                .unwrap(),
        );
    }
    let positions = async |after, limit| {
        Feed::after(&store, after, limit)
            .await
            .unwrap()
            .iter()
            .map(|event| event.position)
            .collect::<Vec<_>>()
    };
    assert_eq!(positions(0, 3).await, [1, 2, 3]);
    assert_eq!(positions(3, 3).await, [4, 5, 6]);
    assert_eq!(positions(6, usize::MAX).await, [7]);
    assert_eq!(positions(u64::MAX, 3).await, [0_u64; 0]);
    let stream = Feed::stream(&store, "member", "even", 5).await.unwrap();
    assert_eq!(
        stream.iter().map(|event| (event.position, event.sequence)).collect::<Vec<_>>(),
        [(1, 1), (3, 2), (5, 3)]
    );
    assert_eq!(Feed::stream(&store, "unit", "even", 5).await.unwrap(), []);
}

/// Design §3: who stored an event tells it out of memory, as it was stored, for a while; what others stored between is read.
async fn news_are_what_was_stored(place: Place) {
    let (store, other) = (place.open().await, place.open().await);
    let long = format!("\"{}\"", "长".repeat(1 << 18));
    for number in 0..30 {
        let by = if number == 5 { &other } else { &store };
        let mut append = to_stream("m-1", number * 2, 2);
        append.events[1].payload.clone_from(&long);
        fresh(by.append(append).await.unwrap());
    }
    let stored = store.after(0, usize::MAX).await.unwrap();
    for by in [&store, &other] {
        let mut told = vec![];
        loop {
            let news = by.news(told.len() as u64, 7).await.unwrap();
            if news.is_empty() {
                break;
            }
            told.extend(news);
        }
        assert_eq!(told, stored);
    }
    fresh(store.append(to_stream("m-1", 60, 1)).await.unwrap());
    let raw = place.raw().await;
    unguard(&raw).await;
    raw.run("UPDATE events SET event_type = 'Edited' WHERE position IN (13, 61)").await.unwrap();
    for (position, is_kept) in [(13, false), (61, true)] {
        let (news, read) =
            (store.news(position - 1, 1).await.unwrap(), store.after(position - 1, 1).await.unwrap());
        assert_eq!(read[0].event_type, "Edited");
        assert_eq!(news[0].event_type == "Happened", is_kept, "position {position}");
    }
}

/// Design §5: a file is stored whole, however many rows and streams it has.
async fn many_streams_are_written_at_once(place: Place) {
    const STREAMS: usize = 10_001;
    let store = place.open().await;
    for sequence in [0, 1] {
        let mut append = empty();
        append.expected = (0..STREAMS).map(|n| member(&format!("m-{n}"), sequence)).collect();
        append.events = (0..STREAMS).map(|n| event(&format!("m-{n}"), "{}")).collect();
        fresh(store.append(append).await.unwrap());
    }
    let events = store.after(0, usize::MAX).await.unwrap();
    let told: Vec<_> = events.iter().map(|event| (event.aggregate_id.clone(), event.sequence)).collect();
    let both =
        [1, 2].into_iter().flat_map(|sequence| (0..STREAMS).map(move |n| (format!("m-{n}"), sequence)));
    assert_eq!(told, both.collect::<Vec<_>>());
}

fn settings(clock: &Arc<AtomicI64>) -> Settings {
    let clock = Arc::clone(clock);
    Settings {
        clock: Arc::new(move || DateTime::from_timestamp_nanos(clock.load(Ordering::SeqCst))),
        ..Settings::default()
    }
}

/// Design §3: recorded times come from the clock, never decrease with the position, and read back as written.
async fn time_never_goes_back(place: Place) {
    let noon = 1_767_240_000_123_456_789;
    let clock = Arc::new(AtomicI64::new(noon));
    let store = place.open_with(settings(&clock)).await;
    fresh(store.append(to_stream("a", 0, 1)).await.unwrap());
    clock.store(noon - 400 * 86_400_000_000_000, Ordering::SeqCst);
    fresh(store.append(to_stream("a", 1, 1)).await.unwrap());
    clock.store(noon + 5_000, Ordering::SeqCst);
    fresh(store.append(to_stream("a", 2, 1)).await.unwrap());
    let times: Vec<_> =
        Feed::after(&store, 0, 10).await.unwrap().iter().map(|event| event.recorded_at).collect();
    let whole = DateTime::<Utc>::from_timestamp_micros(noon / 1000).unwrap();
    assert_eq!(times, [whole, whole, whole + TimeDelta::microseconds(5)]);
}

/// Design §4: `as_of=RFC3339` becomes the last position recorded at or before the instant.
async fn an_instant_has_its_position(place: Place) {
    let clock = Arc::new(AtomicI64::new(0));
    let store = place.open_with(settings(&clock)).await;
    let at = |micros: i64| DateTime::<Utc>::from_timestamp_micros(1_700_000_000_000_000 + micros).unwrap();
    let tell = |instant: DateTime<Utc>| clock.store(instant.timestamp_nanos_opt().unwrap(), Ordering::SeqCst);
    assert_eq!(store.position_at(Utc::now()).await.unwrap(), 0);
    for (number, micros) in [10, 20, 20, 20, 30].into_iter().enumerate() {
        tell(at(micros));
        fresh(store.append(to_stream(&number.to_string(), 0, 2)).await.unwrap());
    }
    for (micros, position) in [(9, 0), (10, 2), (19, 2), (20, 8), (29, 8), (30, 10), (31, 10)] {
        assert_eq!(store.position_at(at(micros)).await.unwrap(), position, "{micros}");
    }
    // The ledger keeps microseconds, so an instant just behind one counts as behind it.
    assert_eq!(store.position_at(at(20) - TimeDelta::nanoseconds(1)).await.unwrap(), 2);
}

/// Port: wake-ups tell the new head after it was committed.
async fn an_append_wakes_readers(place: Place) {
    let store = place.open().await;
    let mut wakeups = store.wakeups();
    assert!(!wakeups.has_changed().unwrap());
    fresh(store.append(to_stream("a", 0, 3)).await.unwrap());
    tokio::time::timeout(Duration::from_secs(5), wakeups.changed()).await.unwrap().unwrap();
    assert_eq!(*wakeups.borrow_and_update(), 3);
}
