//! Deadlines (C11): set from the policy's SLA, extended for a reason, kept or missed.

use chrono::{NaiveDate, NaiveTime};

use super::{Demand, DemandEvent, DemandKind, Due, Phase, Urgency, refusal};
use crate::calendar::WorkCalendar;
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::DemandId;
use crate::policy::{Span, SpanUnit, Stage};
use crate::when::{self, Moment};

impl Demand {
    /// Moves the deadline of a stage that is still awaited by so many working days (C11). The act
    /// carries a reason. A deadline that has passed stays missed.
    pub fn extend(
        &self,
        demand: &DemandId,
        stage: Stage,
        workdays: u32,
        at: &Circumstance,
    ) -> Decision<Self> {
        let placed = self.particulars(demand)?;
        match &self.phase {
            Phase::Completed { .. } => return Err(refusal::completed_already()),
            Phase::Withdrawn | Phase::Closed { .. } => return Err(refusal::over()),
            _ => {}
        }
        let Some(previous) = self.due.get(&stage).filter(|_| awaits(&self.phase, stage)) else {
            return Err(refusal::no_deadline());
        };
        if at.reason.is_none() {
            return Err(refusal::reason_needed());
        }
        let most = at.policy.demand.extension_workdays_max.value;
        if !(1..=most).contains(&workdays) {
            return Err(refusal::extension_length(most));
        }
        let max = at.policy.demand.extensions_max.value;
        if self.extended >= max {
            return Err(refusal::extensions_used_up(max));
        }
        if at.at > *previous {
            return Err(refusal::deadline_past());
        }
        let span = Span { amount: workdays, unit: SpanUnit::Workday };
        Ok(vec![DemandEvent::DeadlineExtended {
            community: placed.community.clone(),
            stage,
            previous: *previous,
            by: WorkCalendar::new(&at.policy.calendar).due(*previous, span),
            times: self.extended + 1,
        }])
    }

    /// Lets a claim lapse whose day is past, or a dispatch whose answer is overdue (C1, C2); nothing to do while it
    /// runs or when there is none.
    pub fn lapse(&self, demand: &DemandId, at: &Circumstance) -> Decision<Self> {
        let community = self.particulars(demand)?.community.clone();
        match (&self.phase, lapses_at(&self.phase)) {
            (Phase::Taken { taker, .. }, Some(last)) if at.at > last => {
                Ok(vec![DemandEvent::ClaimLapsed { community, taker: taker.clone() }])
            }
            (Phase::Dispatched { taker, work, .. }, Some(last)) if at.at > last => {
                Ok(vec![DemandEvent::DispatchLapsed { community, taker: taker.clone(), work: *work }])
            }
            _ => Ok(vec![]),
        }
    }
}

/// The last moment at which a claim or an unanswered dispatch stands; none for what does not lapse.
pub fn lapses_at(phase: &Phase) -> Option<Moment> {
    match phase {
        Phase::Taken { until: Some(until), .. } => Some(end_of(*until)),
        Phase::Dispatched { answer_by, .. } => Some(*answer_by),
        _ => None,
    }
}

/// Whether a stage is still to be reached from a phase. A department's answer has deadlines of its own (F15).
pub fn awaits(phase: &Phase, stage: Stage) -> bool {
    match stage {
        Stage::Screened => matches!(phase, Phase::Placed),
        Stage::Taken => {
            matches!(phase, Phase::Placed | Phase::Screened | Phase::Published | Phase::Dispatched { .. })
        }
        Stage::Completed => phase.is_open(),
        Stage::Answered => false,
    }
}

/// The deadlines of the policy's SLA for a kind and urgency, counted from the circumstance (C11). A department's answer is
/// counted from the whistle instead.
pub(super) fn deadlines(kind: DemandKind, urgency: Urgency, at: &Circumstance) -> Vec<Due> {
    let calendar = WorkCalendar::new(&at.policy.calendar);
    let stages = at.policy.demand.sla(kind, urgency).map(|sla| sla.stages.as_slice()).unwrap_or_default();
    stages
        .iter()
        .filter(|stage| stage.stage != Stage::Answered)
        .map(|stage| Due { stage: stage.stage, by: calendar.due(at.at, stage.within) })
        .collect()
}

/// The deadline of one stage counted from the circumstance; none when the policy sets none.
pub(super) fn deadline(
    kind: DemandKind,
    urgency: Urgency,
    stage: Stage,
    at: &Circumstance,
) -> Option<Moment> {
    let sla = at.policy.demand.sla(kind, urgency)?;
    let within = sla.stages.iter().find(|one| one.stage == stage)?.within;
    Some(WorkCalendar::new(&at.policy.calendar).due(at.at, within))
}

/// The last second of a business date.
fn end_of(date: NaiveDate) -> Moment {
    when::moment(date, NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default())
}
