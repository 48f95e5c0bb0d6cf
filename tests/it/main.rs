//! Black-box tests. One binary: linking is what costs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

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

mod journal;
mod shelf;
