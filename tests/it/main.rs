//! Black-box tests, in one binary so that they link once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects by failing; the helpers around tests are test code too"
)]

/// Runs each test on both databases: `on_both!(name)` beside `async fn name(place: Place)`.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => { $(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn on_sqlite() {
                super::$name(tests::place::Place::sqlite()).await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn on_postgres() {
                super::$name(tests::place::Place::postgres()).await;
            }
        }
    )+ };
}

mod api_fuzz;
mod api_truth;
mod architecture;
mod authority;
mod cli;
mod console;
mod faults;
mod figures;
mod fuzz;
mod golden;
mod journal;
mod ledgers;
mod poison;
mod pressure;
mod rebuilding;
mod shelf;
mod sight;
mod signin;
mod simulation;
mod stories;
mod switching;
mod tlog;
mod traces;
mod vault;
mod warm;
