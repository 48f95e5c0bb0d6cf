//! What is written stays as it was written.

use std::collections::HashMap;

use aggregates::Stream;
use aggregates::member::Member;
use commands::journal::{Journal, JournalError};
use cqrs_es::persist::{PersistedEventRepository, SerializedEvent};
use postgres_es::PostgresEventRepository;
use projections::{Feed, Shelf, ports::Sheet};
use server::store::Store;
use sqlite_es::SqliteEventRepository;
use tests::append::{empty, event, fresh, member, to_stream};
use tests::place::{Place, Raw};
use uuid::Uuid;

use crate::switching::Whole;

on_both!(
    payloads_keep_their_bytes,
    history_cannot_be_changed,
    a_ledger_that_went_back_is_not_written_on,
    the_repositories_of_cqrs_es_read_the_same_history,
);

/// Design §3: the payload's exact bytes are kept: spacing, order of keys, doubled keys, numbers, escapes, all of Unicode.
async fn payloads_keep_their_bytes(place: Place) {
    let store = place.open().await;
    let payloads = [
        r#"{"b": 1,  "a":2, "b":3}"#,
        "{\"wish\" :\t\"换一盏灯\u{1F4A1} — Ünïcödé\"\n}",
        r#"{"escaped":"\u6c34\u0000\"\\\/\n","number":1.10e+02,"big":123456789012345678901234567890}"#,
        "{\"line\u{2028}\u{7f}\":\"\u{10ffff}\u{e000}'; DROP TABLE events; --\"}",
        " [ ] ",
        "null",
    ];
    let mut append = empty();
    r#"{ "command":"test", "reason":"黔委 “六盘水”" }"#.clone_into(&mut append.metadata);
    append.expected = vec![member("水城/甲 %_'\"", 0)];
    append.events = payloads.iter().map(|payload| event("水城/甲 %_'\"", payload)).collect();
    fresh(store.append(append.clone()).await.unwrap());
    let events = Feed::after(&store, 0, 100).await.unwrap();
    assert_eq!(events.iter().map(|event| event.payload.as_str()).collect::<Vec<_>>(), payloads);
    for event in &events {
        assert_eq!(event.metadata, append.metadata);
        assert_eq!(
            (event.aggregate_id.as_str(), event.event_type.as_str(), event.event_version.as_str()),
            ("水城/甲 %_'\"", "Happened", "1.0")
        );
        assert_eq!(event.command_id, append.command_id);
    }
    let stream = Feed::stream(&store, "member", "水城/甲 %_'\"", 100).await.unwrap();
    assert_eq!(stream, events);
}

/// Design §3: UPDATE, DELETE and TRUNCATE are refused by the database, of events and of answers.
async fn history_cannot_be_changed(place: Place) {
    let store = place.open().await;
    fresh(store.append(to_stream("a", 0, 3)).await.unwrap());
    let raw = place.raw().await;
    let before = (
        Feed::after(&store, 0, 10).await.unwrap(),
        raw.texts("SELECT CAST(answer AS text) FROM commands").await,
    );
    let mut attacks = vec![
        "UPDATE events SET payload = '{}'",
        "UPDATE events SET position = position + 10 WHERE position = 3",
        "DELETE FROM events",
        "DELETE FROM events WHERE position = 2",
        "UPDATE commands SET answer = '{}'",
        "DELETE FROM commands",
    ];
    match place {
        Place::Postgres(_) => attacks.extend(["TRUNCATE events", "TRUNCATE commands", "TRUNCATE events, commands CASCADE"]),
        Place::Sqlite(_) => attacks.extend([
            "INSERT OR REPLACE INTO events SELECT aggregate_type, aggregate_id, sequence, event_type, event_version, '{}', metadata, position, event_id, recorded_at, command_id FROM events WHERE position = 2",
            "REPLACE INTO events (rowid, aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata, position, event_id, recorded_at, command_id) \
             SELECT rowid, 'x', 'x', 1, event_type, event_version, '{}', metadata, 99, event_id, recorded_at, command_id FROM events WHERE position = 2",
            "REPLACE INTO commands SELECT command_id, command, 'ff', answer, position, recorded_at FROM commands",
        ]),
    }
    for attack in attacks {
        let refused = raw.run(attack).await.unwrap_err();
        assert!(refused.contains("append-only"), "{attack}: {refused}");
    }
    let after = (
        Feed::after(&store, 0, 10).await.unwrap(),
        raw.texts("SELECT CAST(answer AS text) FROM commands").await,
    );
    assert_eq!(after, before);
}

