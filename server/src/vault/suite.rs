//! What the vault seals with: AES-256-GCM and HMAC-SHA-256, or, where it is asked for, SM4-GCM and HMAC-SM3 (GB/T 32907, GB/T 32905). No claim of
//! certification: these are programs, not approved modules.

use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{AesGcm, Nonce as SmNonce};
use hmac::{Hmac, Mac};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac as ring_hmac;
use sm3::Sm3;
use sm4::Sm4;

use super::cipher::NotOpened;

/// Which algorithms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Suite {
    /// AES-256-GCM, HMAC-SHA-256.
    #[default]
    Aes,
    /// SM4-GCM, HMAC-SM3 国密.
    Sm,
}

impl Suite {
    /// Bytes of a key.
    pub fn length(self) -> usize {
        match self {
            Self::Aes => 32,
            Self::Sm => 16,
        }
    }

    /// The suite whose keys have so many bytes.
    pub fn of_length(bytes: usize) -> Option<Self> {
        [Self::Aes, Self::Sm].into_iter().find(|suite| suite.length() == bytes)
    }

    /// The code of a message under a key.
    pub fn code(self, key: &[u8], message: &[&[u8]]) -> Vec<u8> {
        match self {
            Self::Aes => {
                let mut code =
                    ring_hmac::Context::with_key(&ring_hmac::Key::new(ring_hmac::HMAC_SHA256, key));
                for part in message {
                    code.update(part);
                }
                code.sign().as_ref().to_vec()
            }
            Self::Sm => {
                // A key of any length will do.
                let Ok(mut code) = <Hmac<Sm3> as KeyInit>::new_from_slice(key) else { return vec![] };
                for part in message {
                    code.update(part);
                }
                code.finalize().into_bytes().to_vec()
            }
        }
    }

    /// Seals the bytes in place, for a place, and appends the tag.
    pub fn seal(
        self,
        key: &[u8],
        nonce: [u8; NONCE_LEN],
        place: &str,
        bytes: &mut Vec<u8>,
    ) -> Result<(), NotOpened> {
        let place = place.as_bytes();
        match self {
            Self::Aes => aes(key)?
                .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place), bytes)
                .map_err(|_| NotOpened),
            Self::Sm => sm(key)?.encrypt_in_place(&SmNonce::from(nonce), place, bytes).map_err(|_| NotOpened),
        }
    }

    /// Opens the bytes in place, and takes the tag away.
    pub fn open(
        self,
        key: &[u8],
        nonce: [u8; NONCE_LEN],
        place: &str,
        bytes: &mut Vec<u8>,
    ) -> Result<(), NotOpened> {
        let place = place.as_bytes();
        match self {
            Self::Aes => {
                let nonce = Nonce::assume_unique_for_key(nonce);
                let plain =
                    aes(key)?.open_in_place(nonce, Aad::from(place), bytes).map_err(|_| NotOpened)?.len();
                bytes.truncate(plain);
                Ok(())
            }
            Self::Sm => sm(key)?.decrypt_in_place(&SmNonce::from(nonce), place, bytes).map_err(|_| NotOpened),
        }
    }
}

fn aes(key: &[u8]) -> Result<LessSafeKey, NotOpened> {
    UnboundKey::new(&AES_256_GCM, key).map(LessSafeKey::new).map_err(|_| NotOpened)
}

fn sm(key: &[u8]) -> Result<AesGcm<Sm4, U12>, NotOpened> {
    AesGcm::new_from_slice(key).map_err(|_| NotOpened)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        text.as_bytes()
            .chunks(2)
            .map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap())
            .collect()
    }

    /// Issue 4 A: SM4-GCM as RFC 8998 has it, appendix A.1.
    #[test]
    fn sm4_in_counter_mode_is_that_of_the_standard() {
        let key = hex("0123456789abcdeffedcba9876543210");
        let nonce: [u8; 12] = hex("00001234567800000000abcd").try_into().unwrap();
        let aad = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
        let plain = hex(
            "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa",
        );
        let sealed = hex(
            "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d83de3541e4c2b58177e065a9bf7b62ec",
        );
        let mut bytes = plain.clone();
        let cipher = sm(&key).unwrap();
        cipher.encrypt_in_place(&SmNonce::from(nonce), &aad, &mut bytes).unwrap();
        assert_eq!(bytes, sealed);
        cipher.decrypt_in_place(&SmNonce::from(nonce), &aad, &mut bytes).unwrap();
        assert_eq!(bytes, plain);
    }

    /// Issue 4 A: HMAC-SM3 is what OpenSSL says of the same key and message (`openssl dgst -sm3 -mac HMAC`).
    #[test]
    fn codes_differ_by_suite_key_and_message() {
        let code = |suite: Suite, key: &[u8], text: &[u8]| suite.code(key, &[text]);
        let key: Vec<u8> = (0..16).collect();
        let told = hex("4707793c7887cfd3013a1e4f30b0b5ac008a336cce5bc50f2a2257ad9cca90f3");
        assert_eq!(code(Suite::Sm, &key, b"baodao"), told);
        let all = [
            code(Suite::Sm, &[1; 16], b"a"),
            code(Suite::Sm, &[2; 16], b"a"),
            code(Suite::Sm, &[1; 16], b"b"),
            code(Suite::Aes, &[1; 16], b"a"),
        ];
        assert!(all.iter().enumerate().all(|(n, one)| all.iter().skip(n + 1).all(|other| one != other)));
        assert!(all.iter().all(|code| code.len() == 32));
        assert_eq!(Suite::Sm.code(&[1; 16], &[b"a", b"b"]), code(Suite::Sm, &[1; 16], b"ab"));
    }
}
