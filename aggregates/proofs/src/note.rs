//! Signed notes (C2SP signed-note): a text, and lines with signatures of it.

mod curves;
mod keys;

use std::fmt;

pub use keys::{Kind, Signer, Verifier};

use crate::encoding::{base64, from_base64};

/// Bytes of a note at most.
pub const BYTES_MAX: usize = 1 << 16;
/// Signatures of a note at most.
pub const SIGNATURES_MAX: usize = 64;
const DASH: &str = "\u{2014} ";

/// Why a note or a key is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is none.
    #[error("not a signed note: {0}")]
    Malformed(&'static str),
    /// A key text is none.
    #[error("not a key: {0}")]
    Key(&'static str),
    /// A known key is named, and its signature is wrong.
    #[error("the signature of {0} is wrong")]
    BadSignature(String),
    /// No known key has signed.
    #[error("no known key has signed")]
    Unsigned,
}

/// A line with a signature, whoever made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Of the key.
    pub name: String,
    /// Of the key.
    pub id: [u8; 4],
    /// As the kind of key says.
    pub bytes: Vec<u8>,
}

impl Signature {
    /// From a line without its end.
    pub fn parse(line: &str) -> Result<Self, NoteError> {
        let wrong = NoteError::Malformed("a signature line is not DASH NAME BASE64");
        let (name, bytes) =
            line.strip_prefix(DASH).and_then(|rest| rest.split_once(' ')).ok_or(wrong.clone())?;
        let bytes = from_base64(bytes).ok_or(wrong.clone())?;
        let (id, bytes) =
            bytes.split_first_chunk::<4>().filter(|_| keys::is_name(name)).ok_or(wrong.clone())?;
        if bytes.is_empty() {
            return Err(wrong);
        }
        Ok(Self { name: name.to_owned(), id: *id, bytes: bytes.to_vec() })
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.id[..], &self.bytes].concat();
        write!(f, "{DASH}{} {}", self.name, base64(&bytes))
    }
}

/// A signature that was found right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// Whose.
    pub name: String,
    /// The bytes of the key.
    pub key: Vec<u8>,
    /// What was signed.
    pub kind: Kind,
    /// When, seconds since 1970; cosignatures tell it.
    pub at: Option<u64>,
}

/// A text and its signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// With the line end behind it.
    pub text: String,
    /// In their order.
    pub signatures: Vec<Signature>,
}

impl Note {
    /// Takes a note apart. Nothing is verified yet.
    pub fn parse(note: &[u8]) -> Result<Self, NoteError> {
        let wrong = NoteError::Malformed;
        if note.len() > BYTES_MAX {
            return Err(wrong("it is longer than a note may be"));
        }
        let note = std::str::from_utf8(note).map_err(|_| wrong("it is not UTF-8"))?;
        if note.chars().any(|c| c < ' ' && c != '\n') {
            return Err(wrong("it has control characters"));
        }
        let at = note.rfind("\n\n").ok_or(wrong("there is no blank line before the signatures"))?;
        let (text, lines) = (&note[..=at], &note[at + 2..]);
        let lines = lines.strip_suffix('\n').ok_or(wrong("the last line does not end"))?;
        let signatures: Vec<Signature> = lines.split('\n').map(Signature::parse).collect::<Result<_, _>>()?;
        if signatures.len() > SIGNATURES_MAX {
            return Err(wrong("it has more signatures than a note may have"));
        }
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// The right signatures of known keys. Those of unknown keys are passed over; a wrong one of a known key spoils the note.
    pub fn verify(&self, known: &[Verifier]) -> Result<Vec<Signed>, NoteError> {
        let mut found: Vec<Signed> = Vec::new();
        for signature in &self.signatures {
            for key in known.iter().filter(|key| key.is_of(signature)) {
                let signed = key.check(&self.text, &signature.bytes);
                let signed = signed.ok_or_else(|| NoteError::BadSignature(key.name().to_owned()))?;
                if !found.iter().any(|other| other.key == signed.key && other.kind == signed.kind) {
                    found.push(signed);
                }
            }
        }
        if found.is_empty() { Err(NoteError::Unsigned) } else { Ok(found) }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

#[cfg(test)]
mod tests;
