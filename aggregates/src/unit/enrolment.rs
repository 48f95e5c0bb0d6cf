//! Enrolment, links and reports of a unit (A1–A3, A7).

use std::collections::BTreeSet;

use super::state::{Enrolled, UnitReport};
use super::{Unit, UnitClass, UnitEvent, refusal};
use crate::Refusal;
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::{CommunityCode, DivisionCode, EstateId, Term, UnitId, is_public_name};

impl Unit {
    /// Enters the unit (A1).
    pub fn enrol(
        &self,
        unit: &UnitId,
        name: &str,
        class: UnitClass,
        division: &DivisionCode,
        upper: Option<&UnitId>,
        at: &Circumstance,
    ) -> Decision<Self> {
        if !is_public_name(name) {
            return Err(refusal::name_length());
        }
        if upper == Some(unit) {
            return Err(refusal::upper_is_itself());
        }
        if !at.policy.enrolment.unit_classes.value.contains(&class) {
            return Err(refusal::class_out_of_scope());
        }
        let wanted = Enrolled {
            unit: unit.clone(),
            name: name.to_owned(),
            class,
            division: division.clone(),
            upper: upper.cloned(),
        };
        match &self.enrolled {
            Some(enrolled) if *enrolled == wanted => Ok(vec![]),
            Some(_) => Err(refusal::enrolled_otherwise(unit)),
            None => Ok(vec![UnitEvent::UnitEnrolled {
                unit: wanted.unit,
                name: wanted.name,
                class,
                division: wanted.division,
                upper: wanted.upper,
            }]),
        }
    }

    /// Links the unit to a community, and to a key estate there (A2, A7). Linking again to name another estate
    /// replaces the estate.
    pub fn link(
        &self,
        unit: &UnitId,
        community: &CommunityCode,
        estate: Option<&EstateId>,
    ) -> Decision<Self> {
        let division = self.particulars(unit)?.division.clone();
        if self.links.get(community).map(Option::as_ref) == Some(estate) {
            return Ok(vec![]);
        }
        Ok(vec![UnitEvent::UnitLinked {
            community: community.clone(),
            estate: estate.cloned(),
            division,
            first: self.links.is_empty(),
        }])
    }

    /// Ends a link. Reports already made stay on record.
    pub fn unlink(&self, unit: &UnitId, community: &CommunityCode) -> Decision<Self> {
        let division = self.particulars(unit)?.division.clone();
        if self.unlinked.contains(community) {
            return Ok(vec![]);
        }
        if !self.is_linked_to(community) {
            return Err(refusal::not_linked(community));
        }
        let last = self.links.len() == 1;
        Ok(vec![UnitEvent::UnitUnlinked { community: community.clone(), division, last }])
    }

    /// Reports to a linked community with needs and resources (A3). The same lists again on the same day are nothing
    /// new; on a later day they are the next regular report (常态化).
    pub fn report(
        &self,
        unit: &UnitId,
        community: &CommunityCode,
        needs: &[Term],
        resources: &[Term],
        at: &Circumstance,
    ) -> Decision<Self> {
        self.must_be_enrolled(unit)?;
        if !self.is_linked_to(community) {
            return Err(refusal::not_linked(community));
        }
        let (needs, resources) = (each_once(needs), each_once(resources));
        let report = UnitReport { needs, resources, on: at.date() };
        if self.reports.get(community) == Some(&report) {
            return Ok(vec![]);
        }
        let UnitReport { needs, resources, on } = report;
        Ok(vec![UnitEvent::UnitReported { community: community.clone(), needs, resources, on }])
    }

    /// Refuses when the unit was never entered.
    pub fn must_be_enrolled(&self, unit: &UnitId) -> Result<(), Refusal> {
        self.particulars(unit).map(|_| ())
    }

    fn particulars(&self, unit: &UnitId) -> Result<&Enrolled, Refusal> {
        self.enrolled.as_ref().ok_or_else(|| refusal::unknown(unit))
    }
}

fn each_once(terms: &[Term]) -> Vec<Term> {
    terms.iter().collect::<BTreeSet<_>>().into_iter().cloned().collect()
}

#[cfg(test)]
mod tests;
