//! Keys that somebody before a provider signs with in its place: what such a provider tells of its keys, and tokens signed anew.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

/// One of them.
pub(super) struct SigningKey {
    name: String,
    pair: Ed25519KeyPair,
}

impl SigningKey {
    /// A new key of this name.
    pub(super) fn new(name: &str) -> Self {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self { name: name.to_owned(), pair: Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap() }
    }

    /// All keys of a provider that has this one alone (RFC 8037).
    pub(super) fn told(&self) -> Value {
        let point = BASE64_URL_SAFE_NO_PAD.encode(self.pair.public_key());
        json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.name, "x": point}]})
    }

    /// The ID token among others, with the same content, signed by this key.
    pub(super) fn sign(&self, tokens: &mut Value) {
        let Some(content) = tokens["id_token"].as_str().and_then(|token| token.split('.').nth(1)) else {
            return;
        };
        let head = json!({"alg": "EdDSA", "typ": "JWT", "kid": self.name}).to_string();
        let signed = format!("{}.{content}", BASE64_URL_SAFE_NO_PAD.encode(head));
        let signature = BASE64_URL_SAFE_NO_PAD.encode(self.pair.sign(signed.as_bytes()));
        tokens["id_token"] = format!("{signed}.{signature}").into();
    }
}
