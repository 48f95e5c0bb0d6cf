//! How often somebody may try (ASVS 6.3.1): slow enough that no password is guessed, and nobody locks out another for long.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use crate::pace::{Pace, neighbourhood};

/// Attempts at a login from one address: so many at once, then one in [`LOGIN_PERIOD`].
const AT_A_LOGIN: NonZeroU32 = NonZeroU32::new(10).unwrap();
const LOGIN_PERIOD: Duration = Duration::from_secs(30);
/// Attempts from an address, whatever the login.
const FROM_AN_ADDRESS: NonZeroU32 = NonZeroU32::new(60).unwrap();
const ADDRESS_PERIOD: Duration = Duration::from_secs(2);
/// Demands placed without an account from an address, which a whole building may share: so many at once, then one in [`ASKING_PERIOD`].
const ASKING: NonZeroU32 = NonZeroU32::new(30).unwrap();
const ASKING_PERIOD: Duration = Duration::from_secs(30);

/// Who tried how often.
pub(super) struct Attempts {
    logins: Pace<(String, IpAddr)>,
    addresses: Pace<IpAddr>,
    asking: Pace<IpAddr>,
}

impl Default for Attempts {
    fn default() -> Self {
        Self {
            logins: Pace::new(AT_A_LOGIN, LOGIN_PERIOD),
            addresses: Pace::new(FROM_AN_ADDRESS, ADDRESS_PERIOD),
            asking: Pace::new(ASKING, ASKING_PERIOD),
        }
    }
}

impl Attempts {
    /// Counts one; how long to wait when it is one too many.
    pub(super) fn count(&self, login: &str, from: IpAddr) -> Result<(), Duration> {
        let from = neighbourhood(from);
        self.addresses.count(&from)?;
        self.logins.count(&(login.chars().take(64).collect(), from))
    }

    /// Counts a demand that somebody places without an account.
    pub(super) fn count_asking(&self, from: IpAddr) -> Result<(), Duration> {
        self.asking.count(&neighbourhood(from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Issue 4 D: rate limits on sign-in: by login and address, so that a stranger locks nobody out.
    #[test]
    fn attempts_at_a_login_are_counted_by_address() {
        let attempts = Attempts::default();
        let (here, there) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 0, 0, 2]));
        for _ in 0..10 {
            assert!(attempts.count("wang", here).is_ok());
        }
        let wait = attempts.count("wang", here).unwrap_err();
        assert!(wait <= LOGIN_PERIOD && wait > Duration::ZERO, "{wait:?}");
        assert!(attempts.count("wang", there).is_ok() && attempts.count("li", here).is_ok());
        let refused = (0..100).filter(|number| attempts.count(&format!("l-{number}"), here).is_err()).count();
        assert!(refused >= 50, "{refused} of 100 logins tried from one address were refused");
    }
}
