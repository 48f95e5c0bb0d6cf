//! Stored events: a line with stream, name and version of the fact, a line with the payload, and one with the metadata.

use aggregates::ledger::{decode, versions};
use aggregates::{Meta, StoredEvent};
use chrono::DateTime;
use server::http::events::CloudEvent;
use uuid::Uuid;

use super::folds;

const GOLDEN: &str = include_str!("../../golden/events.jsonl");
const META: &str = r#"{"command":"report","actor":"w-1","role":"community-worker","occurred_at":"2026-03-02T09:00:00+08:00"}"#;

/// The golden events.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let text = |line: &serde_json::Value, field: &str| line[field].as_str().unwrap().to_owned();
    let golden = GOLDEN.lines().map(|line| {
        let line = serde_json::from_str(line).unwrap();
        let [stream, kind, version] = ["stream", "type", "version"].map(|field| text(&line, field));
        format!("{stream} {kind} {version}\n{}\n{META}", text(&line, "payload"))
    });
    golden.map(String::into_bytes).collect()
}

/// What decodes is written again as the same fact, byte for byte the second time, and can be folded into everything.
pub(super) fn run(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let mut lines = text.splitn(3, '\n');
    let mut head = lines.next().unwrap_or_default().splitn(3, ' ').map(str::to_owned);
    let mut next = || head.next().unwrap_or_default();
    let stored = StoredEvent {
        position: 1,
        event_id: Uuid::nil(),
        command_id: Uuid::nil(),
        recorded_at: DateTime::UNIX_EPOCH,
        aggregate_type: next(),
        aggregate_id: "x-1".to_owned(),
        sequence: 1,
        event_type: next(),
        event_version: next(),
        payload: lines.next().unwrap_or_default().to_owned(),
        metadata: lines.next().unwrap_or(META).to_owned(),
    };
    // Whatever it says, other systems are told it or that it is damaged.
    let _ = CloudEvent::of(&stored, &"/v1/events".into(), aggregates::Role::Auditor);
    let Ok(recorded) = stored.decode() else { return };
    let (kind, name) = (recorded.event.aggregate_type(), recorded.event.event_type());
    let today = versions().into_iter().find(|one| (one.0, one.1) == (kind, name.as_str()));
    let (.., version) = today.unwrap_or_else(|| panic!("{kind} {name} has no version"));
    let written = recorded.event.payload().unwrap();
    let again = decode(kind, &name, version, &written).unwrap_or_else(|error| panic!("{error}: {written}"));
    assert_eq!(again, recorded.event, "written and read again it is another fact: {written}");
    assert_eq!(again.payload().unwrap(), written);
    let meta = serde_json::to_string(&recorded.meta).unwrap();
    assert_eq!(serde_json::from_str::<Meta>(&meta).unwrap(), recorded.meta);
    folds::take(&[recorded]);
}
