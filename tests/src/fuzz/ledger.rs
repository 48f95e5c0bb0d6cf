//! A town's ledger in memory that inputs are decided over; a new one from time to time, so that it stays small.

use std::cell::RefCell;
use std::sync::Arc;

use chrono::DateTime;
use commands::Desk;
use projections::ports::Feed;
use serde_json::Value;
use server::clock::ManualClock;
use server::http::batch::{self, ReceiptLine};
use server::http::caller::Caller;
use server::http::language::Language;
use server::measures::Measures;
use server::store::LedgerName;

use crate::memory::{DigestsOnly, Memory};
use crate::town::{SET_UP, founding};

/// Events that a ledger may hold beside the town's.
const EVENTS_MAX: u64 = 400;

/// A desk over a ledger in memory.
pub(super) struct Ledger {
    pub(super) memory: Arc<Memory>,
    pub(super) desk: Desk,
    measures: Measures,
    runtime: tokio::runtime::Runtime,
    founded: u64,
}

thread_local! {
    static LEDGER: RefCell<Option<Ledger>> = const { RefCell::new(None) };
}

impl Ledger {
    /// Lets the work be done on this thread's ledger.
    pub(super) fn with<T>(work: impl FnOnce(&Self) -> T) -> T {
        LEDGER.with_borrow_mut(|kept| {
            // Taken out: after a panic there is none, and the next input begins with a new one.
            let ledger = kept.take().filter(|ledger| ledger.head() < ledger.founded + EVENTS_MAX);
            let ledger = ledger.unwrap_or_else(Self::found);
            let done = work(&ledger);
            *kept = Some(ledger);
            done
        })
    }

    fn found() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let now = DateTime::parse_from_rfc3339(SET_UP).unwrap().to_utc();
        let memory = Arc::new(Memory::new(Arc::new(move || now)));
        let desk =
            Desk::new(memory.clone(), Arc::new(ManualClock::new(now))).with_vault(Arc::new(DigestsOnly));
        let measures = Measures::new(&LedgerName::default());
        let ledger = Self { memory, desk, measures, runtime, founded: 0 };
        for line in founding() {
            let answer = ledger.submit_line(line.to_string().as_bytes());
            assert!(matches!(answer, Some(ReceiptLine::Stored { .. })), "{line}: {answer:?}");
        }
        Self { founded: ledger.head(), ..ledger }
    }

    /// Waits for what the desk does.
    pub(super) fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// The last position.
    pub(super) fn head(&self) -> u64 {
        self.wait(self.memory.head()).unwrap()
    }

    /// Submits a line of a batch.
    pub(super) fn submit_line(&self, line: &[u8]) -> Option<ReceiptLine> {
        let read = batch::read_line(1, line, &Caller::local());
        self.wait(batch::answer(&self.desk, &self.measures, vec![read], Language::En)).pop()
    }

    /// The events after a position: as many as the ledger counts, each of them readable.
    pub(super) fn written_after(&self, position: u64) -> Vec<aggregates::Recorded> {
        let stored = self.wait(self.memory.after(position, usize::MAX)).unwrap();
        stored
            .iter()
            .map(|event| event.decode().unwrap_or_else(|error| panic!("{error}: {event:?}")))
            .collect()
    }
}

/// A problem as a caller gets it: stable code, a sentence, and the field at fault where its status says that one is.
pub(super) fn must_tell(problem: &Value) {
    let status = problem["status"].as_u64();
    assert!(problem["code"].as_str().is_some_and(|code| code.contains('.')), "no code: {problem}");
    assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "no sentence: {problem}");
    let names =
        |told: &Value| told["field"].as_str().is_some_and(|field| !field.is_empty()) || told["row"].is_u64();
    let several = problem["errors"].as_array().is_some_and(|errors| !errors.is_empty());
    if status == Some(422) {
        assert!(names(problem) || several, "no field: {problem}");
    }
}
