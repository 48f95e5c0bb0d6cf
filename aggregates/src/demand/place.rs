//! Placing (C1, C2, C10, C11, C12).

use serde::{Deserialize, Serialize};

use super::deadline::deadlines;
use super::screen::entry;
use super::{Channel, Demand, DemandEvent, DemandKind, DemandWords, Urgency, refusal};
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::{ActorId, CommunityCode, DemandId, EstateId, GridCode, HouseholdId, Term};

/// The particulars of a new demand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewDemand {
    /// What sort.
    pub kind: DemandKind,
    /// By which way it came.
    pub channel: Channel,
    /// Entry of the duty catalogue.
    pub category: Term,
    /// Its community.
    pub community: CommunityCode,
    /// Its grid, when known.
    pub grid: Option<GridCode>,
    /// Its estate or building, when known.
    pub estate: Option<EstateId>,
    /// The key household that asks, when one does.
    pub household: Option<HouseholdId>,
    /// Who asks: opaque.
    pub placed_by: Option<ActorId>,
    /// How pressing.
    pub urgency: Urgency,
    /// What is wanted, and how to reach whoever asks.
    #[serde(default)]
    pub words: Option<DemandWords>,
}

impl Demand {
    /// Places the demand with the deadlines of the policy's SLA (C11). What came on a 百姓说事日 came on the policy's
    /// weekday (C10); on any other day it came by another channel.
    pub fn place(&self, demand: &DemandId, new: &NewDemand, at: &Circumstance) -> Decision<Self> {
        if let Some(placed) = &self.placed {
            let as_asked = NewDemand { category: self.asked.clone(), ..placed.clone() };
            return if as_asked == *new { Ok(vec![]) } else { Err(refusal::placed_otherwise(demand)) };
        }
        entry(&new.category, at)?;
        if let Some(grid) = new.grid.as_ref().filter(|grid| grid.community() != new.community) {
            return Err(refusal::grid_elsewhere(grid));
        }
        if let Some(day) = at.policy.demand.talk_day.as_ref().map(|day| day.value)
            && new.channel == Channel::TalkDay
            && !day.is(at.date())
        {
            return Err(refusal::not_the_talk_day(day.zh(), day.en()));
        }
        let sla = at.policy.demand.sla(new.kind, new.urgency);
        Ok(vec![DemandEvent::DemandPlaced {
            demand: demand.clone(),
            kind: new.kind,
            channel: new.channel,
            category: new.category.clone(),
            community: new.community.clone(),
            grid: new.grid.clone(),
            estate: new.estate.clone(),
            household: new.household.clone(),
            placed_by: new.placed_by.clone(),
            entered_by: at.actor.id.clone(),
            urgency: new.urgency,
            sla: sla.map(|sla| sla.name.clone()),
            due: deadlines(new.kind, new.urgency, at),
            words: new.words.clone(),
            forget_days: new.words.as_ref().map(|_| at.policy.demand.contact_days()),
        }])
    }
}
