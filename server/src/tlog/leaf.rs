//! A stored event as a leaf of the tree.

use aggregates::StoredEvent;
use chrono::SecondsFormat;
use proofs::Hash;
use proofs::leaf::Leaf;
use uuid::Uuid;
use uuid::fmt::Hyphenated;

/// Appends the bytes that are hashed of the event.
pub fn write(event: &StoredEvent, buffer: &mut Vec<u8>) {
    let (mut event_id, mut command_id) = (Uuid::encode_buffer(), Uuid::encode_buffer());
    let recorded_at = event.recorded_at.to_rfc3339_opts(SecondsFormat::Micros, true);
    let leaf = Leaf {
        position: event.position,
        kind: &event.aggregate_type,
        id: &event.aggregate_id,
        sequence: event.sequence,
        event: &event.event_type,
        version: &event.event_version,
        event_id: Hyphenated::from_uuid(event.event_id).encode_lower(&mut event_id),
        command_id: Hyphenated::from_uuid(event.command_id).encode_lower(&mut command_id),
        recorded_at: &recorded_at,
        metadata: &event.metadata,
        payload: &event.payload,
    };
    leaf.write(buffer);
}

/// What is hashed of the event.
pub fn bytes(event: &StoredEvent) -> Vec<u8> {
    let mut buffer = Vec::with_capacity(320 + event.metadata.len() + event.payload.len());
    write(event, &mut buffer);
    buffer
}

/// The hash of the event's leaf. The buffer is used again and again.
pub fn hash(event: &StoredEvent, buffer: &mut Vec<u8>) -> Hash {
    buffer.clear();
    write(event, buffer);
    Hash::of_leaf(buffer)
}
