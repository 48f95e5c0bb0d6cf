//! Enrolment, exclusions, residence and reports of a member (A1–A8).

use chrono::NaiveDate;

use super::state::Enrolled;
use super::{DwellingKind, ExclusionReason, LedgerKind, Member, MemberEvent, MemberRank, refusal};
use crate::Refusal;
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::{BatchId, CommunityCode, EstateId, MemberId, Term, UnitId};
use crate::policy::ReportKind;

impl Member {
    /// Enters the member in a unit's ledger (A1).
    pub fn enrol(
        &self,
        member: &MemberId,
        unit: &UnitId,
        rank: MemberRank,
        skills: &[Term],
    ) -> Decision<Self> {
        let wanted = Enrolled { unit: unit.clone(), rank, skills: skills.to_vec() };
        match &self.enrolled {
            Some(enrolled) if *enrolled == wanted => Ok(vec![]),
            Some(_) => Err(refusal::enrolled_otherwise(member)),
            None => Ok(vec![MemberEvent::MemberEnrolled {
                member: member.clone(),
                unit: wanted.unit,
                rank,
                skills: wanted.skills,
            }]),
        }
    }

    /// Moves the member from one unit to another. The report to the old unit's community lapses; history stays.
    pub fn transfer(&self, member: &MemberId, from: &UnitId, to: &UnitId) -> Decision<Self> {
        let unit = self.must_be_enrolled(member)?.unit.clone();
        if unit == *to {
            return Ok(vec![]);
        }
        if unit != *from {
            return Err(refusal::not_of_unit(member));
        }
        Ok(vec![MemberEvent::MemberTransferred { from: from.clone(), to: to.clone() }])
    }

    /// Retires the member, who leaves the denominators from then on.
    pub fn retire(&self, member: &MemberId) -> Decision<Self> {
        let unit = self.must_be_enrolled(member)?.unit.clone();
        if self.retired {
            return Ok(vec![]);
        }
        Ok(vec![MemberEvent::MemberRetired { unit }])
    }

    /// Leaves the member out for one of the reasons of the policy's closed list (A5).
    pub fn exclude(
        &self,
        member: &MemberId,
        reason: ExclusionReason,
        from: NaiveDate,
        until: Option<NaiveDate>,
        at: &Circumstance,
    ) -> Decision<Self> {
        self.must_be_enrolled(member)?;
        if !at.policy.enrolment.exclusion_reasons.value.contains(&reason) {
            return Err(refusal::reason_not_listed());
        }
        if until.is_some_and(|until| until < from) {
            return Err(refusal::dates_reversed());
        }
        match &self.exclusion {
            Some(running) if running.reason == reason && running.from == from && running.until == until => {
                Ok(vec![])
            }
            Some(running) if running.until.is_none_or(|last| last >= from) => {
                Err(refusal::excluded_otherwise())
            }
            _ => Ok(vec![MemberEvent::MemberExcluded { reason, from, until }]),
        }
    }

    /// Ends the exclusion (A5).
    pub fn reinstate(&self, member: &MemberId, from: NaiveDate) -> Decision<Self> {
        self.must_be_enrolled(member)?;
        if self.exclusion.is_none() {
            return Err(refusal::not_excluded(member));
        }
        Ok(vec![MemberEvent::MemberReinstated { from }])
    }

    /// Records where the member lives, in the ledger that the policy names for the kind of dwelling (A4).
    pub fn record_residence(
        &self,
        member: &MemberId,
        community: &CommunityCode,
        dwelling: DwellingKind,
        estate: Option<&EstateId>,
        at: &Circumstance,
    ) -> Decision<Self> {
        self.must_be_enrolled(member)?;
        let ledger = at.policy.enrolment.ledger_for(dwelling);
        match (ledger, estate) {
            (LedgerKind::Estate | LedgerKind::Building, None) => return Err(refusal::estate_needed()),
            (LedgerKind::Community, Some(_)) => return Err(refusal::estate_not_wanted()),
            _ => {}
        }
        if self.residence.as_ref().is_some_and(|had| {
            had.community == *community && had.dwelling == dwelling && had.estate.as_ref() == estate
        }) {
            return Ok(vec![]);
        }
        let previous = self.residence.as_ref().map(|had| had.community.clone());
        Ok(vec![MemberEvent::ResidenceRecorded {
            community: community.clone(),
            dwelling,
            ledger,
            estate: estate.cloned(),
            previous,
        }])
    }

    /// 报到 (A2): to the community that the unit is linked to (`unit_linked` tells whether it is), or to the one lived in.
    pub fn report(
        &self,
        member: &MemberId,
        kind: ReportKind,
        community: &CommunityCode,
        unit_linked: bool,
        batch: Option<&BatchId>,
        at: &Circumstance,
    ) -> Decision<Self> {
        let unit = self.must_serve(member, at)?.unit.clone();
        match kind {
            ReportKind::UnitLinked if !unit_linked => return Err(refusal::unit_not_linked(community)),
            ReportKind::Residence
                if self.residence.as_ref().is_none_or(|home| home.community != *community) =>
            {
                return Err(refusal::lives_elsewhere(community));
            }
            _ => {}
        }
        if self.reports.get(&kind) == Some(community) {
            return Ok(vec![]);
        }
        let mut facts = vec![MemberEvent::MemberReported {
            kind,
            community: community.clone(),
            unit: Some(unit),
            batch: batch.cloned(),
        }];
        facts.extend(self.open_card(at));
        Ok(facts)
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
        if !self.has_reported_to(community) {
            return Err(refusal::not_reported(member));
        }
        if self.estates.contains(estate) {
            return Ok(vec![]);
        }
        Ok(vec![MemberEvent::MemberAssignedToEstate { estate: estate.clone(), community: community.clone() }])
    }

    pub(super) fn must_be_enrolled(&self, member: &MemberId) -> Result<&Enrolled, Refusal> {
        self.enrolled.as_ref().ok_or_else(|| refusal::unknown(member))
    }

    /// Refuses for members who are unknown, retired or excluded on the day.
    pub(super) fn must_serve(&self, member: &MemberId, at: &Circumstance) -> Result<&Enrolled, Refusal> {
        let enrolled = self.must_be_enrolled(member)?;
        if self.retired {
            return Err(refusal::retired(member));
        }
        if self.is_excluded_on(at.date()) {
            return Err(refusal::excluded(member, at.date()));
        }
        Ok(enrolled)
    }
}
