//! What is hashed of an event: everything that the ledger says about it, in one way only.
//!
//! A leaf is one line of JSON with its members in a fixed order. Payload and metadata stand in it byte for byte as they are stored; so a
//! change of any column changes the leaf, and nobody has to agree on a canonical form of JSON.

use std::io::Write as _;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::Hash;

/// Bytes of a leaf at most: an entry bundle tells its length in two bytes (C2SP tlog-tiles).
pub const BYTES_MAX: usize = u16::MAX as usize;

/// What the ledger says about an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf<'a> {
    /// In the ledger: 1, 2, 3 …
    pub position: u64,
    /// The kind of stream.
    pub kind: &'a str,
    /// The stream.
    pub id: &'a str,
    /// In the stream: 1, 2, 3 …
    pub sequence: u64,
    /// The fact's name.
    pub event: &'a str,
    /// Of its schema.
    pub version: &'a str,
    /// Of the event.
    pub event_id: &'a str,
    /// Of the command that caused it.
    pub command_id: &'a str,
    /// RFC 3339, UTC, to the microsecond.
    pub recorded_at: &'a str,
    /// JSON text, as stored.
    pub metadata: &'a str,
    /// JSON text, as stored.
    pub payload: &'a str,
}

/// The members of a leaf, in their order.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    position: u64,
    #[serde(borrow)]
    stream: (&'a RawValue, &'a RawValue),
    sequence: u64,
    event: &'a RawValue,
    version: &'a RawValue,
    event_id: &'a RawValue,
    command_id: &'a RawValue,
    recorded_at: &'a RawValue,
    metadata: &'a RawValue,
    payload: &'a RawValue,
}

/// A leaf that was taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// In the ledger: 1, 2, 3 …
    pub position: u64,
    /// The kind of stream.
    pub kind: String,
    /// The stream.
    pub id: String,
    /// In the stream: 1, 2, 3 …
    pub sequence: u64,
    /// The fact's name.
    pub event: String,
    /// Of its schema.
    pub version: String,
    /// Of the event.
    pub event_id: String,
    /// Of the command that caused it.
    pub command_id: String,
    /// RFC 3339, UTC, to the microsecond.
    pub recorded_at: String,
    /// JSON text, as stored.
    pub metadata: String,
    /// JSON text, as stored.
    pub payload: String,
}

impl Leaf<'_> {
    /// Writes its bytes behind what the buffer holds.
    pub fn write(&self, buffer: &mut Vec<u8>) {
        number(buffer, b"{\"position\":", self.position);
        text(buffer, b",\"stream\":[", self.kind);
        text(buffer, b",", self.id);
        number(buffer, b"],\"sequence\":", self.sequence);
        text(buffer, b",\"event\":", self.event);
        text(buffer, b",\"version\":", self.version);
        text(buffer, b",\"event_id\":", self.event_id);
        text(buffer, b",\"command_id\":", self.command_id);
        text(buffer, b",\"recorded_at\":", self.recorded_at);
        buffer.extend(b",\"metadata\":");
        buffer.extend(self.metadata.as_bytes());
        buffer.extend(b",\"payload\":");
        buffer.extend(self.payload.as_bytes());
        buffer.push(b'}');
    }

    /// Its bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let mut buffer = Vec::with_capacity(320 + self.metadata.len() + self.payload.len());
        self.write(&mut buffer);
        buffer
    }

    /// Its hash.
    pub fn hash(&self) -> Hash {
        Hash::of_leaf(&self.bytes())
    }
}

impl Read {
    /// Takes a leaf apart. None where it is not the one way to write it.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let line: Line<'_> = serde_json::from_slice(bytes).ok()?;
        let text = |raw: &RawValue| serde_json::from_str::<String>(raw.get()).ok();
        let read = Self {
            position: line.position,
            kind: text(line.stream.0)?,
            id: text(line.stream.1)?,
            sequence: line.sequence,
            event: text(line.event)?,
            version: text(line.version)?,
            event_id: text(line.event_id)?,
            command_id: text(line.command_id)?,
            recorded_at: text(line.recorded_at)?,
            metadata: line.metadata.get().to_owned(),
            payload: line.payload.get().to_owned(),
        };
        (read.leaf().bytes() == bytes).then_some(read)
    }

    /// The same, borrowed.
    pub fn leaf(&self) -> Leaf<'_> {
        Leaf {
            position: self.position,
            kind: &self.kind,
            id: &self.id,
            sequence: self.sequence,
            event: &self.event,
            version: &self.version,
            event_id: &self.event_id,
            command_id: &self.command_id,
            recorded_at: &self.recorded_at,
            metadata: &self.metadata,
            payload: &self.payload,
        }
    }
}

