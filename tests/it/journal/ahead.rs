//! What is foreseen, believed or remembered instead of asked for saves questions, and changes no answer.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aggregates::circumstance::{Actor, Role};
use aggregates::demand::Demand;
use aggregates::ids::ActorId;
use async_trait::async_trait;
use commands::desk::{Desk, Envelope};
use commands::journal::{Answer, Append, Appended, Journal, JournalError};
use commands::{AnyCommand, Submission, Trouble, Whole, registry};
use cqrs_es::persist::SerializedEvent;
use projections::Feed;
use serde_json::json;
use server::clock::SystemClock;
use server::store::Store;
use tests::append::{event, fresh, member, to_stream};
use tests::place::Place;
use tests::town::founding;
use uuid::Uuid;

on_both!(
    what_is_not_known_is_looked_at,
    a_file_asks_for_its_streams_together,
    lines_ask_for_their_streams_together,
    lines_again_are_told_again,
    a_state_that_fell_behind_is_led_on,
);

/// How many rows there are.
const ROWS: usize = 300;

/// A journal that counts what it is asked.
struct Counting {
    store: Store,
    asked: AtomicUsize,
    /// Streams loaded, and behind which sequence.
    loaded: Mutex<Vec<(String, u64)>>,
}

impl Counting {
    fn ask(&self) -> &Store {
        self.asked.fetch_add(1, Ordering::Relaxed);
        &self.store
    }
}

#[async_trait]
impl Journal for Counting {
    async fn append(&self, append: Append) -> Result<Appended, JournalError> {
        self.store.append(append).await
    }

    async fn answers(&self, command_ids: &[Uuid]) -> Result<HashMap<Uuid, Answer>, JournalError> {
        self.ask().answers(command_ids).await
    }

