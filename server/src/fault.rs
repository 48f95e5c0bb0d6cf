//! Places where a test may end this process as `kill -9` would: no destructor, no flush, no goodbye.
//!
//! Nothing of it is compiled unless the feature `fault-points` is on, which only the package `tests` asks for, and never in a
//! release build: there a build of the whole workspace turns the feature on for everybody.

/// Ends the process when `BAODAO_FAULT=NAME@N` names this place and it is passed for the N-th time. With `NAME~MS` it waits here so many
/// milliseconds each time: a projector that lags shows every test that asks for what is not there yet.
#[cfg(all(feature = "fault-points", debug_assertions))]
pub(crate) fn point(name: &str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    enum Fault {
        End(AtomicU64),
        Wait(Duration),
    }

    static ASKED: OnceLock<Option<(String, Fault)>> = OnceLock::new();
    let asked = ASKED.get_or_init(|| {
        let asked = std::env::var("BAODAO_FAULT").ok()?;
        let number = |text: &str| text.parse::<u64>().ok();
        if let Some((name, wait)) = asked.split_once('~') {
            return Some((name.to_owned(), Fault::Wait(Duration::from_millis(number(wait)?))));
        }
        let (name, passes) = asked.split_once('@')?;
        Some((name.to_owned(), Fault::End(AtomicU64::new(number(passes)?))))
    });
    match asked.as_ref().filter(|(wanted, _)| wanted == name) {
        Some((_, Fault::End(left))) if left.fetch_sub(1, Ordering::SeqCst) == 1 => std::process::abort(),
        Some((_, Fault::Wait(wait))) => std::thread::sleep(*wait),
        _ => {}
    }
}

/// Nothing.
#[cfg(not(all(feature = "fault-points", debug_assertions)))]
#[inline]
pub(crate) const fn point(_name: &str) {}