fn number(buffer: &mut Vec<u8>, name: &[u8], number: u64) {
    buffer.extend(name);
    // Into memory: it cannot fail.
    let _ = write!(buffer, "{number}");
}

/// A text as JSON writes it.
fn text(buffer: &mut Vec<u8>, name: &[u8], text: &str) {
    buffer.extend(name);
    // Into memory, and of a text: neither can fail.
    if serde_json::to_writer(&mut *buffer, text).is_err() {
        buffer.extend(b"null");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAF: Leaf<'_> = Leaf {
        position: 12,
        kind: "member",
        id: "m-\"1\"",
        sequence: 3,
        event: "MemberReported",
        version: "1.0",
        event_id: "00000000-0000-0000-0000-000000000001",
        command_id: "00000000-0000-0000-0000-000000000002",
        recorded_at: "2026-11-27T08:00:00.000001Z",
        metadata: "{\"command\":\"report\"}",
        payload: "{\"n\": 1.0, \"n\": 9007199254740993}",
    };

    #[test]
    fn a_leaf_is_written_in_one_way_and_read_again() {
        let bytes = LEAF.bytes();
        let text = std::str::from_utf8(&bytes).unwrap();
        assert_eq!(
            text,
            r#"{"position":12,"stream":["member","m-\"1\""],"sequence":3,"event":"MemberReported","version":"1.0","event_id":"00000000-0000-0000-0000-000000000001","command_id":"00000000-0000-0000-0000-000000000002","recorded_at":"2026-11-27T08:00:00.000001Z","metadata":{"command":"report"},"payload":{"n": 1.0, "n": 9007199254740993}}"#
        );
        assert_eq!(Read::parse(&bytes).unwrap().leaf(), LEAF);
    }

    #[test]
    fn another_way_to_write_it_is_refused() {
        let text = String::from_utf8(LEAF.bytes()).unwrap();
        for (part, other) in [
            ("\"position\":12", "\"position\": 12"),
            ("\"position\":12", "\"position\":12.0"),
            ("\"position\":12", "\"position\":012"),
            ("\"position\":12,", "\"position\":12,\"position\":12,"),
            ("\"position\":12,", ""),
            ("\"sequence\":3", "\"more\":1,\"sequence\":3"),
            ("MemberReported", "\\u004demberReported"),
            ("[\"member\"", "[ \"member\""),
            ("}}", "}} "),
        ] {
            assert_ne!(text.replace(part, other), text);
            assert_eq!(Read::parse(text.replace(part, other).as_bytes()), None, "{other}");
        }
    }

    /// A column that is edited, whichever it is, is another leaf.
    #[test]
    fn every_column_is_in_the_hash() {
        let edits: [fn(&mut Leaf<'static>); 11] = [
            |leaf| leaf.position = 13,
            |leaf| leaf.kind = "unit",
            |leaf| leaf.id = "m-2",
            |leaf| leaf.sequence = 4,
            |leaf| leaf.event = "MemberRetired",
            |leaf| leaf.version = "1.1",
            |leaf| leaf.event_id = "00000000-0000-0000-0000-000000000003",
            |leaf| leaf.command_id = "00000000-0000-0000-0000-000000000003",
            |leaf| leaf.recorded_at = "2026-11-27T08:00:00.000002Z",
            |leaf| leaf.metadata = "{\"command\": \"report\"}",
            |leaf| leaf.payload = "{\"n\":1.0, \"n\":9007199254740992}",
        ];
        for (column, edit) in edits.iter().enumerate() {
            let mut edited = LEAF;
            edit(&mut edited);
            assert_ne!(edited.hash(), LEAF.hash(), "column {column}");
        }
    }
}
