//! SD-JWT (RFC 9901), as much of it as statements need, and nothing else: EdDSA, SHA-256, claims withheld at the top only, no key binding.
//!
//! `HEADER.PAYLOAD.SIGNATURE~DISCLOSURE~…~`. What could be read in two ways is refused.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::encoding::{base64url, from_base64url};
use crate::note::Signer;

/// The type in the header.
pub const TYPE: &str = "baodao-record+sd-jwt";
/// The only algorithm for digests.
pub const DIGESTS: &str = "sha-256";
/// The only algorithm for signatures.
const ALGORITHM: &str = "EdDSA";
/// Bytes at most.
const BYTES_MAX: usize = 1 << 18;

/// The header. Others, such as keys and critical extensions, are refused.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    /// `NAME+ID` of the key, as in signature lines.
    kid: String,
}

/// A claim that its holder shows or withholds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosure {
    /// As it is hashed: Base 64 of the JSON array of salt, name and value.
    text: String,
    /// Of the claim.
    pub name: String,
    /// Of the claim.
    pub value: Value,
}

impl Disclosure {
    /// Of a claim, with 128 random bits, so that nobody can guess what is withheld.
    pub fn new(salt: [u8; 16], name: &str, value: Value) -> Self {
        let parts = Value::from(vec![base64url(&salt).into(), name.into(), value.clone()]);
        Self { text: base64url(parts.to_string().as_bytes()), name: name.to_owned(), value }
    }

    fn parse(text: &str) -> Option<Self> {
        let (_salt, name, value): (String, String, Value) =
            serde_json::from_slice(&from_base64url(text)?).ok()?;
        Some(Self { text: text.to_owned(), name, value })
    }

    /// What stands for it in the payload.
    pub fn digest(&self) -> String {
        base64url(&Sha256::digest(&self.text))
    }
}

/// One that was taken apart. Nothing is verified yet.
pub(super) struct SdJwt<'a> {
    /// Who says to have signed, `NAME+ID`.
    pub key: String,
    /// JSON.
    pub payload: Vec<u8>,
    /// What is signed.
    pub message: &'a [u8],
    /// Over the message.
    pub signature: Vec<u8>,
    /// What is shown of the claims that can be withheld.
    pub disclosures: Vec<Disclosure>,
}

impl<'a> SdJwt<'a> {
    /// None where it is not made as ours are.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let (jwt, shown) = text.strip_suffix('~').filter(|text| text.len() < BYTES_MAX).map(|text| {
            let mut parts = text.split('~');
            (parts.next().unwrap_or_default(), parts)
        })?;
        let (message, signature) = jwt.rsplit_once('.')?;
        let (header, payload) = message.split_once('.')?;
        let header: Header = serde_json::from_slice(&from_base64url(header)?).ok()?;
        if header.typ != TYPE || header.alg != ALGORITHM {
            return None;
        }
        Some(Self {
            key: header.kid,
            payload: from_base64url(payload)?,
            message: message.as_bytes(),
            signature: from_base64url(signature)?,
            disclosures: shown.map(Disclosure::parse).collect::<Option<_>>()?,
        })
    }
}

/// Signs a payload. None where the key is not one for statements.
pub(super) fn sign(payload: &impl Serialize, shown: &[Disclosure], key: &Signer) -> Option<String> {
    let kid = format!("{}+{}", key.verifier().name(), key.verifier().number());
    let header = Header { alg: ALGORITHM.to_owned(), typ: TYPE.to_owned(), kid };
    let header = base64url(&serde_json::to_vec(&header).ok()?);
    let message = format!("{header}.{}", base64url(&serde_json::to_vec(payload).ok()?));
    let signature = base64url(&key.state(message.as_bytes())?);
    let parts: Vec<&str> = shown.iter().map(|one| one.text.as_str()).chain([""]).collect();
    Some(format!("{message}.{signature}~{}", parts.join("~")))
}
