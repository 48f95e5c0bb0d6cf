//! The unit's part in services, and its point card (C2, D1, E9).

use super::{Unit, UnitEvent, refusal};
use crate::Refusal;
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::{CommunityCode, DemandId, Term, UnitId};
use crate::points::{PointLine, Work};
use crate::policy::{CardHolderKind, ClauseKind};

/// The clause name of a unit's part in its members' service points.
pub const SERVICE_SHARE: &str = "service_share";

impl Unit {
    /// Refuses a unit to which no demand of the community may be offered: one that was never entered, or has no link
    /// with the community.
    pub fn must_be_offerable(&self, unit: &UnitId, community: &CommunityCode) -> Result<(), Refusal> {
        self.must_be_enrolled(unit)?;
        if self.is_linked_to(community) { Ok(()) } else { Err(refusal::not_linked(community)) }
    }

    /// Takes a demand of a linked community (C2).
    pub fn take(
        &self,
        unit: &UnitId,
        demand: &DemandId,
        community: &CommunityCode,
        category: &Term,
    ) -> Decision<Self> {
        if self.tasks.contains(demand) {
            return Ok(vec![]);
        }
        self.must_be_offerable(unit, community)?;
        Ok(vec![UnitEvent::TaskTaken {
            demand: demand.clone(),
            community: community.clone(),
            category: category.clone(),
        }])
    }

    /// Gives a demand back; `lapsed` when the claim ran out by itself.
    pub fn give_back(&self, demand: &DemandId, community: &CommunityCode, lapsed: bool) -> Decision<Self> {
        if !self.tasks.contains(demand) {
            return Ok(vec![]);
        }
        Ok(vec![UnitEvent::TaskReleased { demand: demand.clone(), community: community.clone(), lapsed }])
    }

    /// Declines a dispatch; nothing follows from it (C1).
    pub fn decline(&self, unit: &UnitId, demand: &DemandId, community: &CommunityCode) -> Decision<Self> {
        self.must_be_enrolled(unit)?;
        Ok(vec![UnitEvent::TaskDeclined { demand: demand.clone(), community: community.clone() }])
    }

    /// Notes what the unit's members did for a demand.
    pub fn serve(
        &self,
        demand: &DemandId,
        community: &CommunityCode,
        minutes: u32,
        members: u32,
    ) -> Decision<Self> {
        Ok(vec![UnitEvent::ServiceRendered {
            demand: demand.clone(),
            community: community.clone(),
            minutes,
            members,
        }])
    }

    /// Adds the unit's part of a member's service points (C5); a part that rounds to nothing adds no line.
    pub fn share_service(
        &self,
        points: i64,
        work: Work,
        community: &CommunityCode,
        demand: &DemandId,
        at: &Circumstance,
    ) -> Decision<Self> {
        let share = points.saturating_mul(i64::from(at.policy.card.unit_share_percent.value)) / 100;
        if share == 0 {
            return Ok(vec![]);
        }
        let clause = Term::new(SERVICE_SHARE).unwrap_or_default();
        let line = self.cards.service_line(clause, share, work, community, demand, at);
        Ok(self.with_opening(line, at))
    }

    /// A bonus under a clause (D1).
    pub fn award(
        &self,
        unit: &UnitId,
        clause: &Term,
        work: Work,
        community: &CommunityCode,
        at: &Circumstance,
    ) -> Decision<Self> {
        self.must_be_enrolled(unit)?;
        let line =
            self.cards.clause_line(clause, ClauseKind::Bonus, CardHolderKind::Unit, work, community, at)?;
        Ok(self.with_opening(line, at))
    }

    /// A penalty under a clause (D1).
    pub fn penalise(
        &self,
        unit: &UnitId,
        clause: &Term,
        work: Work,
        community: &CommunityCode,
        at: &Circumstance,
    ) -> Decision<Self> {
        self.must_be_enrolled(unit)?;
        let line =
            self.cards.clause_line(clause, ClauseKind::Penalty, CardHolderKind::Unit, work, community, at)?;
        Ok(self.with_opening(line, at))
    }

    /// Takes a line back.
    pub fn reverse(&self, unit: &UnitId, year: i32, line: &Term) -> Decision<Self> {
        self.must_be_enrolled(unit)?;
        Ok(vec![UnitEvent::PointsReversed { reversal: self.cards.reversal(year, line)? }])
    }

    /// Takes back whatever the ratings of a demand gave, when it is reopened.
    pub fn reverse_demand(&self, demand: &DemandId) -> Decision<Self> {
        self.cards
            .live_lines_of(demand)
            .iter()
            .map(|(year, line)| Ok(UnitEvent::PointsReversed { reversal: self.cards.reversal(*year, line)? }))
            .collect()
    }

    /// Reminds the unit after a bad rating (差评提醒, E9); once for a rating.
    pub fn remind(&self, demand: &DemandId, community: &CommunityCode, stars: u8) -> Decision<Self> {
        if self.reminded.contains(&(demand.clone(), stars)) {
            return Ok(vec![]);
        }
        Ok(vec![UnitEvent::ReminderSent { demand: demand.clone(), community: community.clone(), stars }])
    }

    /// Opens the card of the year, so that it stands at its base.
    pub fn open_card(&self, at: &Circumstance) -> Vec<UnitEvent> {
        self.cards.opening(at).map(|opening| UnitEvent::CardOpened { opening }).into_iter().collect()
    }

    fn with_opening(&self, line: PointLine, at: &Circumstance) -> Vec<UnitEvent> {
        let mut facts = self.open_card(at);
        facts.push(if line.points < 0 {
            UnitEvent::PointsDeducted { line }
        } else {
            UnitEvent::PointsAwarded { line }
        });
        facts
    }
}
