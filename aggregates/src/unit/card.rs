//! The unit's part in services, and its point card (C2, D1, E9).

use super::{Unit, UnitEvent, refusal};
use crate::Refusal;
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::{CommunityCode, DemandId, Term, UnitId};
use crate::points::{self, Filing, Holder, LineWanted, Opening, PointLine, Reversal, ShareOf, Work};
use crate::policy::{CardHolderKind, ClauseKind, percent_of};

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

    /// Adds the unit's part of a member's service points (C5), rounded half away from zero; a part that rounds to
    /// nothing adds no line. `points` are those of the member's line, `share_of` names it.
    pub fn share_service(
        &self,
        points: i64,
        work: Work,
        community: &CommunityCode,
        demand: &DemandId,
        share_of: &ShareOf,
        at: &Circumstance,
    ) -> Decision<Self> {
        let share = percent_of(points, i64::from(at.policy.card.unit_share_percent.value));
        if share == 0 {
            return Ok(vec![]);
        }
        let about = LineWanted {
            clause: Term::new(SERVICE_SHARE).unwrap_or_default(),
            work,
            community,
            demand: Some(demand),
            shared_with: None,
            share_of: Some(share_of.clone()),
        };
        let line = self.cards.line(share, about, at)?;
        Ok(self.with_opening(line, at))
    }

    /// A bonus under a clause (D1), by a community that the unit is linked to.
    pub fn award(
        &self,
        unit: &UnitId,
        clause: &Term,
        work: Work,
        community: &CommunityCode,
        at: &Circumstance,
    ) -> Decision<Self> {
        self.by_hand(ClauseKind::Bonus, unit, clause, work, community, at)
    }

    /// A penalty under a clause (D1), by a community that the unit is linked to.
    pub fn penalise(
        &self,
        unit: &UnitId,
        clause: &Term,
        work: Work,
        community: &CommunityCode,
        at: &Circumstance,
    ) -> Decision<Self> {
        self.by_hand(ClauseKind::Penalty, unit, clause, work, community, at)
    }

    fn by_hand(
        &self,
        kind: ClauseKind,
        unit: &UnitId,
        clause: &Term,
        work: Work,
        community: &CommunityCode,
        at: &Circumstance,
    ) -> Decision<Self> {
        self.must_not_be_actor(unit, at)?;
        if !self.is_linked_to(community) {
            return Err(refusal::not_linked(community));
        }
        let line = self.cards.clause_line(clause, kind, CardHolderKind::Unit, work, community, at)?;
        Ok(self.with_opening(line, at))
    }

    /// Takes a line back, by hand. A share of a member's line goes with that line only.
    pub fn reverse(&self, unit: &UnitId, year: i32, line: &Term, at: &Circumstance) -> Decision<Self> {
        self.must_not_be_actor(unit, at)?;
        Ok(taken_back([self.cards.reversal(year, line, at)?]))
    }

    /// Takes back the share of a member's line, when that line is taken back; nothing where it had rounded to nothing.
    pub fn reverse_share(&self, share: &ShareOf, at: &Circumstance) -> Decision<Self> {
        Ok(taken_back(self.cards.reversals_of_share(share, at)?))
    }

    /// Takes back whatever the ratings of a demand gave, when it is opened again.
    pub fn reverse_demand(&self, demand: &DemandId, at: &Circumstance) -> Decision<Self> {
        Ok(taken_back(self.cards.reversals_of(demand, at)?))
    }

    /// Closes the year with what the feedback card filed (D2).
    pub fn close_year(&self, unit: &UnitId, filing: &Filing) -> Decision<Self> {
        self.must_be_enrolled(unit)?;
        Ok(vec![UnitEvent::YearClosed { filing: filing.clone() }])
    }

    /// Reminds the unit after a bad rating (差评提醒, E9); once for a service rendered.
    pub fn remind(&self, demand: &DemandId, community: &CommunityCode, stars: u8) -> Decision<Self> {
        if self.reminded.contains(demand) {
            return Ok(vec![]);
        }
        Ok(vec![UnitEvent::ReminderSent { demand: demand.clone(), community: community.clone(), stars }])
    }

    /// Opens the card of the circumstance's year, so that it stands at its base.
    pub fn open_card(&self, at: &Circumstance) -> Vec<UnitEvent> {
        opened(self.cards.opening(at))
    }

    /// Opens the card of a year under the policy of that year (a year without any line still has its base).
    pub fn open_card_of(&self, year: i32, policy: &crate::policy::Policy) -> Vec<UnitEvent> {
        opened(self.cards.opening_of(year, policy))
    }

    fn must_not_be_actor(&self, unit: &UnitId, at: &Circumstance) -> Result<(), Refusal> {
        self.must_be_enrolled(unit)?;
        if Holder::Unit(unit.clone()).has_a_hand_in(at) { Err(points::refusal::own_card()) } else { Ok(()) }
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

impl UnitEvent {
    /// The year whose feedback card no longer tells the truth after this fact.
    pub fn moves_card_of(&self) -> Option<i32> {
        match self {
            Self::PointsAwarded { line } | Self::PointsDeducted { line } => Some(line.year),
            Self::PointsReversed { reversal } => Some(reversal.year),
            _ => None,
        }
    }
}

fn opened(opening: Option<Opening>) -> Vec<UnitEvent> {
    opening.map(|opening| UnitEvent::CardOpened { opening }).into_iter().collect()
}

fn taken_back(reversals: impl IntoIterator<Item = Reversal>) -> Vec<UnitEvent> {
    reversals.into_iter().map(|reversal| UnitEvent::PointsReversed { reversal }).collect()
}
