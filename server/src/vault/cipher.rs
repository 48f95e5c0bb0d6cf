//! Keys, and what they seal: AES-256-GCM, disclosures as RFC 9901 has them, salts that nobody can tell once the key is gone.

use aggregates::ids::Sealed;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::{digest, hmac};
use uuid::Uuid;
use zeroize::Zeroizing;

/// Bytes of a salt.
const SALT: usize = 16;

/// What was sealed cannot be opened: another key, another place, or altered bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it cannot be opened")]
pub struct NotOpened;

/// 256 bits that never leave this process but in the file of the vault's key, or wrapped.
pub struct Key(Zeroizing<[u8; 32]>);

impl Key {
    /// A new key.
    pub fn new() -> Self {
        Self(Zeroizing::new(rand::random()))
    }

    /// The key of these bytes.
    pub fn of(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The key in hex digits.
    pub fn parse(text: &str) -> Option<Self> {
        let mut key = Self(Zeroizing::new([0; 32]));
        if text.len() != 64 {
            return None;
        }
        for (byte, digits) in key.0.iter_mut().zip(text.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        }
        Some(key)
    }

    /// Itself in hex digits.
    pub fn told(&self) -> Zeroizing<String> {
        use std::fmt::Write as _;
        let mut text = Zeroizing::new(String::with_capacity(64));
        for byte in self.0.iter() {
            let _ = write!(text, "{byte:02x}");
        }
        text
    }

    /// A name of the key that tells nothing of it.
    pub fn id(&self) -> String {
        let hash = hmac::sign(
            &hmac::Key::new(hmac::HMAC_SHA256, self.0.as_slice()),
            b"baodao vault: name of the key",
        );
        URL_SAFE_NO_PAD.encode(hash.as_ref().get(..12).unwrap_or_default())
    }

    /// Wraps the key of a subject.
    pub fn wrap(&self, key: &Self, subject: &str) -> Result<String, NotOpened> {
        self.close(key.0.as_slice(), subject)
    }

    /// Opens the wrapped key of a subject.
    pub fn unwrap_key(&self, wrapped: &str, subject: &str) -> Result<Self, NotOpened> {
        let bytes = Zeroizing::new(self.open(wrapped, subject)?);
        bytes.as_slice().try_into().map(|bytes: [u8; 32]| Self(Zeroizing::new(bytes))).map_err(|_| NotOpened)
    }

    /// Seals a text for a place: digest, subject, field.
    pub fn close(&self, plain: &[u8], place: &str) -> Result<String, NotOpened> {
        let nonce: [u8; NONCE_LEN] = rand::random();
        let mut bytes = plain.to_vec();
        let aad = Aad::from(place.as_bytes());
        self.cipher()?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut bytes)
            .map_err(|_| NotOpened)?;
        Ok(STANDARD.encode([nonce.as_slice(), &bytes].concat()))
    }

    /// Opens what was sealed for this place.
    pub fn open(&self, sealed: &str, place: &str) -> Result<Vec<u8>, NotOpened> {
        let mut bytes = STANDARD.decode(sealed).map_err(|_| NotOpened)?;
        let (nonce, content) = bytes.split_at_mut_checked(NONCE_LEN).ok_or(NotOpened)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| NotOpened)?;
        let plain = self.cipher()?.open_in_place(nonce, Aad::from(place.as_bytes()), content);
        plain.map(|plain| plain.to_vec()).map_err(|_| NotOpened)
    }

    fn cipher(&self) -> Result<LessSafeKey, NotOpened> {
        UnboundKey::new(&AES_256_GCM, self.0.as_slice()).map(LessSafeKey::new).map_err(|_| NotOpened)
    }

    /// The salt of a field of a command: the same each time, and nobody's guess without the key.
    fn salt(&self, command_id: Uuid, row: u32, field: &str) -> String {
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, self.0.as_slice()));
        for part in
            [b"baodao vault: salt".as_slice(), command_id.as_bytes(), &row.to_be_bytes(), field.as_bytes()]
        {
            context.update(part);
        }
        URL_SAFE_NO_PAD.encode(context.sign().as_ref().get(..SALT).unwrap_or_default())
    }

    /// The disclosure of a field of a command: Base 64 of `[salt, name, value]`.
    pub fn disclosure(&self, command_id: Uuid, row: u32, field: &str, value: &str) -> Zeroizing<String> {
        let salt = self.salt(command_id, row, field);
        let array = Zeroizing::new(serde_json::json!([salt, field, value]).to_string());
        Zeroizing::new(URL_SAFE_NO_PAD.encode(array.as_bytes()))
    }
}

