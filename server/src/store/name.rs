//! What a ledger is called among those that one process serves.

use std::fmt;
use std::sync::Arc;

/// Letters of a name at most.
const LONGEST: usize = 40;
/// Of the ledger at the root.
const DEFAULT: &str = "default";

/// The name of a ledger: small letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerName(Arc<str>);

/// Not a name of a ledger.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} cannot name a ledger: small letters, digits and hyphens only, a letter or digit first, at most {LONGEST}"
)]
pub struct NotAName(String);

/// The ledger at the root.
impl Default for LedgerName {
    fn default() -> Self {
        Self(DEFAULT.into())
    }
}

impl LedgerName {
    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, NotAName> {
        let is_sound = text.len() <= LONGEST
            && !text.starts_with('-')
            && !text.is_empty()
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        is_sound.then(|| Self(text.into())).ok_or_else(|| {
            // An address in its place can hold a password.
            let is_harmless = |c: &char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
            NotAName(text.chars().take_while(is_harmless).take(LONGEST + 1).collect())
        })
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same, as a label that is cheap to copy.
    pub(crate) fn label(&self) -> metrics::SharedString {
        metrics::SharedString::from_shared(Arc::clone(&self.0))
    }

    /// Where the addresses of its interface begin, unless it is at the root.
    pub fn prefix(&self) -> String {
        format!("/ledgers/{}", self.0)
    }
}

impl fmt::Display for LedgerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Issue 3 C: a name stands in addresses and labels, so it is plain.
    #[test]
    fn names_are_plain() {
        assert_eq!(LedgerName::parse("qianxinan-2").unwrap().prefix(), "/ledgers/qianxinan-2");
        assert_eq!(LedgerName::parse("default").unwrap(), LedgerName::default());
        for text in ["", "-a", "A", "a_b", "a/b", "a b", "黔西南", &"a".repeat(41)] {
            assert!(LedgerName::parse(text).is_err(), "{text}");
        }
    }

    /// Somebody who leaves the name out does not read his password on the screen.
    #[test]
    fn an_address_instead_of_a_name_is_not_shown() {
        let told = LedgerName::parse("postgres://u:secret@h/d?schema").unwrap_err().to_string();
        assert!(told.contains("\"postgres\"") && !told.contains("secret"), "{told}");
    }
}
