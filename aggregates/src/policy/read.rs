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

#[cfg(test)]
mod tests;
