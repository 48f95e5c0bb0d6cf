//! How much somebody may bring who has not signed in: a resident places an order without an account, and a machine must not place thousands.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use axum::http::StatusCode;

use super::problem::Problem;
use crate::pace::{Pace, neighbourhood};

/// Commands from one address at once, then one in [`PERIOD`].
const AT_ONCE: NonZeroU32 = NonZeroU32::new(60).unwrap();
const PERIOD: Duration = Duration::from_secs(10);

/// Who brought how much.
pub(crate) struct Strangers(Pace<IpAddr>);

impl Default for Strangers {
    fn default() -> Self {
        Self(Pace::new(AT_ONCE, PERIOD))
    }
}

impl Strangers {
    /// Counts a command from there.
    pub(super) fn count(&self, from: IpAddr) -> Result<(), Problem> {
        self.0.count(&neighbourhood(from)).map_err(|wait| {
            Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "request.too_many_unsigned",
                "未登录的提交过于频繁，请稍后再试，或登录后提交",
                "too many commands without signing in; try again later, or sign in",
            )
            .retry(u16::try_from(wait.as_secs() + 1).unwrap_or(u16::MAX))
        })
    }
}
