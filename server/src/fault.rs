//! Places where a test may end this process as `kill -9` would: no destructor, no flush, no goodbye.
//!
//! Nothing of it is compiled unless the feature `fault-points` is on, which only the package `tests` asks for, and never in a
//! release build: there a build of the whole workspace turns the feature on for everybody.

/// Ends the process when `BAODAO_FAULT=NAME@N` names this place and it is passed for the N-th time.
#[cfg(all(feature = "fault-points", debug_assertions))]
pub(crate) fn point(name: &str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static ASKED: OnceLock<Option<(String, AtomicU64)>> = OnceLock::new();
    let asked = ASKED.get_or_init(|| {
        let asked = std::env::var("BAODAO_FAULT").ok()?;
        let (name, passes) = asked.split_once('@')?;
        Some((name.to_owned(), AtomicU64::new(passes.parse().ok()?)))
    });
    if let Some((wanted, left)) = asked
        && wanted == name
        && left.fetch_sub(1, Ordering::SeqCst) == 1
    {
        std::process::abort();
    }
}

/// Nothing.
#[cfg(not(all(feature = "fault-points", debug_assertions)))]
#[inline]
pub(crate) const fn point(_name: &str) {}
