//! Too much at once, and too little to do it with: whoever is turned away is told so in time and in a typed answer
//! (test catalogue 12, 16, 17).

use std::sync::Arc;

use commands::journal::Journal;
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use server::store::Settings;
use tests::checker::{self, Book, Told};
use tests::cluster::Cluster;
use tests::place::Place;
use tests::serving::{Crowd, Server, found};
use tests::town::Town;
use uuid::Uuid;

on_both!(five_times_too_many_are_told_to_come_back, fifty_at_once_through_two_servers_have_one_effect);

fn order() -> Value {
    json!({"demand": Uuid::new_v4().to_string(), "channel": "online", "category": "errands",
        "community": "520201016001", "urgency": "routine"})
}

/// Sends an order under a key of its own: status, code of the problem, and whether it says when to come back.
async fn send(town: &Town, book: &Book) -> (u16, String, bool) {
    let id = Uuid::new_v4();
    let request = town.request(Method::POST, "/v1/commands/place-order").json(&order());
    let response = request.header("Idempotency-Key", id.to_string()).send().await.unwrap();
    let (status, waits) = (response.status().as_u16(), response.headers().contains_key("retry-after"));
    let body: Value = response.json().await.unwrap();
    book.note(
        id,
        match status {
            200 | 201 => Told::Stored(serde_json::from_value(body.clone()).unwrap()),
            504 => Told::Unknown,
            _ => Told::NotStored(body.to_string()),
        },
    );
    (status, body["code"].as_str().unwrap_or_default().to_owned(), waits)
}

/// Test catalogue 16: while nothing can be stored, five times as many come as can wait. Those that cannot are told at once to come
/// back, and the others are stored.
async fn five_times_too_many_are_told_to_come_back(place: Place) {
    const QUEUE: usize = 16;
    let (town, stop) = Town::open_with(place, Settings { queue: QUEUE, ..Settings::default() }).await;
    town.set_up().await;
    let book = Arc::new(Book::default());
    let held = town.place().raw().await.hold_head().await;
    let (sender, mut answers) = tokio::sync::mpsc::unbounded_channel();
    for _ in 0..5 * QUEUE {
        let (town, book, sender) = (town.clone(), book.clone(), sender.clone());
        tokio::spawn(async move { sender.send(send(&town, &book).await) });
    }
    // The writer holds one batch, and the queue is full: the others are answered while the head is still held.
    for _ in 0..3 * QUEUE {
        let (status, code, waits) = answers.recv().await.unwrap();
        assert_eq!((status, code.as_str(), waits), (429, "journal.overloaded", true));
    }
    held.release().await;
    drop(sender);
    let mut stored = 0;
    while let Some((status, _, waits)) = answers.recv().await {
        assert!(status == 201 || status == 429 && waits, "{status}");
        stored += usize::from(status == 201);
    }
    assert!(stored >= QUEUE, "{stored} were stored");
    let head = town.app().store().clone();
    checker::check(&head, &book, true).await;
    stop.now().await;
}

/// Test catalogue 12: fifty times the same command at once, through two servers: one effect, fifty equal answers; another content
/// under its id is refused.
async fn fifty_at_once_through_two_servers_have_one_effect(place: Place) {
    let url = place.url();
    found(&url);
    let servers = [Server::start(&url, None).unwrap(), Server::start(&url, None).unwrap()];
    let (crowd, id, data) = (Crowd::new(), Uuid::new_v4(), order());
    let sending = (0..50).map(|number| {
        let (crowd, base, data) = (crowd.clone(), servers[number % 2].base.clone(), data.clone());
        tokio::spawn(async move { crowd.send(&base, id, "place-order", &data).await })
    });
    let statuses: Vec<_> = join_all(sending).await.into_iter().map(|sent| sent.unwrap().unwrap()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 49, "{statuses:?}");
    let told = crowd.book.told().remove(&id).unwrap();
    assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
    assert_eq!(Crowd::new().send(&servers[1].base, id, "place-order", &order()).await, Some(422));
    drop(servers);
    checker::check(&Arc::new(place.open().await), &crowd.book, true).await;
}

/// Test catalogue 17: no connection is left for the journal, and all that read wait for a lock: typed answers, and all is well
/// when there is room again.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn without_connections_answers_are_typed() {
    let cluster = tokio::task::spawn_blocking(|| Cluster::start("-c max_connections=25")).await.unwrap();
    let (town, stop) = Town::settle(Place::on(cluster.url())).await;
    let book = Book::default();
    assert_eq!(send(&town, &book).await.0, 201);
    let raw = town.place().raw().await;
    let mut others = vec![];
    while let Ok(other) = <sqlx::PgConnection as sqlx::Connection>::connect(cluster.url()).await {
        others.push(other);
    }
    let journal = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE (query LIKE '%COMMIT%' OR query LIKE '%UPDATE ledger_head%') AND application_name LIKE 'baodao %' AND pid <> pg_backend_pid()";
    assert!(raw.numbers(journal).await[0] >= 1);
    // Somebody else takes the room that became free.
    while let Ok(other) = <sqlx::PgConnection as sqlx::Connection>::connect(cluster.url()).await {
        others.push(other);
    }
    let (status, code, waits) = send(&town, &book).await;
    // Whether a batch that was being sent when its connection went had arrived cannot be asked either.
    let typed = [(503, "journal.unavailable", true), (504, "journal.outcome_unknown", true)];
    assert!(typed.contains(&(status, code.as_str(), waits)), "{status} {code} {waits}");
    drop(others);
    while send(&town, &book).await.0 != 201 {}
    // Every reading connection waits for this lock, until its time is up.
    let held =
        format!("BEGIN; LOCK TABLE commands IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep({}); COMMIT", 14);
    let holding = tokio::spawn(async move { raw.run(&held).await });
    let waiting = town.place().raw().await;
    let is_held = "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted";
    while waiting.numbers(is_held).await[0] == 0 {}
    for (status, code, waits) in join_all((0..20).map(|_| send(&town, &book))).await {
        assert!(matches!((status, waits), (503, true) | (201, _)), "{status} {code}");
    }
    holding.await.unwrap().unwrap();
    assert_eq!(send(&town, &book).await.0, 201);
    assert!(town.app().store().answer(Uuid::new_v4()).await.unwrap().is_none());
    checker::check(town.app().store(), &book, true).await;
    stop.now().await;
}
