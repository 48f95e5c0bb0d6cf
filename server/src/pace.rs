//! How often each of many may do something: so many at once, then one in a while.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// What is kept of past ones is tidied up above so many.
const KEPT: usize = 10_000;

/// A pace of each.
pub(crate) struct Pace<K: Hash + Eq + Clone>(DefaultKeyedRateLimiter<K>);

impl<K: Hash + Eq + Clone> Pace<K> {
    /// So many at once, then one in each period.
    pub(crate) fn new(at_once: NonZeroU32, period: Duration) -> Self {
        let quota = Quota::with_period(period).unwrap_or(Quota::per_minute(at_once)).allow_burst(at_once);
        Self(RateLimiter::keyed(quota))
    }

    /// Counts one; how long to wait when it is one too many.
    pub(crate) fn count(&self, key: &K) -> Result<(), Duration> {
        if self.0.len() > KEPT {
            self.0.retain_recent();
        }
        let counted = self.0.check_key(key);
        counted.map_err(|not_until| not_until.wait_time_from(DefaultClock::default().now()))
    }
}

/// Addresses that one caller has at will count as one: of IPv6 the network, which is what a line is given.
pub(crate) fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => Ipv6Addr::from_bits(six.to_bits() & !u128::from(u64::MAX)).into(),
        four @ IpAddr::V4(_) => four,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Issue 4 D: whoever has many addresses is not many callers.
    #[test]
    fn a_network_of_ipv6_is_one_caller() {
        let near = |text: &str| neighbourhood(text.parse().unwrap()).to_string();
        assert_eq!(near("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(near("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(near("192.0.2.7"), "192.0.2.7");
    }
}
