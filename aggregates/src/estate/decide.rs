//! Registering estates, and who serves there (A4, A8).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::state::Registered;
use super::{Estate, EstateEvent, refusal};
use crate::Refusal;
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::{CommunityCode, EstateId, MemberId, is_public_name};
use crate::member::{DwellingKind, LedgerKind};

const SIZE_MAX: u32 = 100_000;

/// What is entered of an estate or building.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Particulars {
    /// Its community.
    pub community: CommunityCode,
    /// What kind of dwelling it is.
    pub kind: DwellingKind,
    /// Its public name.
    pub name: String,
    /// How many households live there.
    pub households: u32,
    /// How many buildings it has.
    pub buildings: u32,
}

impl Estate {
    /// Enters an estate or building in the ledger that the policy names for its kind (A4); entered again in the same
    /// community as the same kind, it corrects name and size.
    pub fn register(&self, estate: &EstateId, new: &Particulars, at: &Circumstance) -> Decision<Self> {
        if !is_public_name(&new.name) {
            return Err(refusal::name_length());
        }
        if !(1..=SIZE_MAX).contains(&new.households) || !(1..=SIZE_MAX).contains(&new.buildings) {
            return Err(refusal::no_size());
        }
        let ledger = match &self.registered {
            Some(known) => known.ledger,
            None => at.policy.enrolment.ledger_for(new.kind),
        };
        match ledger {
            LedgerKind::Community => return Err(refusal::kept_by_community()),
            LedgerKind::Building if new.buildings != 1 => return Err(refusal::one_building()),
            _ => {}
        }
        let Particulars { community, kind, name, households, buildings } = new.clone();
        let wanted = Registered { community, kind, ledger, name, households, buildings };
        match &self.registered {
            Some(known) if *known == wanted => Ok(vec![]),
            Some(known) if known.community != wanted.community || known.kind != wanted.kind => {
                Err(refusal::registered_otherwise(estate))
            }
            Some(_) => Ok(vec![EstateEvent::EstateCorrected {
                community: wanted.community,
                ledger,
                name: wanted.name,
                households,
                buildings,
            }]),
            None => Ok(vec![EstateEvent::EstateRegistered {
                estate: estate.clone(),
                community: wanted.community,
                kind,
                ledger,
                name: wanted.name,
                households,
                buildings,
            }]),
        }
    }

    /// Puts the estate in another community after communities were re-cut.
    pub fn move_to(&self, estate: &EstateId, to: &CommunityCode) -> Decision<Self> {
        let known = self.particulars(estate)?;
        if known.community == *to {
            return Ok(vec![]);
        }
        Ok(vec![EstateEvent::EstateMovedToCommunity {
            from: known.community.clone(),
            to: to.clone(),
            kind: known.kind,
            ledger: known.ledger,
            name: known.name.clone(),
        }])
    }

    /// Notes that a member serves here (A8). Whether the member may is the member's own rule.
    pub fn assign(&self, estate: &EstateId, member: &MemberId) -> Decision<Self> {
        self.particulars(estate)?;
        if self.serving.contains(member) {
            return Ok(vec![]);
        }
        Ok(vec![EstateEvent::EstateMemberAssigned { member: member.clone() }])
    }

    /// Notes that a member serves here no longer.
    pub fn release(&self, estate: &EstateId, member: &MemberId) -> Decision<Self> {
        self.particulars(estate)?;
        if !self.serving.contains(member) {
            return Ok(vec![]);
        }
        Ok(vec![EstateEvent::EstateMemberLeft { member: member.clone() }])
    }

    /// Refuses unless it is registered and lies in the community.
    pub fn must_lie_in(&self, estate: &EstateId, community: &CommunityCode) -> Result<(), Refusal> {
        if self.particulars(estate)?.community == *community {
            Ok(())
        } else {
            Err(refusal::elsewhere(estate, community))
        }
    }

    /// Refuses unless it lies in the community and is a dwelling of this kind (A4).
    pub fn must_house(
        &self,
        estate: &EstateId,
        community: &CommunityCode,
        dwelling: DwellingKind,
    ) -> Result<(), Refusal> {
        self.must_lie_in(estate, community)?;
        if self.particulars(estate)?.kind == dwelling { Ok(()) } else { Err(refusal::other_kind(estate)) }
    }

    fn particulars(&self, estate: &EstateId) -> Result<&Registered, Refusal> {
        self.registered.as_ref().ok_or_else(|| refusal::unknown(estate))
    }
}

#[cfg(test)]
mod tests;
