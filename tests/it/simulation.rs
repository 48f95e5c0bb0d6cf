//! Seeded lives of the whole inside (see `tests::simulation`). A seed that fails is named, and is the
//! same life whenever it is lived; `soak` lives thousands.

use tests::simulation::live;

/// Seeds lived in this test.
const SEEDS: u64 = 40;

/// Test catalogue 2, 10, 12, 13, 14, 22: whatever fails in whatever order, nothing is lost, repeated or told wrongly.
#[test]
fn no_seed_loses_repeats_or_lies() {
    let (mut crashes, mut stored) = (0, 0);
    for seed in 0..SEEDS {
        let life = std::panic::catch_unwind(|| live(seed)).unwrap_or_else(|_| panic!("seed {seed} failed"));
        crashes += life.crashes;
        stored += life.checked.acknowledged;
    }
    assert!(crashes > 80 && stored > 1500, "{crashes} crashes, {stored} commands: the seeds show little");
}

/// A seed is the same life each time, to the byte.
#[test]
fn a_seed_replays_exactly() {
    for seed in [3, 1415] {
        assert_eq!(live(seed), live(seed), "seed {seed}");
    }
}
