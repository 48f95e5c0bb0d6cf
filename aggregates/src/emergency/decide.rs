//! Declaring, coming, standing down (F3, F4).

use std::collections::BTreeSet;

use super::state::Declared;
use super::{Emergency, EmergencyEvent, EmergencyOutcome, Scope, refusal};
use crate::decider::Decision;
use crate::ids::{CommunityCode, EmergencyId, GridCode, Level, MemberId, Term, UnitId, is_public_name};

/// Grids of one declaration: each is looked at.
const GRIDS_MAX: usize = 200;

/// An emergency to be declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEmergency {
    /// Where.
    pub scope: Scope,
    /// Code of the plan.
    pub plan: Term,
    /// The plan's public title.
    pub title: String,
}

/// Where a member came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// The community.
    pub community: CommunityCode,
    /// The grid, when it is known.
    pub grid: Option<GridCode>,
    /// Whether the member holds a post there.
    pub posted: bool,
}

impl Emergency {
    /// Turns the scope to emergency (F3). Whether a place of it is in emergency already is the county's rule.
    pub fn declare(&self, emergency: &EmergencyId, new: &NewEmergency) -> Decision<Self> {
        if !is_public_name(&new.title) {
            return Err(refusal::title_length());
        }
        let NewEmergency { scope, plan, title } = new;
        if !matches!(scope.division.level(), Level::County | Level::Street | Level::Community) {
            return Err(refusal::scope_level());
        }
        if scope.grids.len() > GRIDS_MAX {
            return Err(refusal::too_many_grids(GRIDS_MAX));
        }
        let mut seen = BTreeSet::new();
        for grid in &scope.grids {
            if !grid.as_str().starts_with(scope.division.as_str()) {
                return Err(refusal::grid_outside(grid).at("grids"));
            }
            if !seen.insert(grid) {
                return Err(refusal::grid_twice(grid));
            }
        }
        let wanted = Declared { scope: scope.clone(), plan: plan.clone(), title: title.clone() };
        match &self.declared {
            Some(known) if *known == wanted => Ok(vec![]),
            Some(_) => Err(refusal::declared_otherwise(emergency)),
            None => Ok(vec![EmergencyEvent::EmergencyDeclared {
                emergency: emergency.clone(),
                scope: scope.division.clone(),
                grids: scope.grids.clone(),
                plan: plan.clone(),
                title: title.clone(),
            }]),
        }
    }

    /// Notes that a member came, whose own stream says so for the first time (F4).
    pub fn receive(
        &self,
        emergency: &EmergencyId,
        member: &MemberId,
        unit: Option<&UnitId>,
        arrived: &Arrived,
    ) -> Decision<Self> {
        self.must_be_in_force(emergency)?;
        Ok(vec![EmergencyEvent::MemberMustered {
            member: member.clone(),
            unit: unit.cloned(),
            community: arrived.community.clone(),
            grid: arrived.grid.clone(),
            posted: arrived.posted,
        }])
    }

    /// Turns the scope back to routine (F3).
    pub fn stand_down(&self, emergency: &EmergencyId, outcome: EmergencyOutcome) -> Decision<Self> {
        let scope = self.scope(emergency)?.division.clone();
        match self.ended {
            Some(known) if known == outcome => Ok(vec![]),
            Some(_) => Err(refusal::over(emergency)),
            None => Ok(vec![EmergencyEvent::EmergencyStoodDown { scope, outcome }]),
        }
    }
}
