//! What keys are of: Ed25519, or SM2 with SM3 (GB/T 32918, GB/T 32905, as RFC 8998 uses them).

use ed25519_dalek::{Signature as Ed25519, Signer as _, SigningKey, VerifyingKey};
use sm2::dsa::signature::{Signer as _, Verifier as _};
use sm2::dsa::{Signature as Sm2Signature, SigningKey as Sm2SigningKey, VerifyingKey as Sm2VerifyingKey};
use sm2::elliptic_curve::sec1::ToSec1Point;

use super::{Kind, NoteError};

/// Who signs, as SM2 hashes it before the message: what the standard gives those who agreed on nothing else.
const USER: &str = "1234567812345678";
/// Bytes of a point of SM2: 4, and both coordinates.
const POINT: usize = 65;

/// A public key.
#[derive(Clone)]
pub(super) enum Public {
    Ed25519(VerifyingKey),
    Sm2(Box<Sm2VerifyingKey>, [u8; POINT]),
}

impl PartialEq for Public {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Eq for Public {}

impl Public {
    /// Out of the bytes behind the tag.
    pub(super) fn of(kind: Kind, bytes: &[u8]) -> Result<Self, NoteError> {
        let wrong = NoteError::Key;
        if kind == Kind::Sm2 {
            let point = bytes.try_into().map_err(|_| wrong("expected 65 bytes"))?;
            let key = Sm2VerifyingKey::from_sec1_bytes(USER, bytes).ok().filter(|_| bytes.starts_with(&[4]));
            return Ok(Self::Sm2(Box::new(key.ok_or(wrong("no point of the curve"))?), point));
        }
        let bytes = bytes.try_into().map_err(|_| wrong("expected 32 bytes"))?;
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| wrong("no point of the curve"))?;
        if key.is_weak() { Err(wrong("a weak point of the curve")) } else { Ok(Self::Ed25519(key)) }
    }

    /// In the one way that they are written.
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Ed25519(key) => key.as_bytes(),
            Self::Sm2(_, point) => point,
        }
    }

    /// Whether the private part of this key has signed the message.
    pub(super) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Ed25519(key) => Ed25519::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
            Self::Sm2(key, _) => Sm2Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
        }
    }
}

/// A private key.
pub(super) enum Private {
    Ed25519(SigningKey),
    Sm2(Sm2SigningKey),
}

impl Private {
    /// Out of 32 random bytes.
    pub(super) fn of(kind: Kind, seed: &[u8; 32]) -> Result<Self, NoteError> {
        if kind == Kind::Sm2 {
            let key = Sm2SigningKey::from_slice(USER, seed);
            let key = key.map_err(|_| NoteError::Key("not below the order of the curve"))?;
            return Ok(Self::Sm2(key));
        }
        Ok(Self::Ed25519(SigningKey::from_bytes(seed)))
    }

    /// Its bytes.
    pub(super) fn bytes(&self) -> [u8; 32] {
        match self {
            Self::Ed25519(key) => key.to_bytes(),
            Self::Sm2(key) => key.to_bytes().into(),
        }
    }

    /// The public part.
    pub(super) fn public(&self) -> Public {
        match self {
            Self::Ed25519(key) => Public::Ed25519(key.verifying_key()),
            Self::Sm2(key) => {
                let key = key.verifying_key();
                let mut point = [0; POINT];
                point.copy_from_slice(key.to_sec1_point(false).as_bytes());
                Public::Sm2(Box::new(key.clone()), point)
            }
        }
    }

    /// The signature of a message; of the same message always the same.
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
            // One in 2^256 messages has none, and then nobody believes what is put in its place.
            Self::Sm2(key) => {
                key.try_sign(message).map_or(vec![0; 64], |signature| signature.to_bytes().to_vec())
            }
        }
    }
}
