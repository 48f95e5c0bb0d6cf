//! Forming, joining, leaving, dissolving (C6).

use std::collections::BTreeSet;

use super::state::Formed;
use super::{Group, GroupEvent, refusal};
use crate::Refusal;
use crate::decider::Decision;
use crate::ids::{CommunityCode, GroupId, MemberId, Term, UnitId, is_public_name};

/// Members of one group, so that one command can dissolve it.
const MEMBERS_MAX: usize = 500;
const CATEGORIES_MAX: usize = 20;

impl Group {
    /// Forms a group that offers categories of service in a community.
    pub fn form(
        &self,
        group: &GroupId,
        community: &CommunityCode,
        name: &str,
        categories: &[Term],
    ) -> Decision<Self> {
        if !is_public_name(name) {
            return Err(refusal::name_length());
        }
        let categories: BTreeSet<Term> = categories.iter().cloned().collect();
        if !(1..=CATEGORIES_MAX).contains(&categories.len()) {
            return Err(refusal::categories(CATEGORIES_MAX));
        }
        let wanted = Formed { community: community.clone(), name: name.to_owned(), categories };
        match &self.formed {
            Some(_) if self.dissolved => Err(refusal::dissolved(group)),
            Some(known) if *known == wanted => Ok(vec![]),
            Some(_) => Err(refusal::formed_otherwise(group)),
            None => Ok(vec![GroupEvent::GroupFormed {
                group: group.clone(),
                community: wanted.community,
                name: wanted.name,
                categories: wanted.categories.into_iter().collect(),
            }]),
        }
    }

    /// Takes a member in, who chose the group freely; the categories that the member is good at are noted, none is
    /// asked for.
    pub fn join(
        &self,
        group: &GroupId,
        member: &MemberId,
        unit: Option<&UnitId>,
        skills: &[Term],
    ) -> Decision<Self> {
        let formed = self.particulars(group)?;
        if self.dissolved {
            return Err(refusal::dissolved(group));
        }
        if self.members.contains(member) {
            return Ok(vec![]);
        }
        if self.members.len() >= MEMBERS_MAX {
            return Err(refusal::full(MEMBERS_MAX));
        }
        Ok(vec![GroupEvent::GroupMemberJoined {
            member: member.clone(),
            unit: unit.cloned(),
            skilled_in: formed.categories.iter().filter(|one| skills.contains(one)).cloned().collect(),
        }])
    }

    /// Lets a member go.
    pub fn leave(&self, member: &MemberId) -> Decision<Self> {
        if !self.members.contains(member) {
            return Ok(vec![]);
        }
        Ok(vec![GroupEvent::GroupMemberLeft { member: member.clone() }])
    }

    /// Dissolves the group; whoever is still in it leaves.
    pub fn dissolve(&self, group: &GroupId) -> Decision<Self> {
        self.particulars(group)?;
        if self.dissolved {
            return Ok(vec![]);
        }
        let leaving =
            self.members.iter().map(|member| GroupEvent::GroupMemberLeft { member: member.clone() });
        Ok(leaving.chain([GroupEvent::GroupDissolved {}]).collect())
    }

    /// The community that it serves.
    pub fn community(&self, group: &GroupId) -> Result<&CommunityCode, Refusal> {
        self.particulars(group).map(|formed| &formed.community)
    }

    fn particulars(&self, group: &GroupId) -> Result<&Formed, Refusal> {
        self.formed.as_ref().ok_or_else(|| refusal::unknown(group))
    }
}

#[cfg(test)]
mod tests;
