//! Reading a policy file: parsed, then checked; each fault names its line.

use super::Policy;

/// What is wrong in a policy file, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {path}: {problem}")]
pub struct Fault {
    /// From 1.
    pub line: usize,
    /// The key, dotted.
    pub path: String,
    /// What was expected.
    pub problem: String,
}

/// Reads and checks a policy file. All faults are told at once.
pub fn read(text: &str) -> Result<Policy, Vec<Fault>> {
    toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        let line = text.get(..offset).map_or(1, |before| before.matches('\n').count() + 1);
        vec![Fault { line, path: String::new(), problem: error.message().to_owned() }]
    })
}
