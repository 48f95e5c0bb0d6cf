//! How often somebody may try (ASVS 6.3.1): slow enough that no password is guessed, and nobody locks out another for long.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Attempts at a login from one address: so many at once, then one in [`LOGIN_PERIOD`].
const AT_A_LOGIN: NonZeroU32 = NonZeroU32::new(10).unwrap();
const LOGIN_PERIOD: Duration = Duration::from_secs(30);
/// Attempts from an address, whatever the login.
const FROM_AN_ADDRESS: NonZeroU32 = NonZeroU32::new(60).unwrap();
const ADDRESS_PERIOD: Duration = Duration::from_secs(2);
/// Demands placed without an account from an address, which a whole building may share: so many at once, then one in [`ASKING_PERIOD`].
const ASKING: NonZeroU32 = NonZeroU32::new(30).unwrap();
const ASKING_PERIOD: Duration = Duration::from_secs(30);
/// What is kept of past ones is tidied up above so many.
const KEPT: usize = 10_000;

/// Who tried how often.
pub(super) struct Attempts {
    logins: DefaultKeyedRateLimiter<(String, IpAddr)>,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    asking: DefaultKeyedRateLimiter<IpAddr>,
}

impl Default for Attempts {
    fn default() -> Self {
        let quota = |burst, period: Duration| {
            Quota::with_period(period).unwrap_or(Quota::per_minute(burst)).allow_burst(burst)
        };
        Self {
            logins: RateLimiter::keyed(quota(AT_A_LOGIN, LOGIN_PERIOD)),
            addresses: RateLimiter::keyed(quota(FROM_AN_ADDRESS, ADDRESS_PERIOD)),
            asking: RateLimiter::keyed(quota(ASKING, ASKING_PERIOD)),
        }
    }
}

impl Attempts {
    /// Counts one; how long to wait when it is one too many.
    pub(super) fn count(&self, login: &str, from: IpAddr) -> Result<(), Duration> {
        if self.logins.len() > KEPT {
            self.logins.retain_recent();
            self.addresses.retain_recent();
        }
        let now = DefaultClock::default().now();
        self.addresses.check_key(&from).map_err(|not_until| not_until.wait_time_from(now))?;
        let login: String = login.chars().take(64).collect();
        self.logins.check_key(&(login, from)).map_err(|not_until| not_until.wait_time_from(now))
    }

    /// Counts a demand that somebody places without an account.
    pub(super) fn count_asking(&self, from: IpAddr) -> Result<(), Duration> {
        if self.asking.len() > KEPT {
            self.asking.retain_recent();
        }
        let now = DefaultClock::default().now();
        self.asking.check_key(&from).map_err(|not_until| not_until.wait_time_from(now))
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
