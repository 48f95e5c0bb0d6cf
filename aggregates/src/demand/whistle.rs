//! 吹哨报到 (F15): the community whistles for departments about a demand, each department reports.

use std::collections::BTreeSet;

use super::deadline::deadline;
use super::{Demand, DemandEvent, Phase, refusal};
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::{DemandId, UnitId};
use crate::policy::Stage;

impl Demand {
    /// Whistles for departments, who answer within the policy's time for the stage `answered`, counted from now.
    /// Departments that are called already and have not answered yet keep their deadline.
    pub fn whistle(&self, demand: &DemandId, departments: &[UnitId], at: &Circumstance) -> Decision<Self> {
        let placed = self.particulars(demand)?;
        match &self.phase {
            Phase::Completed { .. } => return Err(refusal::completed_already()),
            Phase::Withdrawn | Phase::Closed { .. } => return Err(refusal::over()),
            _ => {}
        }
        if departments.is_empty() {
            return Err(refusal::no_department());
        }
        let Some(answer_by) = deadline(placed.kind, placed.urgency, Stage::Answered, at) else {
            return Err(refusal::no_answer_term());
        };
        let waiting = |department: &UnitId| self.whistles.get(department).is_some_and(|call| !call.answered);
        let called: BTreeSet<&UnitId> =
            departments.iter().filter(|department| !waiting(department)).collect();
        if called.is_empty() {
            return Ok(vec![]);
        }
        Ok(vec![DemandEvent::WhistleBlown {
            community: placed.community.clone(),
            departments: called.into_iter().cloned().collect(),
            answer_by,
        }])
    }

    /// A department that was called reports. It may still do so after the demand is over: the call stands.
    pub fn answer_whistle(
        &self,
        demand: &DemandId,
        department: &UnitId,
        at: &Circumstance,
    ) -> Decision<Self> {
        let placed = self.particulars(demand)?;
        let Some(call) = self.whistles.get(department) else {
            return Err(refusal::not_called(department));
        };
        if call.answered {
            return Ok(vec![]);
        }
        Ok(vec![DemandEvent::DepartmentAnswered {
            community: placed.community.clone(),
            department: department.clone(),
            on_time: at.at <= call.answer_by,
        }])
    }
}
