//! Posts, groups, pairs and visits, as the member's own stream tells them (B7, C6, C8, C9).

use super::{Member, MemberEvent, refusal};
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::household::VisitDetails;
use crate::ids::{CommunityCode, GridCode, GroupId, HouseholdId, MemberId, Term};

impl Member {
    /// Takes a slot that the grid has granted.
    pub fn take_post(
        &self,
        member: &MemberId,
        grid: &GridCode,
        slot: &Term,
        at: &Circumstance,
    ) -> Decision<Self> {
        self.must_serve(member, at)?;
        if self.posts.contains(&(grid.clone(), slot.clone())) {
            return Ok(vec![]);
        }
        Ok(vec![MemberEvent::PostTaken { grid: grid.clone(), slot: slot.clone() }])
    }

    /// Leaves a slot.
    pub fn leave_post(&self, grid: &GridCode, slot: &Term) -> Decision<Self> {
        if !self.posts.contains(&(grid.clone(), slot.clone())) {
            return Ok(vec![]);
        }
        Ok(vec![MemberEvent::PostLeft { grid: grid.clone(), slot: slot.clone() }])
    }

    /// Joins a group of own choice (C6).
    pub fn join_group(
        &self,
        member: &MemberId,
        group: &GroupId,
        community: &CommunityCode,
        at: &Circumstance,
    ) -> Decision<Self> {
        self.must_serve(member, at)?;
        if self.groups.contains(group) {
            return Ok(vec![]);
        }
        Ok(vec![MemberEvent::GroupJoined { group: group.clone(), community: community.clone() }])
    }

    /// Leaves a group.
    pub fn leave_group(&self, group: &GroupId, community: &CommunityCode) -> Decision<Self> {
        if !self.groups.contains(group) {
            return Ok(vec![]);
        }
        Ok(vec![MemberEvent::GroupLeft { group: group.clone(), community: community.clone() }])
    }

    /// Pairs with a key household of a community reported to, up to the policy's most (C8: 1+3; C9: one).
    pub fn pair(
        &self,
        member: &MemberId,
        household: &HouseholdId,
        community: &CommunityCode,
        at: &Circumstance,
    ) -> Decision<Self> {
        self.must_serve(member, at)?;
        if self.pairs.contains(household) {
            return Ok(vec![]);
        }
        if !self.has_reported_to(community) {
            return Err(refusal::not_reported(member));
        }
        let max = at.policy.pairing.households_max.value;
        if self.pairs.len() >= max as usize {
            return Err(refusal::too_many_households(max));
        }
        Ok(vec![MemberEvent::HouseholdPaired { household: household.clone(), community: community.clone() }])
    }

    /// Ends a pair.
    pub fn unpair(&self, household: &HouseholdId, community: &CommunityCode) -> Decision<Self> {
        if !self.pairs.contains(household) {
            return Ok(vec![]);
        }
        Ok(vec![MemberEvent::HouseholdUnpaired {
            household: household.clone(),
            community: community.clone(),
        }])
    }

    /// Visits a paired household (C9). Minutes noted count towards the day's most.
    pub fn visit(
        &self,
        member: &MemberId,
        household: &HouseholdId,
        community: &CommunityCode,
        made: &VisitDetails,
        at: &Circumstance,
    ) -> Decision<Self> {
        self.must_be_enrolled(member)?;
        if !self.pairs.contains(household) {
            return Err(refusal::not_paired(household));
        }
        self.must_have_minutes(made.minutes.unwrap_or(0), made.on, at)?;
        Ok(vec![MemberEvent::VisitMade {
            household: household.clone(),
            community: community.clone(),
            kind: made.kind,
            on: made.on,
            minutes: made.minutes,
            service: made.service,
        }])
    }
}
