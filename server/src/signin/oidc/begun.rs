//! Sign-ins under way at an identity provider: sealed into what the browser holds, so that any process of the house takes it back. Short,
//! each finished once, and by the browser that began it.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use argon2::Argon2;
use chrono::{DateTime, TimeDelta, Utc};
use lru::LruCache;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::signin::secret;
use crate::vault::cipher::Key;

/// Whoever takes longer begins again.
pub const UNDER_WAY: TimeDelta = TimeDelta::minutes(10);
/// Finished ones that are remembered: more than begin in that time as a rule. Beyond it the provider alone refuses a code that comes again.
const KEPT: usize = 10_000;
/// Bytes of the key.
const KEY: usize = 32;

/// One of them.
#[derive(Serialize, Deserialize)]
pub(super) struct Begun {
    /// Where one wanted to go.
    pub(super) next: String,
    /// What the ID token must name.
    pub(super) nonce: String,
    /// What proves to the provider that it is us who began.
    pub(super) verifier: String,
    /// When it began.
    pub(super) at: DateTime<Utc>,
}

/// Seals and opens them. All processes that have the same secret of the provider are one house.
pub(super) struct UnderWay {
    key: Key,
    finished: Mutex<LruCache<String, ()>>,
}

impl UnderWay {
    /// Sealed by what the provider gave us. Made slow, so that nobody finds that by trying keys at what his browser holds.
    pub(super) fn of(given: &str, issuer: &str, client: &str) -> Result<Self, argon2::Error> {
        let mut key = Zeroizing::new([0; KEY]);
        let salt = secret::hash(&format!("baodao sign-in under way\n{issuer}\n{client}"));
        Argon2::default().hash_password_into(given.as_bytes(), salt.as_bytes(), key.as_mut_slice())?;
        let kept = NonZeroUsize::new(KEPT).unwrap_or(NonZeroUsize::MIN);
        Ok(Self { key: Key::aes(&key), finished: Mutex::new(LruCache::new(kept)) })
    }

    /// What the browser holds of one; nobody reads it or alters it there.
    pub(super) fn seal(&self, state: &str, prefix: &str, begun: &Begun) -> Option<String> {
        let text = Zeroizing::new(serde_json::to_vec(begun).ok()?);
        self.key.close(&text, &place(state, prefix)).ok()
    }

    /// The one that this browser began with this state, in the ledger whose addresses begin so. It is finished then, whatever becomes of it.
    pub(super) fn take(&self, state: &str, held: &str, prefix: &str, now: DateTime<Utc>) -> Option<Begun> {
        let text = Zeroizing::new(self.key.open(held, &place(state, prefix)).ok()?);
        let begun: Begun = serde_json::from_slice(&text).ok()?;
        let mut finished = self.finished.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = finished.put(secret::hash(state), ()).is_none();
        (is_first && (now - begun.at).abs() < UNDER_WAY).then_some(begun)
    }
}

fn place(state: &str, prefix: &str) -> String {
    format!("sign-in under way\n{prefix}\n{state}")
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn under_way(given: &str) -> UnderWay {
        UnderWay::of(given, "https://id.example", "baodao").unwrap()
    }

    /// Issue 4 D: once, in time, by whoever began it, and in the ledger where it was begun.
    #[test]
    fn a_sign_in_is_finished_once_by_whoever_began_it() {
        let now = DateTime::UNIX_EPOCH;
        let here = under_way("given");
        let begun = || Begun {
            next: "/board/wanted".to_owned(),
            nonce: "n".to_owned(),
            verifier: "v".to_owned(),
            at: now,
        };
        let held = |state: &str| here.seal(state, "/ledgers/a", &begun()).unwrap();
        let take = |state: &str, held: &str, prefix: &str, minutes: i64| {
            here.take(state, held, prefix, now + TimeDelta::minutes(minutes)).is_some()
        };
        let (one, other) = (held("s"), held("t"));
        let bytes = STANDARD.decode(&one).unwrap();
        assert!(
            !bytes.windows(b"wanted".len()).any(|told| told == b"wanted"),
            "the browser reads none of it"
        );
        for (state, held, prefix) in [
            ("s", other.as_str(), "/ledgers/a"),
            ("s", "", "/ledgers/a"),
            ("s", &one[..one.len() - 4], "/ledgers/a"),
            ("t", &one, "/ledgers/a"),
            ("s", &one, ""),
            ("s", &one, "/ledgers/b"),
        ] {
            assert!(!take(state, held, prefix, 1), "{state} {prefix}");
        }
        assert!(take("s", &one, "/ledgers/a", 9), "what was not his finished nothing");
        assert!(!take("s", &one, "/ledgers/a", 9));
        assert!(!take("t", &other, "/ledgers/a", 10));
    }

    /// Another process of the house takes it back, and nobody who has another secret.
    #[test]
    fn any_process_of_the_house_takes_it_back() {
        let now = DateTime::UNIX_EPOCH;
        let begun = Begun { next: String::new(), nonce: "n".to_owned(), verifier: "v".to_owned(), at: now };
        let held = under_way("given").seal("s", "", &begun).unwrap();
        assert!(under_way("another").take("s", &held, "", now).is_none());
        assert_eq!(under_way("given").take("s", &held, "", now).unwrap().verifier, "v");
    }
}
