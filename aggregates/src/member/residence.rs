//! 《家庭居住地台账》 and service in an estate (A4, A8).

use std::collections::BTreeMap;

use super::standing::Passage;
use super::{DwellingKind, LedgerKind, Member, MemberEvent, Residence, refusal};
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::{CommunityCode, EstateId, MemberId};
use crate::policy::ReportKind;

impl Member {
    /// Records where the member lives, in the ledger that the policy names for the kind of dwelling (A4). A move to
    /// another community lets the report at the old one lapse; an estate whose community was re-cut keeps it.
    pub fn record_residence(
        &self,
        member: &MemberId,
        community: &CommunityCode,
        dwelling: DwellingKind,
        estate: Option<&EstateId>,
        at: &Circumstance,
    ) -> Decision<Self> {
        self.must_be_in_service(member)?;
        let ledger = at.policy.enrolment.ledger_for(dwelling);
        match (ledger, estate) {
            (LedgerKind::Estate | LedgerKind::Building, None) => return Err(refusal::estate_needed()),
            (LedgerKind::Community, Some(_)) => return Err(refusal::estate_not_wanted()),
            _ => {}
        }
        let home = Residence { community: community.clone(), dwelling, ledger, estate: estate.cloned() };
        if self.standing.residence.as_ref() == Some(&home) {
            return Ok(vec![]);
        }
        let due = if self.standing.passage_to(&home) == Passage::Move {
            at.policy.enrolment.due_after(at.date(), |kind| kind == ReportKind::Residence)
        } else {
            BTreeMap::new()
        };
        Ok(vec![MemberEvent::ResidenceRecorded {
            community: home.community,
            dwelling,
            ledger,
            estate: home.estate,
            due,
            before: Box::new(self.standing.clone()),
        }])
    }

    /// Assigns the member to serve in an estate of a community reported to (A8).
    pub fn assign_to_estate(
        &self,
        member: &MemberId,
        estate: &EstateId,
        community: &CommunityCode,
        at: &Circumstance,
    ) -> Decision<Self> {
        self.must_serve(member, at)?;
        if self.estates.contains_key(estate) {
            return Ok(vec![]);
        }
        if !self.has_reported_to(community) {
            return Err(refusal::not_reported(member));
        }
        Ok(vec![MemberEvent::MemberAssignedToEstate { estate: estate.clone(), community: community.clone() }])
    }

    /// Ends the service in an estate (A8).
    pub fn leave_estate(&self, member: &MemberId, estate: &EstateId) -> Decision<Self> {
        self.must_be_enrolled(member)?;
        Ok(self
            .estates
            .get(estate)
            .map(|community| MemberEvent::MemberLeftEstate {
                estate: estate.clone(),
                community: community.clone(),
            })
            .into_iter()
            .collect())
    }
}

#[cfg(test)]
mod tests;
