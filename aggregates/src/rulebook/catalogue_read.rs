//! Reading a duty catalogue file: parsed, then checked; each fault names its line.

use super::DutyCatalogue;
use crate::policy::Fault;

/// Reads and checks a duty catalogue file. All faults are told at once.
pub fn read_catalogue(text: &str) -> Result<DutyCatalogue, Vec<Fault>> {
    toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        let line = text.get(..offset).map_or(1, |before| before.matches('\n').count() + 1);
        vec![Fault { line, path: String::new(), problem: error.message().to_owned() }]
    })
}
