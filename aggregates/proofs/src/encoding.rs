//! Texts of bytes and numbers, each in one way only: what is written otherwise is refused, so that nobody can write the same thing twice.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// Standard Base 64 with padding (RFC 4648 §4).
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes of such a text; none where it is not the one way to write them.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Base 64 for URLs without padding (RFC 4648 §5).
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of such a text; none where it is not the one way to write them.
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// A decimal number without sign or leading zeroes.
pub fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_written_in_one_way_only() {
        assert_eq!(decimal("0"), Some(0));
        assert_eq!(decimal("18446744073709551615"), Some(u64::MAX));
        for wrong in ["", "00", "01", "+1", "-1", " 1", "1\r", "1.0", "18446744073709551616"] {
            assert_eq!(decimal(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn bytes_are_written_in_one_way_only() {
        assert_eq!(from_base64("AAE=").as_deref(), Some(&[0, 1][..]));
        // Without padding, with bits behind the end, with a line break, in the other alphabet.
        for wrong in ["AAE", "AAF=", "AAE=\n", "-_-_"] {
            assert_eq!(from_base64(wrong), None, "{wrong:?}");
        }
        assert_eq!(from_base64url("-_8").as_deref(), Some(&[251, 255][..]));
        for wrong in ["-_8=", "-_9", "+/8", "-_8\n", "-"] {
            assert_eq!(from_base64url(wrong), None, "{wrong:?}");
        }
    }
}
