//! Signed notes (C2SP signed-note): a text, and lines with signatures of it.

use std::fmt;

use ed25519_dalek::{Signature as Ed25519, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::cosignature;
use crate::encoding::{base64, from_base64};

/// Bytes of a note at most.
pub const BYTES_MAX: usize = 1 << 16;
/// Signatures of a note at most.
pub const SIGNATURES_MAX: usize = 64;
const DASH: &str = "\u{2014} ";

/// What a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The text as it is: how a log signs.
    Note,
    /// The text and a time: how a witness signs (C2SP tlog-cosignature, v1).
    Cosignature,
    /// Statements on records, and no notes: how a recording organisation signs.
    Statement,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Note, Self::Cosignature, Self::Statement];

    /// The bytes that stand for it before a key. C2SP leaves 255 and a name of one's own for what it does not know.
    fn tag(self) -> &'static [u8] {
        match self {
            Self::Note => &[0x01],
            Self::Cosignature => &[0x04],
            Self::Statement => b"\xffbaodao/statement/v1",
        }
    }

    /// The kind and the key behind its tag.
    fn split(bytes: &[u8]) -> Option<(Self, &[u8])> {
        Self::ALL.into_iter().find_map(|kind| Some((kind, bytes.strip_prefix(kind.tag())?)))
    }

    /// The key with its tag before it.
    fn join(self, key: &[u8; 32]) -> Vec<u8> {
        [self.tag(), key].concat()
    }
}

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

/// A public key, with the name and number that signature lines have.
#[derive(Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    id: [u8; 4],
    kind: Kind,
    key: VerifyingKey,
}

impl Verifier {
    fn new(name: &str, kind: Kind, key: VerifyingKey) -> Self {
        let id = Sha256::new()
            .chain_update(name)
            .chain_update(b"\n")
            .chain_update(kind.join(key.as_bytes()))
            .finalize();
        Self { name: name.to_owned(), id: [id[0], id[1], id[2], id[3]], kind, key }
    }

    /// From its text, `NAME+ID+KEY`.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let wrong = NoteError::Key;
        let (name, rest) = text.split_once('+').ok_or(wrong("expected NAME+ID+KEY"))?;
        let (id, key) = rest.split_once('+').ok_or(wrong("expected NAME+ID+KEY"))?;
        let key = from_base64(key).ok_or(wrong("the key is not Base 64"))?;
        let (kind, key) = Kind::split(&key).ok_or(wrong(
            "only Ed25519 keys of notes (1), cosignatures (4) and statements (255) are known",
        ))?;
        let key = key.try_into().map_err(|_| wrong("expected 32 bytes"))?;
        let verifier = Self::of(name, kind, key)?;
        if verifier.to_string() == text {
            Ok(verifier)
        } else {
            Err(wrong(if hex(verifier.id) == id {
                "not as it is written"
            } else {
                "the number is not that of the key"
            }))
        }
    }

    /// A key for notes of this name, whose private part is kept elsewhere.
    pub fn of_note(name: &str, key: &[u8; 32]) -> Result<Self, NoteError> {
        Self::of(name, Kind::Note, key)
    }

    fn of(name: &str, kind: Kind, key: &[u8; 32]) -> Result<Self, NoteError> {
        let wrong = NoteError::Key;
        if !is_name(name) {
            return Err(wrong("the name is empty or has a blank"));
        }
        let key = VerifyingKey::from_bytes(key).map_err(|_| wrong("no point of the curve"))?;
        if key.is_weak() { Err(wrong("a weak point of the curve")) } else { Ok(Self::new(name, kind, key)) }
    }

    /// The signature line of a text that was signed elsewhere with the private part of this key for notes.
    pub fn signed_elsewhere(&self, text: &str, bytes: &[u8]) -> Result<Signature, NoteError> {
        if self.kind != Kind::Note || self.check(text, bytes).is_none() {
            return Err(NoteError::BadSignature(self.name.clone()));
        }
        Ok(Signature { name: self.name.clone(), id: self.id, bytes: bytes.to_vec() })
    }

    /// Whose it is.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it signs.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The bytes of the key, without name and kind.
    pub fn key(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// The number, in hexadecimal.
    pub fn number(&self) -> String {
        hex(self.id)
    }

    /// Whether this key, one for statements, has signed the bytes.
    #[must_use]
    pub fn has_stated(&self, bytes: &[u8], signature: &[u8]) -> bool {
        self.kind == Kind::Statement
            && Ed25519::from_slice(signature)
                .is_ok_and(|signature| self.key.verify_strict(bytes, &signature).is_ok())
    }

    /// What a signature says, if it is one of this key over the text.
    fn check(&self, text: &str, signature: &[u8]) -> Option<Signed> {
        match self.kind {
            Kind::Note => {
                let signature = Ed25519::from_slice(signature).ok()?;
                self.key.verify_strict(text.as_bytes(), &signature).ok()?;
                Some(Signed { name: self.name.clone(), key: *self.key(), kind: self.kind, at: None })
            }
            Kind::Cosignature => {
                let (at, signature) = cosignature::split(signature)?;
                let signature = Ed25519::from_slice(signature).ok()?;
                self.key.verify_strict(cosignature::message(text, at).as_bytes(), &signature).ok()?;
                Some(Signed { name: self.name.clone(), key: *self.key(), kind: self.kind, at: Some(at) })
            }
            Kind::Statement => None,
        }
    }
}

impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.name, hex(self.id), base64(&self.kind.join(self.key())))
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verifier({self})")
    }
}

/// A private key. Never shown.
pub struct Signer {
    verifier: Verifier,
    key: SigningKey,
}

impl Signer {
    /// A key of this name out of 32 random bytes.
    pub fn new(name: &str, kind: Kind, seed: &[u8; 32]) -> Result<Self, NoteError> {
        if !is_name(name) {
            return Err(NoteError::Key("the name is empty or has a blank"));
        }
        let key = SigningKey::from_bytes(seed);
        Ok(Self { verifier: Verifier::new(name, kind, key.verifying_key()), key })
    }

    /// From its text, `PRIVATE+KEY+NAME+ID+KEY`, as Go's note package writes it.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let wrong = NoteError::Key;
        let parts: Vec<&str> = text.trim_end().split('+').collect();
        let ["PRIVATE", "KEY", name, id, key @ ..] = &*parts else {
            return Err(wrong("expected PRIVATE+KEY+NAME+ID+KEY"));
        };
        // Base 64 has plus signs of its own.
        let key = from_base64(&key.join("+")).ok_or(wrong("the key is not Base 64"))?;
        let (kind, seed) = Kind::split(&key).ok_or(wrong("of another kind"))?;
        let seed = seed.try_into().map_err(|_| wrong("expected 32 bytes"))?;
        let signer = Self::new(name, kind, seed)?;
        if hex(signer.verifier.id) == *id {
            Ok(signer)
        } else {
            Err(wrong("the number is not that of the key"))
        }
    }

    /// As text, for the one file that it is kept in.
    pub fn private_text(&self) -> String {
        let key = base64(&self.verifier.kind.join(self.key.as_bytes()));
        format!("PRIVATE+KEY+{}+{}+{key}", self.verifier.name, hex(self.verifier.id))
    }

    /// The public key.
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// The signature line of a text; a cosignature tells the time, in seconds since 1970.
    pub fn sign(&self, text: &str, at: u64) -> Signature {
        let bytes = match self.verifier.kind {
            // No reader takes a note for signed by a key for statements.
            Kind::Note | Kind::Statement => self.key.sign(text.as_bytes()).to_bytes().to_vec(),
            Kind::Cosignature => {
                let signature = self.key.sign(cosignature::message(text, at).as_bytes());
                cosignature::join(at, &signature.to_bytes())
            }
        };
        Signature { name: self.verifier.name.clone(), id: self.verifier.id, bytes }
    }

    /// Signs the bytes of a statement. None where the key is for something else.
    pub fn state(&self, bytes: &[u8]) -> Option<[u8; 64]> {
        (self.verifier.kind == Kind::Statement).then(|| self.key.sign(bytes).to_bytes())
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.verifier)
    }
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
        let (id, bytes) = bytes.split_first_chunk::<4>().filter(|_| is_name(name)).ok_or(wrong.clone())?;
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
    pub key: [u8; 32],
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
            for key in known.iter().filter(|key| key.name == signature.name && key.id == signature.id) {
                let signed = key.check(&self.text, &signature.bytes);
                let signed = signed.ok_or_else(|| NoteError::BadSignature(key.name.clone()))?;
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

/// Whether a key can be called so.
fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains('+') && !name.chars().any(|c| c.is_whitespace() || c.is_control())
}

fn hex(id: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(id))
}

#[cfg(test)]
mod tests;
