//! Enrolment, links and reports of a unit (A1–A3, A7).

use super::{Unit, UnitClass, UnitEvent, refusal, state::Enrolled};
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::{CommunityCode, DivisionCode, EstateId, Term, UnitId};

const NAME_LENGTH_MAX: usize = 100;

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
        if name.is_empty() || name.chars().count() > NAME_LENGTH_MAX {
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

    /// Links the unit to a community, and to a key estate there (A2, A7).
    pub fn link(
        &self,
        unit: &UnitId,
        community: &CommunityCode,
        estate: Option<&EstateId>,
    ) -> Decision<Self> {
        self.must_be_enrolled(unit)?;
        if self.links.get(community).map(Option::as_ref) == Some(estate) {
            return Ok(vec![]);
        }
        Ok(vec![UnitEvent::UnitLinked { community: community.clone(), estate: estate.cloned() }])
    }

    /// Ends a link.
    pub fn unlink(&self, unit: &UnitId, community: &CommunityCode) -> Decision<Self> {
        self.must_be_enrolled(unit)?;
        if !self.is_linked_to(community) {
            return Ok(vec![]);
        }
        Ok(vec![UnitEvent::UnitUnlinked { community: community.clone() }])
    }

    /// Reports to a linked community with needs and resources (A3). The same lists again are nothing new.
    pub fn report(
        &self,
        unit: &UnitId,
        community: &CommunityCode,
        needs: &[Term],
        resources: &[Term],
    ) -> Decision<Self> {
        self.must_be_enrolled(unit)?;
        if !self.is_linked_to(community) {
            return Err(refusal::not_linked(community));
        }
        if self
            .reports
            .get(community)
            .is_some_and(|(had_needs, had_resources)| had_needs == needs && had_resources == resources)
        {
            return Ok(vec![]);
        }
        Ok(vec![UnitEvent::UnitReported {
            community: community.clone(),
            needs: needs.to_vec(),
            resources: resources.to_vec(),
        }])
    }

    /// Refuses when the unit was never entered.
    pub fn must_be_enrolled(&self, unit: &UnitId) -> Result<(), crate::Refusal> {
        if self.is_enrolled() { Ok(()) } else { Err(refusal::unknown(unit)) }
    }
}