    async fn load_all(
        &self,
        streams: &[(&'static str, String)],
    ) -> Result<Vec<Vec<SerializedEvent>>, JournalError> {
        self.ask().load_all(streams).await
    }

    async fn load(
        &self,
        kind: &'static str,
        id: &str,
        after: u64,
    ) -> Result<Vec<SerializedEvent>, JournalError> {
        self.loaded.lock().unwrap().push((format!("{kind}/{id}"), after));
        self.ask().load(kind, id, after).await
    }
}

/// A town whose desk remembers nothing.
async fn town(place: &Place) -> (Arc<Counting>, Desk) {
    let journal = Arc::new(Counting {
        store: place.open().await,
        asked: AtomicUsize::new(0),
        loaded: Mutex::default(),
    });
    let desk = Desk::new(journal.clone(), Arc::new(SystemClock));
    for line in founding() {
        let name = line["command"].as_str().unwrap();
        desk.submit(&envelope(), registry::parse(name, &line["data"].to_string()).unwrap().as_ref())
            .await
            .unwrap();
    }
    let desk = Desk::new(journal.clone(), Arc::new(SystemClock));
    (journal, desk)
}

fn envelope() -> Envelope {
    Envelope::new(Actor { id: ActorId::new("tester").unwrap(), role: Role::Operator, organisation: None })
}

fn order(id: &str, category: &str) -> Box<dyn AnyCommand> {
    let data = json!({"demand": id, "channel": "online", "category": category,
        "community": "520201016001", "urgency": "routine"});
    registry::parse("place-order", &data.to_string()).unwrap()
}

fn orders(prefix: &str) -> Vec<Box<dyn AnyCommand>> {
    (0..ROWS).map(|row| order(&format!("{prefix}-{row}"), "errands")).collect()
}

/// Design §3: a stream that the writer has not seen, and that an append only read, must still be where it was read.
async fn what_is_not_known_is_looked_at(place: Place) {
    let (ours, theirs) = (place.open().await, place.open().await);
    fresh(theirs.append(to_stream("read", 0, 3)).await.unwrap());
    fresh(ours.append(to_stream("written", 0, 1)).await.unwrap());
    let resting_on = |sequence| {
        let mut append = to_stream("written", 1, 0);
        append.expected.push(member("read", sequence));
        append.events.push(event("written", "{}"));
        append
    };
    for wrong in [0, 2, 4] {
        let refused = ours.append(resting_on(wrong)).await;
        assert!(
            matches!(&refused, Err(JournalError::Conflict(stream)) if stream == "member/read"),
            "{refused:?}"
        );
        // Known again, and not of that stream.
        fresh(ours.append(to_stream(&format!("between-{wrong}"), 0, 1)).await.unwrap());
    }
    fresh(ours.append(resting_on(3)).await.unwrap());
    assert_eq!(Feed::head(&ours).await.unwrap(), 8);
}

/// E1, design §5: a file is as a row by row decision would have it, with a few questions to the journal instead of one a row.
async fn a_file_asks_for_its_streams_together(place: Place) {
    let (journal, desk) = town(&place).await;
    journal.asked.store(0, Ordering::Relaxed);
    let stored = desk.submit(&envelope(), &Whole::new("import-demands", orders("d"))).await.unwrap();
    assert_eq!(stored.receipt.events.len(), ROWS);
    let asked = journal.asked.load(Ordering::Relaxed);
    assert!(asked < 20, "{asked} questions for {ROWS} rows");
    // And so with streams that exist and that nobody remembers.
    let screened = |row| {
        let data = json!({"demand": format!("d-{row}"), "difficulty": "hard"}).to_string();
        registry::parse("screen-demand", &data).unwrap()
    };
    let desk = Desk::new(journal.clone(), Arc::new(SystemClock));
    journal.asked.store(0, Ordering::Relaxed);
    let screening = Whole::new("import-demands", (0..ROWS).map(screened).collect());
    assert_eq!(desk.submit(&envelope(), &screening).await.unwrap().receipt.events.len(), ROWS);
    let asked = journal.asked.load(Ordering::Relaxed);
    assert!(asked < 20, "{asked} questions for {ROWS} rows");
    for row in [0, 150, 299] {
        let id = format!("d-{row}");
        let told = Desk::new(journal.clone(), Arc::new(SystemClock)).look::<Demand>(&id).await.unwrap();
        assert_eq!(*told, *desk.look::<Demand>(&id).await.unwrap());
    }
    // One is there already, and one is twice in the file, each with another content.
    let mut rows = orders("e");
    rows[100] = order("d-100", "appliance_repair");
    rows[200] = order("e-7", "appliance_repair");
    let again = Whole::new("import-demands", rows);
    let desk = Desk::new(journal.clone(), Arc::new(SystemClock));
    assert!(matches!(desk.submit(&envelope(), &again).await, Err(Trouble::Refused(_))));
    let refused: Vec<u32> = again.refused().iter().map(|refused| refused.row).collect();
    assert_eq!(refused, [101, 201]);
}

/// The same of lines that are stored each by itself.
async fn lines_ask_for_their_streams_together(place: Place) {
    let (journal, desk) = town(&place).await;
    let only = [Submission { envelope: envelope(), command: order("d-100", "appliance_repair") }];
    assert!(desk.submit_in_order(&only).await[0].is_ok());
    let desk = Desk::new(journal.clone(), Arc::new(SystemClock));
    journal.asked.store(0, Ordering::Relaxed);
    let lines: Vec<_> =
        orders("d").into_iter().map(|command| Submission { envelope: envelope(), command }).collect();
    let answers = desk.submit_in_order(&lines).await;
    let refused: Vec<usize> =
        answers.iter().enumerate().filter(|(_, answer)| answer.is_err()).map(|(row, _)| row).collect();
    assert_eq!(refused, [100]);
    let asked = journal.asked.load(Ordering::Relaxed);
    assert!(asked < 40, "{asked} questions for {ROWS} lines");
}

/// C4, design §3: the same lines to a process that has not seen them get the first answers, and nothing is stored twice.
async fn lines_again_are_told_again(place: Place) {
    let (journal, desk) = town(&place).await;
    let keys: Vec<Uuid> = (0..ROWS).map(|_| Uuid::new_v4()).collect();
    let lines = || {
        let keyed = |(command, key): (_, &Uuid)| Submission { envelope: envelope().keyed(*key), command };
        orders("d").into_iter().zip(&keys).map(keyed).collect::<Vec<_>>()
    };
    let first = desk.submit_in_order(&lines()).await;
    let head = Feed::head(&journal.store).await.unwrap();
    for desk in [Desk::new(journal.clone(), Arc::new(SystemClock)), desk] {
        let mut again = desk.submit_in_order(&lines()).await;
        // One by one as well.
        let Submission { envelope, command } = &lines()[7];
        again[7] = desk.submit(envelope, command.as_ref()).await;
        for (first, again) in first.iter().zip(again) {
            let again = again.unwrap();
            assert!(again.repeat);
            assert_eq!(again.receipt, first.as_ref().unwrap().receipt);
        }
    }
    assert_eq!(Feed::head(&journal.store).await.unwrap(), head);
}

/// Design §3: whoever lost a race reads what is new, not the whole stream again.
async fn a_state_that_fell_behind_is_led_on(place: Place) {
    let (journal, ours) = town(&place).await;
    let theirs = Desk::new(journal.clone(), Arc::new(SystemClock));
    let screen = async |desk: &Desk, difficulty: &str| {
        let data = json!({"demand": "d-1", "difficulty": difficulty}).to_string();
        let screened = registry::parse("screen-demand", &data).unwrap();
        desk.submit(&envelope(), screened.as_ref()).await.unwrap()
    };
    ours.submit(&envelope(), order("d-1", "errands").as_ref()).await.unwrap();
    screen(&ours, "easy").await;
    for (mine, other) in [("medium", "hard"), ("easy", "expert")] {
        screen(&theirs, other).await;
        journal.loaded.lock().unwrap().clear();
        let receipt = screen(&ours, mine).await.receipt;
        let sequence = receipt.events[0].sequence;
        let loaded = journal.loaded.lock().unwrap();
        let loaded: Vec<u64> =
            loaded.iter().filter(|(stream, _)| stream == "demand/d-1").map(|(_, after)| *after).collect();
        assert_eq!(loaded, [sequence - 2]);
    }
    let told = Desk::new(journal.clone(), Arc::new(SystemClock)).look::<Demand>("d-1").await.unwrap();
    assert_eq!(*told, *ours.look::<Demand>("d-1").await.unwrap());
}
