//! Opening a batch, taking its reports, reconciling it (A6).

use std::collections::BTreeSet;

use super::state::Announced;
use super::{Arrival, Batch, BatchEvent, refusal};
use crate::Refusal;
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::{BatchId, CommunityCode, MemberId, UnitId};

/// Members that may be expected in one batch: what one command can check in one step. The greatest reported is 416.
pub const EXPECTED_MAX: usize = 1_000;
/// Rows that may be handed in at a time.
pub const ROWS_MAX: usize = 500;

impl Batch {
    /// Announces a batch to a community (A6).
    pub fn open(
        &self,
        batch: &BatchId,
        community: &CommunityCode,
        unit: Option<&UnitId>,
        expected: &[MemberId],
        at: &Circumstance,
    ) -> Decision<Self> {
        if !(1..=EXPECTED_MAX).contains(&expected.len()) {
            return Err(refusal::size(EXPECTED_MAX));
        }
        if let Some((row, member)) = repeated(expected) {
            return Err(refusal::twice(member).at(format!("expected[{row}]")));
        }
        let wanted = Announced {
            community: community.clone(),
            unit: unit.cloned(),
            expected: expected.iter().cloned().collect(),
        };
        match &self.announced {
            Some(known) if *known == wanted => Ok(vec![]),
            Some(_) => Err(refusal::opened_otherwise(batch)),
            None => Ok(vec![BatchEvent::BatchOpened {
                batch: batch.clone(),
                community: wanted.community,
                unit: wanted.unit,
                expected: wanted.expected.into_iter().collect(),
                on: at.date(),
            }]),
        }
    }

    /// Takes reports of members, who need not be expected. Whether each may report is the member's own rule; that each
    /// belongs to the batch's unit is told by `must_take`.
    pub fn receive(&self, batch: &BatchId, reports: &[Arrival], at: &Circumstance) -> Decision<Self> {
        self.must_be_open(batch)?;
        if !(1..=ROWS_MAX).contains(&reports.len()) {
            return Err(refusal::rows(ROWS_MAX));
        }
        if let Some((row, arrival)) = repeated(reports) {
            return Err(refusal::twice(&arrival.member).at(format!("reports[{row}].member")));
        }
        let fresh: Vec<Arrival> =
            reports.iter().filter(|report| !self.arrived.contains(report)).cloned().collect();
        if fresh.is_empty() {
            return Ok(vec![]);
        }
        Ok(vec![BatchEvent::BatchReportsReceived { reports: fresh, on: at.date() }])
    }

    /// Closes the batch with its reconciliation: expected against arrived. `not_due` are those expected who are
    /// excluded or retired by now (A5).
    pub fn close(&self, batch: &BatchId, not_due: &BTreeSet<MemberId>, at: &Circumstance) -> Decision<Self> {
        let announced = self.particulars(batch)?;
        if self.closed {
            return Ok(vec![]);
        }
        let arrived: BTreeSet<&MemberId> = self.arrived.iter().map(|arrival| &arrival.member).collect();
        let (here, absent): (Vec<&MemberId>, Vec<&MemberId>) =
            announced.expected.iter().partition(|member| arrived.contains(member));
        let (excused, missing): (Vec<&MemberId>, Vec<&MemberId>) =
            absent.into_iter().partition(|member| not_due.contains(*member));
        let unexpected = arrived.into_iter().filter(|member| !announced.expected.contains(*member));
        Ok(vec![BatchEvent::BatchClosed {
            received: u32::try_from(here.len()).unwrap_or(u32::MAX),
            missing: missing.into_iter().cloned().collect(),
            not_due: excused.into_iter().cloned().collect(),
            unexpected: unexpected.cloned().collect(),
            on: at.date(),
        }])
    }

    /// Refuses a batch that is unknown or closed; tells where it reports otherwise.
    pub fn must_be_open(&self, batch: &BatchId) -> Result<&CommunityCode, Refusal> {
        let announced = self.particulars(batch)?;
        if self.closed { Err(refusal::closed(batch)) } else { Ok(&announced.community) }
    }

    /// Refuses a member of another unit than the one that sends the batch.
    pub fn must_take(&self, member: &MemberId, unit: Option<&UnitId>) -> Result<(), Refusal> {
        match self.announced.as_ref().and_then(|announced| announced.unit.as_ref()) {
            Some(sender) if unit != Some(sender) => Err(refusal::other_unit(member)),
            _ => Ok(()),
        }
    }

    /// Those expected who have not arrived.
    pub fn absent(&self) -> impl Iterator<Item = &MemberId> {
        let expected = self.announced.iter().flat_map(|announced| &announced.expected);
        let arrived: BTreeSet<&MemberId> = self.arrived.iter().map(|arrival| &arrival.member).collect();
        expected.filter(move |member| !arrived.contains(member))
    }

    fn particulars(&self, batch: &BatchId) -> Result<&Announced, Refusal> {
        self.announced.as_ref().ok_or_else(|| refusal::unknown(batch))
    }
}

/// The first row that says what an earlier one said.
fn repeated<T: Ord>(rows: &[T]) -> Option<(usize, &T)> {
    let mut seen = BTreeSet::new();
    rows.iter().enumerate().find(|(_, row)| !seen.insert(*row))
}

#[cfg(test)]
mod tests;
