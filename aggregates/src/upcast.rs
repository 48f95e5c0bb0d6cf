//! Old event versions, raised to today's as they are read. Stored bytes never change.
//!
//! An upcaster is kept for ever, and so is the golden stream in `tests/golden/` that proves it.

use std::sync::LazyLock;

use cqrs_es::persist::{EventUpcaster, SemanticVersionEventUpcaster, SerializedEvent};
use serde_json::{Value, json};

/// Every upcaster, oldest version first.
pub static UPCASTERS: LazyLock<Vec<Box<dyn EventUpcaster>>> = LazyLock::new(|| {
    vec![Box::new(SemanticVersionEventUpcaster::new(
        "MemberReported",
        "1.0.0",
        Box::new(member_reported_gains_its_kind),
    ))]
});

/// 0.9, the pilot's format, had only `home: true|false`; 1.0 tells the kind of report by name (A2).
fn member_reported_gains_its_kind(mut payload: Value) -> Value {
    if let Some(fact) = payload.get_mut("MemberReported").and_then(Value::as_object_mut)
        && let Some(home) = fact.remove("home")
    {
        let kind = if home == Value::Bool(true) { "residence" } else { "unit_linked" };
        fact.insert("kind".to_owned(), json!(kind));
    }
    payload
}

/// The payload raised to today's version, or nothing when it is of today already.
pub fn raise_text(
    aggregate_type: &str,
    event_type: &str,
    event_version: &str,
    payload: &str,
) -> Result<Option<String>, serde_json::Error> {
    let due: Vec<_> =
        UPCASTERS.iter().filter(|upcaster| upcaster.can_upcast(event_type, event_version)).collect();
    if due.is_empty() {
        return Ok(None);
    }
    let mut event = SerializedEvent {
        aggregate_id: String::new(),
        sequence: 0,
        aggregate_type: aggregate_type.to_owned(),
        event_type: event_type.to_owned(),
        event_version: event_version.to_owned(),
        payload: serde_json::from_str(payload)?,
        metadata: json!({}),
    };
    for upcaster in due {
        event = upcaster.upcast(event);
    }
    serde_json::to_string(&event.payload).map(Some)
}
