//! The same trace for the model in memory, SQLite and PostgreSQL: the same answers, and the same journal byte for byte
//! (test catalogue 21).

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::DateTime;
use commands::journal::{Append, Expected, Journal, JournalError, NewEvent};
use projections::Feed;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use server::store::{Clock, Settings};
use tests::memory::Memory;
use tests::place::Place;
use uuid::Uuid;

/// Traces tried.
const TRACES: u32 = 24;
/// Streams that a trace is about.
const STREAMS: [&str; 3] = ["a", "b", "丙"];

/// A step of a trace.
#[derive(Debug, Clone)]
enum Op {
    /// Appends under an id (there are few, so that they repeat), reading these streams this far off their end.
    Append { id: u8, input: u8, reads: Vec<(usize, i8)>, writes: Vec<(usize, u8)> },
    /// Asks for the answer of an id.
    Answer(u8),
    /// Loads a stream after a sequence.
    Load(usize, u64),
    /// Reads the feed.
    After(u64, usize),
    /// Sets the clock.
    Clock(i64),
    /// Asks which position was the last at a time.
    At(i64),
}

fn op() -> impl Strategy<Value = Op> {
    let stream = 0..STREAMS.len();
    let off = prop_oneof![8 => Just(0_i8), 1 => Just(-1), 1 => Just(1)];
    let reads = prop::collection::vec((stream.clone(), off), 0..3);
    let writes = prop::collection::vec((stream.clone(), 0..3_u8), 0..4);
    prop_oneof![
        6 => (0..12_u8, prop_oneof![9 => Just(0_u8), 1 => Just(1)], reads, writes)
            .prop_map(|(id, input, reads, writes)| Op::Append { id, input, reads, writes }),
        1 => (0..14_u8).prop_map(Op::Answer),
        1 => (stream, 0..6_u64).prop_map(|(stream, after)| Op::Load(stream, after)),
        1 => (0..20_u64, 1..9_usize).prop_map(|(position, limit)| Op::After(position, limit)),
        1 => (-400..400_i64).prop_map(Op::Clock),
        1 => (-400..400_i64).prop_map(Op::At),
    ]
}

/// A journal under test, and the last sequences of its streams, so that appends can be nearly right.
struct Subject<L> {
    ledger: L,
    lasts: [u64; STREAMS.len()],
}

impl<L: Journal + Feed> Subject<L> {
    fn new(ledger: L) -> Self {
        Self { ledger, lasts: [0; STREAMS.len()] }
    }

    fn append(&self, id: u8, input: u8, reads: &[(usize, i8)], writes: &[(usize, u8)]) -> Append {
        let mut expected: Vec<Expected> = vec![];
        // A decision reads a stream once, and reads what it writes.
        for (stream, off) in reads.iter().copied().chain(writes.iter().map(|(stream, _)| (*stream, 0))) {
            let aggregate_id = STREAMS[stream].to_owned();
            if expected.iter().all(|known| known.aggregate_id != aggregate_id) {
                let sequence = self.lasts[stream].saturating_add_signed(off.into());
                expected.push(Expected { aggregate_type: "member", aggregate_id, sequence });
            }
        }
        let event = |(stream, payload): &(usize, u8)| NewEvent {
            aggregate_type: "member",
            aggregate_id: STREAMS[*stream].to_owned(),
            event_type: "Happened".to_owned(),
            event_version: "1.0".to_owned(),
            payload: ["{\"n\": 1}", "\"二\"", "nonsense"][usize::from(*payload)].to_owned(),
        };
        Append {
            command_id: Uuid::from_u128(u128::from(id)),
            command: "test",
            input_hash: input.to_string(),
            expected,
            events: writes.iter().map(event).collect(),
            metadata: r#"{"command": "test"}"#.to_owned(),
        }
    }

    /// Does a step; what came back, in words that are the same for all.
    async fn step(&mut self, op: &Op) -> String {
        match op {
            Op::Append { id, input, reads, writes } => {
                let outcome = self.ledger.append(self.append(*id, *input, reads, writes)).await;
                for (place, stream) in STREAMS.iter().enumerate() {
                    self.lasts[place] = self.ledger.load("member", stream, 0).await.unwrap().len() as u64;
                }
                match outcome {
                    Err(JournalError::Malformed(_)) => "malformed".to_owned(),
                    outcome => format!("{outcome:?}"),
                }
            }
            Op::Answer(id) => format!("{:?}", self.ledger.answer(Uuid::from_u128(u128::from(*id))).await),
            Op::Load(stream, after) => {
                format!("{:?}", self.ledger.load("member", STREAMS[*stream], *after).await)
            }
            Op::After(position, limit) => {
                let page = self.ledger.after(*position, *limit).await.unwrap();
                // What comes out of memory is the beginning of it, and not nothing.
                let news = self.ledger.news(*position, *limit).await.unwrap();
                assert!(page.starts_with(&news) && news.is_empty() == page.is_empty(), "{news:?}");
                format!("{page:?}")
            }
            Op::Clock(_) => String::new(),
            Op::At(days) => format!("{:?}", self.ledger.position_at(day(*days)).await),
        }
    }
}

fn day(days: i64) -> DateTime<chrono::Utc> {
    DateTime::from_timestamp(1_767_240_000 + days * 86_400, 123_456_789).unwrap()
}

async fn same_answers(trace: Vec<Op>) -> Result<(), TestCaseError> {
    let days = Arc::new(AtomicI64::new(0));
    let shown = days.clone();
    let clock: Clock = Arc::new(move || day(shown.load(Ordering::SeqCst)));
    let settings = || Settings { clock: clock.clone(), ..Settings::default() };
    let (sqlite, postgres) = (Place::sqlite(), Place::postgres());
    let mut model = Subject::new(Memory::new(clock.clone()));
    let mut sqlite = Subject::new(sqlite.open_with(settings()).await);
    let mut postgres = Subject::new(postgres.open_with(settings()).await);
    for op in trace {
        if let Op::Clock(now) = op {
            days.store(now, Ordering::SeqCst);
        }
        let said = model.step(&op).await;
        prop_assert_eq!(&said, &sqlite.step(&op).await, "SQLite at {:?}", op);
        prop_assert_eq!(&said, &postgres.step(&op).await, "PostgreSQL at {:?}", op);
    }
    let all = model.ledger.after(0, usize::MAX).await.unwrap();
    prop_assert_eq!(&all, &sqlite.ledger.after(0, usize::MAX).await.unwrap());
    prop_assert_eq!(&all, &postgres.ledger.after(0, usize::MAX).await.unwrap());
    sqlite.ledger.close().await;
    postgres.ledger.close().await;
    Ok(())
}

/// Test catalogue 10, 21: repeats, reused keys, conflicts, malformed appends, jumps of the clock by ±400 days, in any order.
#[test]
fn the_stores_answer_as_the_model_does() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut runner =
        TestRunner::new(Config { cases: TRACES, failure_persistence: None, ..Config::default() });
    let traces = prop::collection::vec(op(), 1..60);
    runner.run(&traces, |trace| runtime.block_on(same_answers(trace))).unwrap();
}
