//! Appends for tests of the journal, which does not look into payloads.

use commands::journal::{Append, Appended, Expected, NewEvent, Receipt};
use uuid::Uuid;

/// An append with its own command id that has read and writes one stream: `count` events after `sequence`.
pub fn to_stream(id: &str, sequence: u64, count: usize) -> Append {
    let mut append = empty();
    append.expected = vec![member(id, sequence)];
    append.events = (0..count).map(|number| event(id, &format!(r#"{{"n":{number}}}"#))).collect();
    append
}

/// An append that only keeps its answer.
pub fn empty() -> Append {
    Append {
        command_id: Uuid::new_v4(),
        command: "test",
        input_hash: "00".to_owned(),
        expected: vec![],
        events: vec![],
        metadata: r#"{"command":"test"}"#.to_owned(),
    }
}

/// A member's stream as read.
pub fn member(id: &str, sequence: u64) -> Expected {
    Expected { aggregate_type: "member", aggregate_id: id.to_owned(), sequence }
}

/// An event of a member's stream.
pub fn event(id: &str, payload: &str) -> NewEvent {
    NewEvent {
        aggregate_type: "member",
        aggregate_id: id.to_owned(),
        event_type: "Happened".to_owned(),
        event_version: "1.0".to_owned(),
        payload: payload.to_owned(),
    }
}

/// The receipt of what must have been stored now.
pub fn fresh(appended: Appended) -> Receipt {
    match appended {
        Appended::Fresh(receipt) => receipt,
        Appended::Repeat(receipt) => panic!("stored before: {receipt:?}"),
    }
}

/// The receipt of what must have been stored before.
pub fn repeat(appended: Appended) -> Receipt {
    match appended {
        Appended::Repeat(receipt) => receipt,
        Appended::Fresh(receipt) => panic!("stored now: {receipt:?}"),
    }
}