impl Default for Key {
    fn default() -> Self {
        Self::new()
    }
}

/// The digest of a disclosure: what events tell.
pub fn digest_of(disclosure: &str) -> Sealed {
    let hash = digest::digest(&digest::SHA256, disclosure.as_bytes());
    Sealed::new(URL_SAFE_NO_PAD.encode(hash)).unwrap_or_default()
}

/// Name and value of a disclosure.
pub fn read(disclosure: &str) -> Option<(String, Zeroizing<String>)> {
    let json = Zeroizing::new(URL_SAFE_NO_PAD.decode(disclosure).ok()?);
    let [_, name, value]: [String; 3] = serde_json::from_slice(&json).ok()?;
    Some((name, Zeroizing::new(value)))
}

/// For what place an entry is sealed.
pub fn place(digest: &str, subject: &str, field: &str) -> String {
    format!("{digest}\n{subject}\n{field}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Issue 4 C: what is sealed opens with its key at its place, and nowhere else.
    #[test]
    fn what_is_sealed_opens_with_its_key_at_its_place() {
        let (key, other) = (Key::new(), Key::new());
        let sealed = key.close("张三".as_bytes(), "a").unwrap();
        assert_eq!(key.open(&sealed, "a").unwrap(), "张三".as_bytes());
        assert!(key.open(&sealed, "b").is_err() && other.open(&sealed, "a").is_err());
        assert!(key.open("", "a").is_err() && key.open("AAAA", "a").is_err());
        let wrapped = key.wrap(&other, "member:m-1").unwrap();
        assert_eq!(key.unwrap_key(&wrapped, "member:m-1").unwrap().0, other.0);
        assert!(key.unwrap_key(&wrapped, "member:m-2").is_err());
        assert_eq!(Key::parse(&key.told()).unwrap().id(), key.id());
        assert!(Key::parse("ab").is_none() && Key::parse(&"x".repeat(64)).is_none());
    }

    /// Issue 4 C: a digest is that of RFC 9901 over the disclosure, the same for the same field of the same command and key, and another
    /// for another command, so that nobody finds a text by trying.
    #[test]
    fn digests_are_those_of_disclosures_and_cannot_be_guessed() {
        // The example of RFC 9901, section 4.2.3.
        let example = "WyI2cU1RdlJMNWhhaiIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0";
        assert_eq!(digest_of(example).as_str(), "uutlBuYeMDyjLLTpf6Jxi7yNkEF35jdyWMn9U7b_RYY");
        let (key, command) = (Key::new(), Uuid::from_u128(7));
        let told = key.disclosure(command, 0, "phone", "13800001111");
        assert_eq!(told, key.disclosure(command, 0, "phone", "13800001111"));
        let (name, value) = read(&told).unwrap();
        assert_eq!((name.as_str(), value.as_str()), ("phone", "13800001111"));
        for other in [
            key.disclosure(Uuid::from_u128(8), 0, "phone", "13800001111"),
            key.disclosure(command, 1, "phone", "13800001111"),
            Key::new().disclosure(command, 0, "phone", "13800001111"),
        ] {
            assert_ne!(digest_of(&told), digest_of(&other));
        }
    }
}
