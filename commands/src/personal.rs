//! Text that is personal: read once, sealed by the vault, and never written, hashed or printed as it is.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What stands in its place wherever a command is written.
const SEALED: &str = "…";
/// Bytes of a photo at most, and their length in Base 64.
const PHOTO_BYTES_MAX: usize = 200_000;
const PHOTO_LENGTH_MAX: usize = PHOTO_BYTES_MAX.div_ceil(3) * 4;
/// How JPEG and PNG begin, in Base 64.
const PHOTO_BEGINNINGS: [&str; 2] = ["/9j/", "iVBORw0KGgo"];

/// A name, a telephone number, an address: one line of at most so many characters.
pub type Line = Personal<100>;
/// Some sentences.
pub type Sentences = Personal<1000>;

/// Personal text of at most so many characters.
#[derive(Clone, PartialEq, Eq)]
pub struct Personal<const MAX: usize>(String);

impl<const MAX: usize> Personal<MAX> {
    /// The text itself: for the vault only.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> fmt::Debug for Personal<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SEALED)
    }
}

impl<const MAX: usize> Serialize for Personal<MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(SEALED)
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Personal<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = told(deserializer)?.replace("\r\n", "\n");
        let text = text.trim();
        let is_plain = |c: char| !c.is_control() || c == '\n' && MAX > 100;
        if (1..=MAX).contains(&text.chars().count()) && text.chars().all(is_plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(D::Error::custom(format!(
                "expected 1 to {MAX} characters without control characters / 应为 1 至 {MAX} 字，不含控制字符"
            )))
        }
    }
}

impl<const MAX: usize> JsonSchema for Personal<MAX> {
    fn schema_name() -> Cow<'static, str> {
        format!("Personal{MAX}").into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "minLength": 1, "maxLength": MAX,
            "description": "Personal: kept in the vault, never in an event."})
    }
}

/// A photo, JPEG or PNG, in Base 64.
#[derive(Clone, PartialEq, Eq)]
pub struct Photo(String);

impl Photo {
    /// The photo in Base 64: for the vault only.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Photo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SEALED)
    }
}

impl Serialize for Photo {
    /// The beginning of one: a command that is written can be read.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(PHOTO_BEGINNINGS[0])
    }
}

impl<'de> Deserialize<'de> for Photo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = told(deserializer)?;
        let is_photo = PHOTO_BEGINNINGS.iter().any(|beginning| text.starts_with(beginning));
        let digits = text.trim_end_matches('=');
        let is_base64 = text.len().is_multiple_of(4)
            && text.len() - digits.len() <= 2
            && digits.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'));
        if is_photo && is_base64 && text.len() <= PHOTO_LENGTH_MAX {
            Ok(Self(text))
        } else {
            Err(D::Error::custom(format!(
                "expected a JPEG or PNG of at most {PHOTO_BYTES_MAX} bytes in Base 64 / 应为不超过 {PHOTO_BYTES_MAX} 字节的 JPEG 或 PNG（Base 64）"
            )))
        }
    }
}

impl JsonSchema for Photo {
    fn schema_name() -> Cow<'static, str> {
        "Photo".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "contentEncoding": "base64", "maxLength": PHOTO_LENGTH_MAX,
            "pattern": "^(/9j/|iVBORw0KGgo)",
            "description": "A JPEG or PNG in Base 64. Personal: kept in the vault, never in an event."})
    }
}

/// The text. What else stands there is not told again: it is personal too.
fn told<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(text) => Ok(text),
        _ => Err(D::Error::custom("expected text / 应为文本")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Issue 4 C: personal text is bounded and never printed or written; neither is what is refused.
    #[test]
    fn personal_text_is_read_and_never_shown() {
        let line: Line = serde_json::from_str("\"  张三 \"").unwrap();
        assert_eq!(line.as_str(), "张三");
        assert_eq!(
            (format!("{line:?}"), serde_json::to_string(&line).unwrap()),
            ("…".into(), "\"…\"".into())
        );
        for wrong in [
            "\"\"",
            "\" \"",
            "\"a\\u0007b\"",
            "\"a\\nb\"",
            "13800001111",
            "{\"a\":\"SECRET\"}",
            &format!("\"{}\"", "字".repeat(101)),
        ] {
            let error = serde_json::from_str::<Line>(wrong).unwrap_err().to_string();
            assert!(
                error.contains("expected") && !error.contains("1380000") && !error.contains("SECRET"),
                "{error}"
            );
        }
        assert_eq!(serde_json::from_str::<Sentences>("\"a\\r\\nb\"").unwrap().as_str(), "a\nb");
        let again: Photo =
            serde_json::from_str(&serde_json::to_string(&Photo("iVBORw0KGgoA".into())).unwrap()).unwrap();
        assert_eq!(again.as_str(), "/9j/");
        for wrong in ["\"R0lGODlh\"", "\"/9j/x\"", "\"/9j/!AAA\"", "7"] {
            assert!(serde_json::from_str::<Photo>(wrong).is_err(), "{wrong}");
        }
        let large = format!("\"/9j/{}\"", "A".repeat(PHOTO_LENGTH_MAX));
        assert!(serde_json::from_str::<Photo>(&large).is_err());
    }
}
