//! What is on a page, by what is written on it.

/// The functions that questions to a page are asked with.
pub(super) const FINDING: &str = include_str!("finding.js");

/// A text within a script.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
