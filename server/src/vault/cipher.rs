//! Keys, and what they seal by their suite: disclosures as RFC 9901 has them, salts that nobody can tell once the key is gone.

use aggregates::ids::Sealed;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::aead::NONCE_LEN;
use ring::digest;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::suite::Suite;

/// Bytes of a salt.
const SALT: usize = 16;

/// What was sealed cannot be opened: another key, another place, or altered bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it cannot be opened")]
pub struct NotOpened;

/// A key that never leaves this process but in the file of the vault's key, or wrapped. Its length tells its suite.
pub struct Key {
    suite: Suite,
    bytes: Zeroizing<Vec<u8>>,
}

impl Key {
    /// A new key.
    pub fn new(suite: Suite) -> Self {
        let bytes: [u8; 32] = rand::random();
        Self { suite, bytes: Zeroizing::new(bytes[..suite.length()].to_vec()) }
    }

    /// The key of these bytes; none where no suite has keys of so many.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        Some(Self { suite: Suite::of_length(bytes.len())?, bytes: Zeroizing::new(bytes.to_vec()) })
    }

    /// A key of AES from these bytes.
    pub fn aes(bytes: &[u8; 32]) -> Self {
        Self { suite: Suite::Aes, bytes: Zeroizing::new(bytes.to_vec()) }
    }

    /// The key in hex digits.
    pub fn parse(text: &str) -> Option<Self> {
        Self::of(&Zeroizing::new(hex::decode(text).ok()?))
    }

    /// Itself in hex digits.
    pub fn told(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(&*self.bytes))
    }

    /// What it seals with.
    pub fn suite(&self) -> Suite {
        self.suite
    }

    /// A name of the key that tells nothing of it.
    pub fn id(&self) -> String {
        let code = self.suite.code(&self.bytes, &[b"baodao vault: name of the key"]);
        URL_SAFE_NO_PAD.encode(code.get(..12).unwrap_or_default())
    }

    /// Wraps the key of a subject.
    pub fn wrap(&self, key: &Self, subject: &str) -> Result<String, NotOpened> {
        self.close(&key.bytes, subject)
    }

    /// Opens the wrapped key of a subject.
    pub fn unwrap_key(&self, wrapped: &str, subject: &str) -> Result<Self, NotOpened> {
        Self::of(&Zeroizing::new(self.open(wrapped, subject)?)).ok_or(NotOpened)
    }

    /// Seals a text for a place: digest, subject, field.
    pub fn close(&self, plain: &[u8], place: &str) -> Result<String, NotOpened> {
        let nonce: [u8; NONCE_LEN] = rand::random();
        let mut bytes = plain.to_vec();
        self.suite.seal(&self.bytes, nonce, place, &mut bytes)?;
        Ok(STANDARD.encode([nonce.as_slice(), &bytes].concat()))
    }

    /// Opens what was sealed for this place.
    pub fn open(&self, sealed: &str, place: &str) -> Result<Vec<u8>, NotOpened> {
        let bytes = STANDARD.decode(sealed).map_err(|_| NotOpened)?;
        let (nonce, content) = bytes.split_first_chunk().ok_or(NotOpened)?;
        let mut content = content.to_vec();
        self.suite.open(&self.bytes, *nonce, place, &mut content)?;
        Ok(content)
    }

    /// The salt of a field of a command: the same each time, and nobody's guess without the key.
    fn salt(&self, command_id: Uuid, row: u32, field: &str) -> String {
        let code = self.suite.code(
            &self.bytes,
            &[b"baodao vault: salt", command_id.as_bytes(), &row.to_be_bytes(), field.as_bytes()],
        );
        URL_SAFE_NO_PAD.encode(code.get(..SALT).unwrap_or_default())
    }

    /// The disclosure of a field of a command: Base 64 of `[salt, name, value]`.
    pub fn disclosure(&self, command_id: Uuid, row: u32, field: &str, value: &str) -> Zeroizing<String> {
        let salt = self.salt(command_id, row, field);
        let array = Zeroizing::new(serde_json::json!([salt, field, value]).to_string());
        Zeroizing::new(URL_SAFE_NO_PAD.encode(array.as_bytes()))
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

    /// Issue 4 C: what is sealed opens with its key at its place, and nowhere else, whatever the suite.
    #[test]
    fn what_is_sealed_opens_with_its_key_at_its_place() {
        for suite in [Suite::Aes, Suite::Sm] {
            let (key, other) = (Key::new(suite), Key::new(suite));
            let sealed = key.close("张三".as_bytes(), "a").unwrap();
            assert_eq!(key.open(&sealed, "a").unwrap(), "张三".as_bytes());
            assert!(key.open(&sealed, "b").is_err() && other.open(&sealed, "a").is_err());
            assert!(key.open("", "a").is_err() && key.open("AAAA", "a").is_err());
            for inner in [Key::new(Suite::Aes), Key::new(Suite::Sm)] {
                let wrapped = key.wrap(&inner, "member:m-1").unwrap();
                let opened = key.unwrap_key(&wrapped, "member:m-1").unwrap();
                assert_eq!((opened.told(), opened.suite()), (inner.told(), inner.suite()));
                assert!(key.unwrap_key(&wrapped, "member:m-2").is_err());
            }
            let again = Key::parse(&key.told()).unwrap();
            assert_eq!((again.id(), again.suite()), (key.id(), suite));
        }
        for text in ["", "ab", "abc", &"x".repeat(64), &"é".repeat(16)] {
            assert!(Key::parse(text).is_none(), "{text}");
        }
    }

    /// Issue 4 C: a digest is that of RFC 9901 over the disclosure, the same for the same field of the same command and key, and another
    /// for another command, so that nobody finds a text by trying.
    #[test]
    fn digests_are_those_of_disclosures_and_cannot_be_guessed() {
        // The example of RFC 9901, section 4.2.3.
        let example = "WyI2cU1RdlJMNWhhaiIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0";
        assert_eq!(digest_of(example).as_str(), "uutlBuYeMDyjLLTpf6Jxi7yNkEF35jdyWMn9U7b_RYY");
        let (key, command) = (Key::new(Suite::Aes), Uuid::from_u128(7));
        let told = key.disclosure(command, 0, "phone", "13800001111");
        assert_eq!(told, key.disclosure(command, 0, "phone", "13800001111"));
        let (name, value) = read(&told).unwrap();
        assert_eq!((name.as_str(), value.as_str()), ("phone", "13800001111"));
        for other in [
            key.disclosure(Uuid::from_u128(8), 0, "phone", "13800001111"),
            key.disclosure(command, 1, "phone", "13800001111"),
            Key::new(Suite::Aes).disclosure(command, 0, "phone", "13800001111"),
        ] {
            assert_ne!(digest_of(&told), digest_of(&other));
        }
    }
}