/// Design §3: the unmodified repositories read what we wrote, and our own loads go through them.
async fn the_repositories_of_cqrs_es_read_the_same_history(place: Place) {
    let store = place.open().await;
    fresh(store.append(to_stream("a", 0, 3)).await.unwrap());
    fresh(store.append(to_stream("b", 0, 1)).await.unwrap());
    fresh(store.append(to_stream("a", 3, 2)).await.unwrap());
    let ours: Vec<SerializedEvent> = Feed::stream(&store, "member", "a", u64::MAX)
        .await
        .unwrap()
        .iter()
        .map(|event| event.serialized().unwrap())
        .collect();
    let (theirs, tail) = match place.raw().await {
        Raw::Sqlite(pool) => read(&SqliteEventRepository::new(pool)).await,
        Raw::Postgres(pool) => read(&PostgresEventRepository::new(pool)).await,
    };
    assert_eq!(theirs, ours);
    assert_eq!(theirs.iter().map(|event| event.sequence).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert_eq!(
        serde_json::from_value::<HashMap<String, String>>(theirs[0].metadata.clone()).unwrap()["command"],
        "test"
    );
    assert_eq!(store.load("member", "a", 0).await.unwrap(), ours);
    assert_eq!(store.load("member", "a", 3).await.unwrap(), tail);
    assert_eq!(store.load("member", "nobody", 0).await.unwrap(), []);
}

async fn read(repository: &impl PersistedEventRepository) -> (Vec<SerializedEvent>, Vec<SerializedEvent>) {
    (
        repository.get_events::<Stream<Member>>("a").await.unwrap(),
        repository.get_last_events::<Stream<Member>>("a", 3).await.unwrap(),
    )
}

/// Design §3: on PostgreSQL the application role's privileges protect history too, and are enough to serve.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_application_role_can_serve_and_cannot_change_history() {
    const SHEET: Sheet = Sheet { name: "before", version: 1, columns: &["unit"] };
    let place = Place::postgres();
    let owner = place.open().await;
    owner.live(&SHEET).await.unwrap();
    for resource in projections::sheets::resources() {
        owner.live(&resource.sheet).await.unwrap();
    }
    owner.close().await;
    let role = format!("app{}", Uuid::new_v4().simple());
    let raw = place.raw().await;
    let grants = include_str!("../../../server/migrations/postgres/roles.sql");
    raw.run(&format!("SET baodao.role = '{role}'; {grants}")).await.unwrap();
    // It can be run again.
    raw.run(&format!("SET baodao.role = '{role}'; {grants}")).await.unwrap();
    raw.run(&format!("ALTER ROLE {role} PASSWORD 'for-a-test'")).await.unwrap();
    let (_, rest) =
        place.url().rsplit_once('@').map(|(user, rest)| (user.to_owned(), rest.to_owned())).unwrap();
    let url = format!("postgres://{role}:for-a-test@{rest}");
    let store = Store::open(&url).await.unwrap();
    assert!(store.is_locked_twice(), "it may read for callers");
    for resource in projections::sheets::resources() {
        let rebuilt = store.begin_rebuild(&resource.sheet).await.unwrap();
        store.switch(&resource.sheet, &rebuilt, &mut Whole).await.unwrap();
    }
    fresh(store.append(to_stream("a", 0, 2)).await.unwrap());
    assert_eq!(store.load("member", "a", 0).await.unwrap().len(), 2);
    let rebuilt = store.begin_rebuild(&SHEET).await.unwrap();
    assert_eq!(store.switch(&SHEET, &rebuilt, &mut Whole).await.unwrap(), rebuilt);
    store.live(&Sheet { name: "after", version: 1, columns: &[] }).await.unwrap();
    // Even where no trigger stands in the way.
    raw.run("ALTER TABLE events DISABLE TRIGGER ALL; ALTER TABLE commands DISABLE TRIGGER ALL")
        .await
        .unwrap();
    for attack in [
        "UPDATE events SET payload = '{}'",
        "DELETE FROM events",
        "TRUNCATE events",
        "DROP TABLE events",
        "ALTER TABLE events DISABLE TRIGGER ALL",
        "UPDATE commands SET answer = '{}'",
        "DELETE FROM commands",
        "DELETE FROM ledger_head",
        "DELETE FROM schema_migrations",
    ] {
        let refused = raw.run(&format!("SET ROLE {role}; {attack}")).await.unwrap_err();
        raw.run("RESET ROLE").await.unwrap();
        assert!(
            refused.contains("permission denied") || refused.contains("must be owner"),
            "{attack}: {refused}"
        );
    }
    raw.run("ALTER TABLE events ENABLE TRIGGER ALL; ALTER TABLE commands ENABLE TRIGGER ALL").await.unwrap();
    assert!(matches!(store.append(to_stream("a", 1, 1)).await, Err(JournalError::Conflict(_))));
}

/// Design §3: a database that lost what was acknowledged, by a failover to a machine that lacks it, is not written on by who knows.
async fn a_ledger_that_went_back_is_not_written_on(place: Place) {
    let store = place.open().await;
    fresh(store.append(to_stream("a", 0, 3)).await.unwrap());
    let raw = place.raw().await;
    raw.run("UPDATE ledger_head SET position = 2").await.unwrap();
    assert!(matches!(store.append(to_stream("b", 0, 1)).await, Err(JournalError::Unavailable(_))));
    raw.run("UPDATE ledger_head SET position = 3").await.unwrap();
    assert_eq!(fresh(store.append(to_stream("b", 0, 1)).await.unwrap()).position, 4);
}
