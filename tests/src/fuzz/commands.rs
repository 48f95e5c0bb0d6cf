//! Lines of a batch: the envelope and every command's input, read, decided, and stored.

use commands::registry;
use server::http::batch::{ReceiptLine, read_line};
use server::http::caller::Caller;

use super::folds;
use super::ledger::{Ledger, must_tell};
use crate::town::founding;

/// The town's founding, and an input of every command.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let every = include_str!("../../corpus/commands.jsonl").lines().map(str::to_owned);
    founding().iter().map(ToString::to_string).chain(every).map(String::into_bytes).collect()
}

/// A command reads the same from its canonical form; it is stored with events that can be read and folded, or nothing is stored
/// and the answer names the field.
pub(super) fn run(input: &[u8]) {
    let read = read_line(1, input, &Caller::local());
    if let Ok(submission) = &read.submission {
        let (name, canonical) = (submission.command.name(), submission.command.canonical());
        match registry::parse(name, &canonical) {
            Ok(again) => assert_eq!(again.canonical(), canonical),
            Err(unreadable) => panic!("{name} cannot read what it wrote: {unreadable}: {canonical}"),
        }
    }
    Ledger::with(|ledger| {
        let before = ledger.head();
        let answer = ledger.submit_line(input).unwrap();
        let written = ledger.written_after(before);
        match answer {
            ReceiptLine::Stored { receipt, repeat, .. } => {
                assert!(repeat || receipt.events.len() == written.len(), "{receipt:?}");
                folds::take(&written);
                let again = ledger.submit_line(input).unwrap();
                let same = matches!(&again, ReceiptLine::Stored { repeat: true, receipt: told, .. } if *told == receipt);
                assert!(read.id.is_none() || same, "the same id, another answer: {again:?}");
            }
            ReceiptLine::Refused { problem, .. } => {
                assert!(written.is_empty(), "refused, and yet {written:?} was stored");
                assert!(problem.status < 500, "{problem:?}");
                must_tell(&serde_json::to_value(&problem).unwrap());
            }
        }
    });
}
