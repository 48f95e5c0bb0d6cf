//! 三类不纳入 (A5): a closed list of reasons, dated.
//!
//! An exclusion leaves the member out from one event to another: `ExclusionBegan` on its first day, `MemberReinstated`
//! behind its last. Whoever decides goes by the dates; rows and figures go by these two events, which
//! [`Member::turn`] makes when a day has come.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{ExclusionReason, Member, MemberEvent, MemberStatus, refusal};
use crate::circumstance::Circumstance;
use crate::decider::{Decider, Decision};
use crate::ids::MemberId;

/// An exclusion as entered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Exclusion {
    pub(super) reason: ExclusionReason,
    pub(super) from: NaiveDate,
    pub(super) until: Option<NaiveDate>,
}

impl Exclusion {
    fn is_over(&self, date: NaiveDate) -> bool {
        self.until.is_some_and(|last| last < date)
    }

    fn covers(&self, date: NaiveDate) -> bool {
        self.from <= date && !self.is_over(date)
    }
}

impl Member {
    /// Leaves the member out for one of the reasons of the policy's closed list (A5). The same reason and first day
    /// with another last day corrects the last day.
    pub fn exclude(
        &self,
        member: &MemberId,
        reason: ExclusionReason,
        from: NaiveDate,
        until: Option<NaiveDate>,
        at: &Circumstance,
    ) -> Decision<Self> {
        self.must_be_in_service(member)?;
        if !at.policy.enrolment.exclusion_reasons.value.contains(&reason) {
            return Err(refusal::reason_not_listed());
        }
        if until.is_some_and(|until| until < from) {
            return Err(refusal::until_before_from());
        }
        let mut facts = self.turn(at)?;
        let mut then = self.following(&facts);
        let wanted = Exclusion { reason, from, until };
        match &then.exclusion {
            Some(known) if *known == wanted => return Ok(facts),
            Some(known) if known.reason == reason && known.from == from => {}
            Some(known) if !known.is_over(from) => return Err(refusal::excluded_otherwise()),
            _ => {}
        }
        let entered = MemberEvent::MemberExcluded { reason, from, until };
        then.evolve(&entered);
        facts.push(entered);
        facts.extend(then.turn(at)?);
        Ok(facts)
    }

    /// Ends the exclusion from a day on, today or earlier; one that has not begun is taken back (A5).
    pub fn reinstate(&self, member: &MemberId, from: NaiveDate, at: &Circumstance) -> Decision<Self> {
        self.must_be_in_service(member)?;
        if from > at.date() {
            return Err(refusal::day_ahead(from).at("from"));
        }
        let Some(exclusion) = &self.exclusion else {
            return if self.reinstated_from == Some(from) {
                Ok(vec![])
            } else {
                Err(refusal::not_excluded(member))
            };
        };
        if self.standing.status != MemberStatus::Excluded && exclusion.is_over(at.date()) {
            return Err(refusal::not_excluded(member));
        }
        if self.standing.status == MemberStatus::Excluded && from < exclusion.from {
            return Err(refusal::back_too_early(exclusion.from));
        }
        Ok(vec![self.back(exclusion.until.map_or(from, |last| from.min(next(last))), at)])
    }

    /// Lets the exclusion begin or end whose day has come; nothing to do on other days.
    pub fn turn(&self, at: &Circumstance) -> Decision<Self> {
        let today = at.date();
        Ok(match (&self.exclusion, self.standing.status) {
            (Some(exclusion), MemberStatus::Active) if exclusion.covers(today) => {
                vec![MemberEvent::ExclusionBegan {
                    on: exclusion.from,
                    before: Box::new(self.standing.clone()),
                }]
            }
            (Some(exclusion), MemberStatus::Excluded) if exclusion.is_over(today) => {
                vec![self.back(exclusion.until.map_or(today, next), at)]
            }
            _ => vec![],
        })
    }

    fn back(&self, from: NaiveDate, at: &Circumstance) -> MemberEvent {
        MemberEvent::MemberReinstated {
            from,
            due: at.policy.enrolment.due_after(at.date(), |kind| {
                self.standing.status == MemberStatus::Excluded && !self.standing.has_made(kind)
            }),
            before: Box::new(self.standing.clone()),
        }
    }

    /// The state behind facts that a decision has already made.
    pub(super) fn following(&self, facts: &[MemberEvent]) -> Self {
        let mut then = self.clone();
        for fact in facts {
            then.evolve(fact);
        }
        then
    }

    /// Whether an exclusion covers the date (A5).
    pub fn is_excluded_on(&self, date: NaiveDate) -> bool {
        self.exclusion.as_ref().is_some_and(|exclusion| exclusion.covers(date))
    }
}

fn next(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests;
