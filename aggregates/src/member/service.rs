//! The member's part in the demand loop (C1, C2, C5).

use chrono::NaiveDate;

use super::{Member, MemberEvent, refusal};
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::{CommunityCode, DemandId, MemberId, Term};
use crate::points::Work;

impl Member {
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
        self.must_serve(member, at)?;
        if self.tasks.contains_key(demand) {
            return Ok(vec![]);
        }
        if !self.has_reported_to(community) {
            return Err(refusal::not_reported(member));
        }
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
        if !self.tasks.contains_key(demand) {
            return Ok(vec![]);
        }
        Ok(vec![MemberEvent::TaskReleased { demand: demand.clone(), community: community.clone(), lapsed }])
    }

    /// Declines a dispatch.
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
    pub fn serve(
        &self,
        member: &MemberId,
        demand: &DemandId,
        community: &CommunityCode,
        category: &Term,
        minutes: u32,
        on: NaiveDate,
        work: Work,
        at: &Circumstance,
    ) -> Decision<Self> {
        self.must_serve(member, at)?;
        let max = at.policy.demand.minutes_per_day_max.value;
        let left = max.saturating_sub(self.minutes.get(&on).copied().unwrap_or(0));
        if minutes > left {
            return Err(refusal::too_many_minutes(left, max));
        }
        Ok(vec![MemberEvent::ServiceRendered {
            demand: demand.clone(),
            community: community.clone(),
            category: category.clone(),
            minutes,
            on,
            work,
        }])
    }
}
