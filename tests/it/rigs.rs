//! The rigs that need neither root nor minutes, one round each; the others are for `cargo run -p tests --bin soak`.

use tests::rigs;

async fn holds(rig: &str) {
    let report = rigs::run(rig).await.unwrap();
    assert!(report.is_sound() && report.acknowledged > 0, "{rig}: {report}");
}

/// Design §3: a commit whose wait for a standby was cancelled is never told as stored, not even when it is asked for again.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_cancelled_commit_is_never_a_receipt() {
    holds("cancelled-commit").await;
}
