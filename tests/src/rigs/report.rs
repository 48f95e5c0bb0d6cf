//! What a round of a rig found.

use std::fmt;
use std::time::Duration;

use super::crowd::Settled;

/// The counts of one round, or of many together.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Rounds counted.
    pub rounds: u32,
    /// Commands that were answered as stored.
    pub acknowledged: u64,
    /// Of those, the ones that are not there afterwards, or not as answered.
    pub lost: u64,
    /// Commands that had their effect twice.
    pub doubled: u64,
    /// Commands that were never answered, and were settled afterwards under the same id.
    pub unknown: u64,
    /// The longest time without any acknowledgement.
    pub longest_gap: Duration,
    /// Acknowledged commands lost in rounds that must lose, since nothing was synced.
    pub lost_unsynced: u64,
    /// Rounds that must lose, and did not.
    pub harmless: u32,
    /// What else went wrong: answers without a type, rows that differ from a rebuild, positions with holes.
    pub faults: Vec<String>,
}

impl Report {
    pub(super) fn of(settled: Settled) -> Self {
        Self {
            rounds: 1,
            acknowledged: settled.acknowledged,
            lost: settled.lost,
            doubled: settled.doubled,
            unknown: settled.unknown,
            longest_gap: settled.longest_gap,
            faults: settled.faults,
            ..Self::default()
        }
    }

    /// The report of a rig that has to lose: without a loss it proves nothing about its twin.
    pub(super) fn must_lose(self) -> Self {
        Self {
            harmless: u32::from(self.lost == 0),
            lost_unsynced: self.lost,
            lost: 0,
            doubled: 0,
            faults: vec![],
            ..self
        }
    }

    /// Both together.
    pub fn and(mut self, other: Self) -> Self {
        self.rounds += other.rounds;
        self.acknowledged += other.acknowledged;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.unknown += other.unknown;
        self.longest_gap = self.longest_gap.max(other.longest_gap);
        self.lost_unsynced += other.lost_unsynced;
        self.harmless += other.harmless;
        self.faults.extend(other.faults);
        self
    }

    /// Whether all invariants held.
    pub fn is_sound(&self) -> bool {
        self.lost == 0 && self.doubled == 0 && self.harmless == 0 && self.faults.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} rounds, {} acknowledged, {} lost, {} doubled, {} unknown and settled, longest gap {:.1} s",
            self.rounds,
            self.acknowledged,
            self.lost,
            self.doubled,
            self.unknown,
            self.longest_gap.as_secs_f64()
        )?;
        if self.lost_unsynced > 0 {
            write!(f, "; {} lost without syncs, as must be", self.lost_unsynced)?;
        }
        if self.harmless > 0 {
            write!(f, "; {} rounds that had to lose lost nothing", self.harmless)?;
        }
        for fault in &self.faults {
            write!(f, "\n    {fault}")?;
        }
        Ok(())
    }
}
