//! Reading a policy file: parsed, then checked; each fault names its line, and all are told at once.

use super::{Policy, check};
pub use crate::document::Fault;
use crate::document::{Checks, Document};

/// Reads and checks a policy file (TOML). Faults come by line: of syntax alone if there are any; else of shape (unknown,
/// missing or blank keys, values of the wrong kind, sources) together with those of meaning in every section that is
/// well formed.
pub fn read(text: &str) -> Result<Policy, Vec<Fault>> {
    let document = Document::parse(text)?;
    let mut checks = Checks::new(&document, document.shape_faults::<Policy>());
    check::policy(&document, &mut checks);
    let faults = checks.into_faults();
    if !faults.is_empty() {
        return Err(faults);
    }
    document.decode().map_err(|fault| vec![fault])
}

/// The same of JSON text. Lines that faults name are those of the policy written as a file.
pub fn read_json(text: &str) -> Result<Policy, Vec<Fault>> {
    let document = serde_json::from_str(text).map_err(|error| error.to_string()).and_then(file_of);
    // What is no JSON is told as what a file of it would be: faulty in its first line.
    read(&document.unwrap_or_else(|problem| format!("= {problem}")))
}

/// A policy as a file.
pub fn written(policy: &Policy) -> Option<String> {
    serde_json::to_value(policy).ok().and_then(|value| file_of(value).ok())
}

fn file_of(value: serde_json::Value) -> Result<String, String> {
    toml::to_string_pretty(&without_nothings(value)).map_err(|error| error.to_string())
}

/// Files have no word for nothing: what is nothing is left out.
fn without_nothings(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Object(all) => {
            let there = all.into_iter().filter(|(_, inner)| !inner.is_null());
            Value::Object(there.map(|(name, inner)| (name, without_nothings(inner))).collect())
        }
        Value::Array(all) => Value::Array(all.into_iter().map(without_nothings).collect()),
        plain => plain,
    }
}

#[cfg(test)]
mod tests;
