//! Pairs of a household with members who help it (C8: 1+3; C9: 一联一帮). How many households a member may help is the
//! member's own rule.

use super::{Household, HouseholdEvent, refusal};
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::{HouseholdId, MemberId};

impl Household {
    /// Pairs the household with a member from the business date on.
    pub fn pair(&self, household: &HouseholdId, member: &MemberId, at: &Circumstance) -> Decision<Self> {
        let community = self.community(household)?;
        if self.helpers.contains_key(member) {
            return Ok(vec![]);
        }
        Ok(vec![HouseholdEvent::PairFormed {
            community: community.clone(),
            member: member.clone(),
            on: at.date(),
        }])
    }

    /// Ends a pair with the business date as its last day.
    pub fn end_pair(&self, household: &HouseholdId, member: &MemberId, at: &Circumstance) -> Decision<Self> {
        let community = self.community(household)?;
        if !self.helpers.contains_key(member) {
            return if self.former.contains(member) { Ok(vec![]) } else { Err(refusal::not_paired(member)) };
        }
        Ok(vec![HouseholdEvent::PairEnded {
            community: community.clone(),
            member: member.clone(),
            on: at.date(),
        }])
    }
}
