//! Rule files in TOML, read so that every fault names its line: syntax, then shape, then what a subject's own checks say.
//!
//! The shape is not written down a second time: it is the JSON schema of the Rust type ([`shape`]). So a new field of a
//! policy is known here the day it exists, and an unknown key is refused by name.

mod checks;
mod shape;
mod tree;

pub use checks::Checks;
pub(crate) use checks::{choices_of, name};
pub use tree::Document;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

/// What is wrong in a file, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("line {line}: {path}: {problem}")]
pub struct Fault {
    /// From 1.
    pub line: usize,
    /// The key, dotted: `card.clauses[2].points`; empty for the file as a whole.
    pub path: String,
    /// What was expected, in English and Chinese.
    pub problem: String,
}

impl Document {
    /// The faults of shape against the type's own schema: unknown, missing and blank keys, values of the wrong kind, and
    /// sourced values that do not tell exactly one of `source` and `assumed`.
    pub fn shape_faults<T: JsonSchema>(&self) -> Vec<Fault> {
        let schema = schemars::schema_for!(T).to_value();
        shape::faults(self, &schema)
    }

    /// The whole file as a `T`, for a file without faults of shape.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        self.decode_value(self.value(), "")
    }

    /// What stands under a key of the first level, if it stands there and is well formed; its checks can then run though
    /// other parts of the file are at fault.
    pub fn section<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        self.decode_value(self.value().get(key)?, key).ok()
    }

    fn decode_value<T: DeserializeOwned>(&self, value: &serde_json::Value, path: &str) -> Result<T, Fault> {
        T::deserialize(value).map_err(|error| self.fault(path, error.to_string()))
    }

    /// A fault at a key: at its own line, or at the line of the nearest key around it that the file has.
    pub fn fault(&self, path: &str, problem: impl Into<String>) -> Fault {
        Fault { line: self.line(path), path: path.to_owned(), problem: problem.into() }
    }
}

#[cfg(test)]
mod tests;
