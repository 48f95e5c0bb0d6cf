//! Posts, groups, pairs and visits, as the member's own stream tells them (B7, C6, C8, C9).

use chrono::NaiveDate;

use super::{Member, MemberEvent, MemberRank, refusal};
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::household::VisitDetails;
use crate::ids::{CommunityCode, GridCode, GroupId, HouseholdId, MemberId, Term};
use crate::points::Work;

impl Member {
    /// Takes a slot that the grid has granted, from the day told. The member belongs to the grid's community by report or
    /// by residence (B7: 报到, then 编组入网); a county leader's contact point is assigned (B15).
    pub fn take_post(
        &self,
        member: &MemberId,
        grid: &GridCode,
        slot: &Term,
        (work, from): (Work, NaiveDate),
        at: &Circumstance,
    ) -> Decision<Self> {
        let rank = self.must_serve(member, at)?.rank;
        if self.is_excluded_on(from) {
            return Err(refusal::excluded(member, from));
        }
        let community = grid.community();
        let belongs = self.has_reported_to(&community)
            || self.residence().is_some_and(|home| home.community == community);
        if rank != MemberRank::CountyLeader && !belongs {
            return Err(refusal::not_reported(member));
        }
        Ok(vec![MemberEvent::PostTaken { grid: grid.clone(), slot: slot.clone(), work, from }])
    }

    /// Leaves a slot on a day, perhaps one to come.
    pub fn leave_post(&self, grid: &GridCode, slot: &Term, on: NaiveDate) -> Decision<Self> {
        let held = self.posts.get(grid).and_then(|slots| slots.get(slot));
        if held.is_none_or(|post| post.until.is_some_and(|until| until <= on)) {
            return Ok(vec![]);
        }
        Ok(vec![MemberEvent::PostLeft { grid: grid.clone(), slot: slot.clone(), on }])
    }

    /// Is given a duty role in a grid (B9).
    pub fn be_assigned_duty(
        &self,
        member: &MemberId,
        grid: &GridCode,
        role: &Term,
        from: NaiveDate,
    ) -> Decision<Self> {
        self.must_be_enrolled(member)?;
        Ok(vec![MemberEvent::DutyAssigned { grid: grid.clone(), role: role.clone(), from }])
    }

    /// Is relieved of a duty role in a grid (B9).
    pub fn be_relieved_of_duty(
        &self,
        member: &MemberId,
        grid: &GridCode,
        role: &Term,
        on: NaiveDate,
    ) -> Decision<Self> {
        self.must_be_enrolled(member)?;
        Ok(vec![MemberEvent::DutyRelieved { grid: grid.clone(), role: role.clone(), on }])
    }

    /// Has done an item of a grid's duty list (B17).
    pub fn do_duty(
        &self,
        member: &MemberId,
        grid: &GridCode,
        (list, item): (&Term, &Term),
        on: NaiveDate,
        late: bool,
    ) -> Decision<Self> {
        self.must_be_enrolled(member)?;
        Ok(vec![MemberEvent::DutyDone {
            grid: grid.clone(),
            list: list.clone(),
            item: item.clone(),
            on,
            late,
        }])
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
        if self.groups.contains_key(group) {
            return Ok(vec![]);
        }
        if !self.has_reported_to(community) {
            return Err(refusal::not_reported(member));
        }
        Ok(vec![MemberEvent::GroupJoined { group: group.clone(), community: community.clone() }])
    }

    /// Leaves a group.
    pub fn leave_group(&self, member: &MemberId, group: &GroupId) -> Decision<Self> {
        self.must_be_enrolled(member)?;
        Ok(self
            .groups
            .get(group)
            .map(|community| MemberEvent::GroupLeft { group: group.clone(), community: community.clone() })
            .into_iter()
            .collect())
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
