//! Sign-ins under way at an identity provider: few, short, each finished once, and by the browser that began it.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use lru::LruCache;
use openidconnect::{Nonce, PkceCodeVerifier};

use crate::signin::secret;

/// Whoever takes longer begins again.
pub const UNDER_WAY: TimeDelta = TimeDelta::minutes(10);
/// Under way at the same time; above it the oldest is forgotten.
const KEPT: usize = 10_000;

/// One of them.
pub(super) struct Begun {
    /// Where the addresses of its ledger begin.
    pub(super) prefix: String,
    /// Where one wanted to go.
    pub(super) next: String,
    /// What the ID token must name.
    pub(super) nonce: Nonce,
    /// What proves to the provider that it is us who began.
    pub(super) verifier: PkceCodeVerifier,
    /// Hash of what the browser holds.
    pub(super) browser: String,
    /// When it began.
    pub(super) at: DateTime<Utc>,
}

/// All of them, by hash of their state.
pub(super) struct UnderWay(Mutex<LruCache<String, Begun>>);

impl Default for UnderWay {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(NonZeroUsize::new(KEPT).unwrap_or(NonZeroUsize::MIN))))
    }
}

impl UnderWay {
    /// Notes one.
    pub(super) fn note(&self, state: &str, begun: Begun) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).put(secret::hash(state), begun);
    }

    /// Takes the one that this browser began here with this state. It is gone then, whatever becomes of it.
    pub(super) fn take(&self, state: &str, browser: &str, prefix: &str, now: DateTime<Utc>) -> Option<Begun> {
        let begun = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop(&secret::hash(state))?;
        let is_ours = begun.prefix == prefix
            && secret::same(&begun.browser, &secret::hash(browser))
            && (now - begun.at).abs() < UNDER_WAY;
        is_ours.then_some(begun)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Issue 4 D: once, in time, by whoever began it, and in the ledger where it was begun.
    #[test]
    fn a_sign_in_is_finished_once_by_whoever_began_it() {
        let now = DateTime::UNIX_EPOCH;
        let under_way = UnderWay::default();
        let begin = |state: &str| {
            let begun = Begun {
                prefix: "/ledgers/a".to_owned(),
                next: String::new(),
                nonce: Nonce::new("n".to_owned()),
                verifier: PkceCodeVerifier::new("v".to_owned()),
                browser: secret::hash("browser"),
                at: now,
            };
            under_way.note(state, begun);
        };
        let take = |state: &str, browser: &str, prefix: &str, later: TimeDelta| {
            under_way.take(state, browser, prefix, now + later).is_some()
        };
        begin("s");
        assert!(take("s", "browser", "/ledgers/a", TimeDelta::minutes(9)));
        assert!(!take("s", "browser", "/ledgers/a", TimeDelta::minutes(9)));
        for (browser, prefix, minutes) in [
            ("other", "/ledgers/a", 1),
            ("browser", "", 1),
            ("browser", "/ledgers/b", 1),
            ("browser", "/ledgers/a", 10),
        ] {
            begin("s");
            assert!(!take("s", browser, prefix, TimeDelta::minutes(minutes)), "{browser} {prefix} {minutes}");
            assert!(!take("s", "browser", "/ledgers/a", TimeDelta::minutes(1)), "a wrong try ends it");
        }
        for number in 0..=KEPT {
            begin(&number.to_string());
        }
        assert!(!take("0", "browser", "/ledgers/a", TimeDelta::zero()));
        assert!(take("1", "browser", "/ledgers/a", TimeDelta::zero()));
    }
}
