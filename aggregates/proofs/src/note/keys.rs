//! Keys of logs, witnesses and recording organisations, each with its name, its number and what it is for.

use std::fmt;

use sha2::{Digest, Sha256};

use super::curves::{Private, Public};
use super::{NoteError, Signature, Signed};
use crate::cosignature;
use crate::encoding::{base64, from_base64};

/// What a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The text as it is: how a log signs.
    Note,
    /// The text and a time: how a witness signs (C2SP tlog-cosignature, v1).
    Cosignature,
    /// Statements on records, and no notes: how a recording organisation signs.
    Statement,
    /// The text as it is, with SM2 and SM3 国密: how a log signs once more, beside its line of Ed25519.
    Sm2,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Note, Self::Cosignature, Self::Statement, Self::Sm2];

    /// The bytes that stand for it before a key. C2SP leaves 255 and a name of one's own for what it does not know.
    fn tag(self) -> &'static [u8] {
        match self {
            Self::Note => &[0x01],
            Self::Cosignature => &[0x04],
            Self::Statement => b"\xffbaodao/statement/v1",
            Self::Sm2 => b"\xffbaodao/sm2-sm3/v1",
        }
    }

    /// The kind and the key behind its tag.
    fn split(bytes: &[u8]) -> Option<(Self, &[u8])> {
        Self::ALL.into_iter().find_map(|kind| Some((kind, bytes.strip_prefix(kind.tag())?)))
    }

    /// Whether it is how logs sign.
    pub fn is_of_log(self) -> bool {
        matches!(self, Self::Note | Self::Sm2)
    }

    /// The key with its tag before it.
    fn join(self, key: &[u8]) -> Vec<u8> {
        [self.tag(), key].concat()
    }
}

/// A public key, with the name and number that signature lines have.
#[derive(Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    id: [u8; 4],
    kind: Kind,
    key: Public,
}

impl Verifier {
    pub(super) fn new(name: &str, kind: Kind, key: Public) -> Self {
        let id = Sha256::new()
            .chain_update(name)
            .chain_update(b"\n")
            .chain_update(kind.join(key.bytes()))
            .finalize();
        Self { name: name.to_owned(), id: [id[0], id[1], id[2], id[3]], kind, key }
    }

    /// From its text, `NAME+ID+KEY`.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let wrong = NoteError::Key;
        let (name, rest) = text.split_once('+').ok_or(wrong("expected NAME+ID+KEY"))?;
        let (id, key) = rest.split_once('+').ok_or(wrong("expected NAME+ID+KEY"))?;
        let key = from_base64(key).ok_or(wrong("the key is not Base 64"))?;
        let (kind, key) = Kind::split(&key)
            .ok_or(wrong("only keys of notes (1), cosignatures (4), statements and SM2 (255) are known"))?;
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

    fn of(name: &str, kind: Kind, key: &[u8]) -> Result<Self, NoteError> {
        if !is_name(name) {
            return Err(NoteError::Key("the name is empty or has a blank"));
        }
        Ok(Self::new(name, kind, Public::of(kind, key)?))
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
    pub fn key(&self) -> &[u8] {
        self.key.bytes()
    }

    /// The number, in hexadecimal.
    pub fn number(&self) -> String {
        hex(self.id)
    }

    /// Whether this key, one for statements, has signed the bytes.
    #[must_use]
    pub fn has_stated(&self, bytes: &[u8], signature: &[u8]) -> bool {
        self.kind == Kind::Statement && self.key.has_signed(bytes, signature)
    }

    /// What a signature says, if it is one of this key over the text.
    pub(super) fn check(&self, text: &str, signature: &[u8]) -> Option<Signed> {
        let (at, is_right) = match self.kind {
            Kind::Note | Kind::Sm2 => (None, self.key.has_signed(text.as_bytes(), signature)),
            Kind::Cosignature => {
                let (at, signature) = cosignature::split(signature)?;
                (Some(at), self.key.has_signed(cosignature::message(text, at).as_bytes(), signature))
            }
            Kind::Statement => return None,
        };
        let signed = Signed { name: self.name.clone(), key: self.key().to_vec(), kind: self.kind, at };
        is_right.then_some(signed)
    }

    /// Whether a signature line says that it is of this key.
    pub(super) fn is_of(&self, signature: &Signature) -> bool {
        self.name == signature.name && self.id == signature.id
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
    key: Private,
}

impl Signer {
    /// A key of this name out of 32 random bytes.
    pub fn new(name: &str, kind: Kind, seed: &[u8; 32]) -> Result<Self, NoteError> {
        if !is_name(name) {
            return Err(NoteError::Key("the name is empty or has a blank"));
        }
        let key = Private::of(kind, seed)?;
        Ok(Self { verifier: Verifier::new(name, kind, key.public()), key })
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
        let key = base64(&self.verifier.kind.join(&self.key.bytes()));
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
            Kind::Note | Kind::Sm2 | Kind::Statement => self.key.sign(text.as_bytes()),
            Kind::Cosignature => {
                cosignature::join(at, &self.key.sign(cosignature::message(text, at).as_bytes()))
            }
        };
        Signature { name: self.verifier.name.clone(), id: self.verifier.id, bytes }
    }

    /// Signs the bytes of a statement. None where the key is for something else.
    pub fn state(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        (self.verifier.kind == Kind::Statement).then(|| self.key.sign(bytes))
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.verifier)
    }
}

/// Whether a key can be called so.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains('+') && !name.chars().any(|c| c.is_whitespace() || c.is_control())
}

fn hex(id: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(id))
}
