//! Many clients on one stream, and whether one order of their operations explains all that they were told (test catalogue 11).
//!
//! A general checker tries orders, and with 64 clients at once there are too many. Here a successful append says which one it
//! was, so the order of successes is given, and what is left is whether each can have happened at one moment: between its call
//! and its answer, after every call that still saw the stream without it, and before every answer that saw it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use commands::journal::{Appended, Journal, JournalError};
use futures::future::join_all;
use server::store::Store;
use tests::append::to_stream;
use tests::place::Place;

on_both!(one_order_explains_what_64_clients_were_told);

const CLIENTS: usize = 64;
/// Appends that each tries.
const TURNS: usize = 6;

#[derive(Debug, Clone, Copy)]
enum Seen {
    /// Appended behind so many events.
    Appended(u64),
    /// Refused behind so many events: there were more.
    Refused(u64),
    /// Read so many events.
    Read(u64),
}

/// What a client saw, and when it asked and was answered.
type Operation = (u64, Seen, u64);

/// Whether one order explains the operations.
fn is_linearizable(history: &[Operation]) -> bool {
    let appended = |&(_, seen, _): &Operation| matches!(seen, Seen::Appended(_));
    let count = history.iter().filter(|operation| appended(operation)).count();
    // The n-th append happens after its earliest moment and before its latest.
    let (mut earliest, mut latest) = (vec![0; count + 1], vec![u64::MAX; count + 1]);
    let mut successes = vec![0; count];
    for (asked, seen, answered) in history.iter().copied() {
        match seen {
            Seen::Appended(n) => {
                let Some(success) = successes.get_mut(n as usize) else { return false };
                *success += 1;
                earliest[n as usize] = earliest[n as usize].max(asked);
                latest[n as usize] = latest[n as usize].min(answered);
            }
            Seen::Refused(n) => match latest.get_mut(n as usize) {
                Some(latest) => *latest = answered.min(*latest),
                None => return false,
            },
            Seen::Read(n) => {
                let Some(next) = earliest.get_mut(n as usize) else { return false };
                *next = asked.max(*next);
                if let Some(last) = n.checked_sub(1) {
                    latest[last as usize] = latest[last as usize].min(answered);
                }
            }
        }
    }
    let mut now = 0;
    let fits = earliest.iter().zip(&latest).take(count).all(|(earliest, latest)| {
        now = now.max(*earliest);
        now < *latest
    });
    fits && successes.iter().all(|success| *success == 1)
}

async fn client(store: Arc<Store>, clock: Arc<AtomicU64>) -> Vec<Operation> {
    let tick = || clock.fetch_add(1, Ordering::SeqCst);
    let mut history = vec![];
    for _ in 0..TURNS {
        let asked = tick();
        let last = Journal::load(&*store, "member", "a", 0).await.unwrap().len() as u64;
        history.push((asked, Seen::Read(last), tick()));
        let asked = tick();
        let seen = match store.append(to_stream("a", last, 1)).await {
            Ok(Appended::Fresh(_)) => Seen::Appended(last),
            Err(JournalError::Conflict(_)) => Seen::Refused(last),
            other => panic!("{other:?}"),
        };
        history.push((asked, seen, tick()));
    }
    history
}

/// Test catalogue 11: two stores, 64 clients that read and write one stream: the history is linearizable.
async fn one_order_explains_what_64_clients_were_told(place: Place) {
    let stores = [Arc::new(place.open().await), Arc::new(place.open().await)];
    let clock = Arc::new(AtomicU64::new(1));
    let clients = (0..CLIENTS).map(|number| tokio::spawn(client(stores[number % 2].clone(), clock.clone())));
    let history: Vec<_> = join_all(clients).await.into_iter().flat_map(Result::unwrap).collect();
    let appended = history.iter().filter(|(_, seen, _)| matches!(seen, Seen::Appended(_))).count();
    assert!((TURNS..CLIENTS * TURNS).contains(&appended), "{appended} went in: the history shows little");
    assert!(is_linearizable(&history), "no order explains {history:?}");
}

/// Negative controls: a lost append, two winners, a stale read, a refusal without a reason.
#[test]
fn no_order_explains_what_did_not_happen() {
    use Seen::{Appended, Read, Refused};
    let sound =
        [(1, Appended(0), 4), (2, Refused(0), 5), (3, Read(1), 6), (7, Read(1), 8), (9, Appended(1), 10)];
    assert!(is_linearizable(&sound));
    assert!(!is_linearizable(&[(1, Appended(0), 2), (3, Read(0), 4)]), "a lost append");
    assert!(!is_linearizable(&[(1, Appended(0), 3), (2, Appended(0), 4)]), "two winners");
    assert!(!is_linearizable(&[(1, Appended(0), 4), (2, Read(1), 3), (5, Read(0), 6)]), "a stale read");
    assert!(!is_linearizable(&[(1, Refused(0), 2), (3, Appended(0), 4)]), "a refusal without a reason");
    assert!(!is_linearizable(&[(1, Appended(0), 2), (3, Appended(2), 4)]), "a hole");
}
