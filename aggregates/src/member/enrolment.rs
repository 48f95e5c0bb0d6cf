//! Enrolment, transfer, retirement and reports of a member (A1, A2, A6).

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::state::Enrolled;
use super::{Member, MemberEvent, MemberRank, refusal};
use crate::Refusal;
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::{BatchId, CommunityCode, DivisionCode, MemberId, Term, UnitId};
use crate::policy::ReportKind;

impl Member {
    /// Enters the member in a unit's ledger (A1); `division` is the one whose department manages the unit. The reports that the policy asks for are owed from that day (A2).
    pub fn enrol(
        &self,
        member: &MemberId,
        (unit, division): (&UnitId, &DivisionCode),
        rank: MemberRank,
        skills: &[Term],
        at: &Circumstance,
    ) -> Decision<Self> {
        let skills: Vec<Term> = skills.iter().collect::<BTreeSet<_>>().into_iter().cloned().collect();
        match &self.enrolled {
            Some(known) if self.unit() == Some(unit) && known.rank == rank && known.skills == skills => {
                Ok(vec![])
            }
            Some(_) => Err(refusal::enrolled_otherwise(member)),
            None => Ok(vec![MemberEvent::MemberEnrolled {
                member: member.clone(),
                unit: unit.clone(),
                division: division.clone(),
                rank,
                skills,
                on: at.date(),
                due: at.policy.enrolment.due_after(at.date(), |_| true),
            }]),
        }
    }

    /// Moves the member from one unit to another, from a day on. The report to the old unit's community lapses;
    /// history stays.
    pub fn transfer(
        &self,
        member: &MemberId,
        from: &UnitId,
        to: &UnitId,
        on: NaiveDate,
        at: &Circumstance,
    ) -> Decision<Self> {
        let enrolled = self.must_be_in_service(member)?;
        if self.unit() == Some(to) && enrolled.came_from.as_ref() == Some(from) && enrolled.since == on {
            return Ok(vec![]);
        }
        if from == to {
            return Err(refusal::same_unit());
        }
        if self.unit() != Some(from) {
            return Err(refusal::not_of_unit(member));
        }
        if on > at.date() {
            return Err(refusal::day_ahead(on));
        }
        if on < enrolled.since {
            return Err(refusal::before_joining(enrolled.since));
        }
        Ok(vec![MemberEvent::MemberTransferred {
            from: from.clone(),
            to: to.clone(),
            on,
            due: at.policy.enrolment.due_after(at.date(), |kind| kind == ReportKind::UnitLinked),
            before: Box::new(self.standing.clone()),
        }])
    }

    /// Retires the member, who leaves the denominators from then on.
    pub fn retire(&self, member: &MemberId, on: NaiveDate, at: &Circumstance) -> Decision<Self> {
        if self.retired_on == Some(on) {
            return Ok(vec![]);
        }
        let enrolled = self.must_be_in_service(member)?;
        if on > at.date() {
            return Err(refusal::day_ahead(on));
        }
        if on < enrolled.since {
            return Err(refusal::before_joining(enrolled.since));
        }
        Ok(vec![MemberEvent::MemberRetired { on, before: Box::new(self.standing.clone()) }])
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
        self.must_serve(member, at)?;
        match kind {
            ReportKind::UnitLinked if !unit_linked => return Err(refusal::unit_not_linked(community)),
            ReportKind::Residence if self.residence().is_none_or(|home| home.community != *community) => {
                return Err(refusal::lives_elsewhere(community));
            }
            _ => {}
        }
        if self.standing.reported.get(&kind) == Some(community) {
            return Ok(vec![]);
        }
        // Back from an exclusion that has just run out: the figures must know it before they count the report.
        let mut facts = self.turn(at)?;
        facts.push(MemberEvent::MemberReported {
            kind,
            community: community.clone(),
            unit: self.unit().cloned(),
            batch: batch.cloned(),
            before: Box::new(self.following(&facts).standing),
        });
        facts.extend(self.open_card(at));
        Ok(facts)
    }

    pub(super) fn must_be_enrolled(&self, member: &MemberId) -> Result<&Enrolled, Refusal> {
        self.enrolled.as_ref().ok_or_else(|| refusal::unknown(member))
    }

    /// Refuses for members who are unknown or retired.
    pub(super) fn must_be_in_service(&self, member: &MemberId) -> Result<&Enrolled, Refusal> {
        let enrolled = self.must_be_enrolled(member)?;
        if self.is_retired() { Err(refusal::retired(member)) } else { Ok(enrolled) }
    }

    /// Refuses for members who are unknown, retired or excluded on the day.
    pub(super) fn must_serve(&self, member: &MemberId, at: &Circumstance) -> Result<&Enrolled, Refusal> {
        let enrolled = self.must_be_in_service(member)?;
        if self.is_excluded_on(at.date()) {
            return Err(refusal::excluded(member, at.date()));
        }
        Ok(enrolled)
    }
}

#[cfg(test)]
mod tests;
