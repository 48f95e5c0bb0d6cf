//! The member's part in the demand loop (C1, C2, C5).

use chrono::NaiveDate;

use super::{Member, MemberEvent, refusal};
use crate::Refusal;
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::{CommunityCode, DemandId, MemberId, Term};
use crate::points::Work;

/// A service that a member rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The demand served.
    pub demand: DemandId,
    /// Its community.
    pub community: CommunityCode,
    /// Its category.
    pub category: Term,
    /// Minutes of service.
    pub minutes: u32,
    /// On which day.
    pub on: NaiveDate,
    /// Duty or voluntary service.
    pub work: Work,
}

impl Member {
    /// Refuses whom no demand of the community may be offered to: the unknown, the retired, the excluded, and those who
    /// have not reported there.
    pub fn must_be_offerable(
        &self,
        member: &MemberId,
        community: &CommunityCode,
        at: &Circumstance,
    ) -> Result<(), Refusal> {
        self.must_serve(member, at)?;
        if self.has_reported_to(community) { Ok(()) } else { Err(refusal::not_reported(member)) }
    }

    /// Takes a demand: by claim, or by accepting a dispatch. The member must have reported to the demand's community.
    pub fn take(
        &self,
        member: &MemberId,
        demand: &DemandId,
        community: &CommunityCode,
        category: &Term,
        work: Work,
        at: &Circumstance,
    ) -> Decision<Self> {
        if self.tasks.contains_key(demand) {
            return Ok(vec![]);
        }
        self.must_be_offerable(member, community, at)?;
        let max = at.policy.demand.live_claims_max.value;
        if work == Work::Voluntary
            && self.tasks.values().filter(|work| **work == Work::Voluntary).count() >= max as usize
        {
            return Err(refusal::too_many_claims(max));
        }
        Ok(vec![MemberEvent::TaskTaken {
            demand: demand.clone(),
            community: community.clone(),
            category: category.clone(),
            work,
        }])
    }

    /// Gives a demand back; `lapsed` when the claim ran out by itself. Costs nothing.
    pub fn give_back(&self, demand: &DemandId, community: &CommunityCode, lapsed: bool) -> Decision<Self> {
        let Some(work) = self.tasks.get(demand) else { return Ok(vec![]) };
        Ok(vec![MemberEvent::TaskReleased {
            demand: demand.clone(),
            community: community.clone(),
            work: *work,
            lapsed,
        }])
    }

    /// Declines a dispatch. The fact says whether it was a duty; no card knows it either way.
    pub fn decline(
        &self,
        member: &MemberId,
        demand: &DemandId,
        community: &CommunityCode,
        work: Work,
    ) -> Decision<Self> {
        self.must_be_enrolled(member)?;
        Ok(vec![MemberEvent::TaskDeclined { demand: demand.clone(), community: community.clone(), work }])
    }

    /// Serves so many minutes on a day, within the day's most.
    pub fn serve(&self, member: &MemberId, service: &Rendered, at: &Circumstance) -> Decision<Self> {
        self.must_serve(member, at)?;
        self.must_have_minutes(service.minutes, service.on, at)?;
        Ok(vec![MemberEvent::ServiceRendered {
            demand: service.demand.clone(),
            community: service.community.clone(),
            category: service.category.clone(),
            minutes: service.minutes,
            on: service.on,
            work: service.work,
        }])
    }

    /// Refuses more minutes than a day holds, services and visits together.
    pub(super) fn must_have_minutes(
        &self,
        minutes: u32,
        on: NaiveDate,
        at: &Circumstance,
    ) -> Result<(), Refusal> {
        let oldest = self.oldest_day();
        if minutes > 0 && on < oldest {
            return Err(refusal::day_closed(oldest));
        }
        let max = at.policy.demand.minutes_per_day_max.value;
        let left = max.saturating_sub(self.minutes.get(&on).copied().unwrap_or(0));
        if minutes > left { Err(refusal::too_many_minutes(left, max)) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests;
