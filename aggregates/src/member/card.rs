//! The member's point card, praise and reminders (C5, D1, E9).

use super::{Member, MemberEvent, refusal};
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::{CommunityCode, DemandId, MemberId, Term};
use crate::points::{PointLine, Work};
use crate::policy::{CardHolderKind, ClauseKind};

/// The clause name of points for a rated service.
pub const SERVICE: &str = "service";

impl Member {
    /// Takes the rating of a service, and its points: the difficulty's points by the policy's stars (C5).
    /// Returns the facts; the points are in the line among them.
    pub fn be_rated(
        &self,
        demand: &DemandId,
        community: &CommunityCode,
        stars: u8,
        difficulty_points: i64,
        work: Work,
        at: &Circumstance,
    ) -> Decision<Self> {
        let mut facts = vec![MemberEvent::ServiceAppraised {
            demand: demand.clone(),
            community: community.clone(),
            stars,
        }];
        let points = at.policy.card.service_points(difficulty_points, stars);
        if points != 0 {
            let clause = Term::new(SERVICE).unwrap_or_default();
            let line = self.cards.service_line(clause, points, work, community, demand, at);
            facts.extend(self.with_opening(line, at));
        }
        Ok(facts)
    }

    /// A bonus under a clause of the policy (D1: 优秀表现加分).
    pub fn award(
        &self,
        member: &MemberId,
        clause: &Term,
        work: Work,
        community: &CommunityCode,
        at: &Circumstance,
    ) -> Decision<Self> {
        self.must_be_enrolled(member)?;
        let line =
            self.cards.clause_line(clause, ClauseKind::Bonus, CardHolderKind::Member, work, community, at)?;
        Ok(self.with_opening(line, at))
    }

    /// A penalty under a clause of the policy (D1: 差评表现减分).
    pub fn penalise(
        &self,
        member: &MemberId,
        clause: &Term,
        work: Work,
        community: &CommunityCode,
        at: &Circumstance,
    ) -> Decision<Self> {
        self.must_be_enrolled(member)?;
        let line = self.cards.clause_line(
            clause,
            ClauseKind::Penalty,
            CardHolderKind::Member,
            work,
            community,
            at,
        )?;
        Ok(self.with_opening(line, at))
    }

    /// Takes a line back. Lines are never edited.
    pub fn reverse(&self, member: &MemberId, year: i32, line: &Term) -> Decision<Self> {
        self.must_be_enrolled(member)?;
        Ok(vec![MemberEvent::PointsReversed { reversal: self.cards.reversal(year, line)? }])
    }

    /// Takes back whatever the ratings of a demand gave, when it is reopened.
    pub fn reverse_demand(&self, demand: &DemandId) -> Decision<Self> {
        self.cards
            .live_lines_of(demand)
            .iter()
            .map(|(year, line)| {
                Ok(MemberEvent::PointsReversed { reversal: self.cards.reversal(*year, line)? })
            })
            .collect()
    }

    /// Opens the card of the year, so that it stands at its base.
    pub fn open_card(&self, at: &Circumstance) -> Vec<MemberEvent> {
        self.cards.opening(at).map(|opening| MemberEvent::CardOpened { opening }).into_iter().collect()
    }

    /// Reminds the member after a bad rating (差评提醒, E9); once for a rating.
    pub fn remind(&self, demand: &DemandId, community: &CommunityCode, stars: u8) -> Decision<Self> {
        if self.reminded.contains(&(demand.clone(), stars)) {
            return Ok(vec![]);
        }
        Ok(vec![MemberEvent::ReminderSent { demand: demand.clone(), community: community.clone(), stars }])
    }

    /// The member's word on being named on praise lists (E9, gap G8).
    pub fn consent_to_praise(&self, member: &MemberId, consents: bool) -> Decision<Self> {
        self.must_be_enrolled(member)?;
        if self.praise_consent == consents {
            return Ok(vec![]);
        }
        Ok(vec![MemberEvent::PraiseConsented { consents }])
    }

    /// Puts a service on the community's praise list (好评张榜, E9), with consent only.
    pub fn be_praised(
        &self,
        member: &MemberId,
        demand: &DemandId,
        community: &CommunityCode,
    ) -> Decision<Self> {
        self.must_be_enrolled(member)?;
        if !self.praise_consent {
            return Err(refusal::no_consent(member));
        }
        if self.praised.contains(demand) {
            return Ok(vec![]);
        }
        Ok(vec![MemberEvent::PraisePublished { demand: demand.clone(), community: community.clone() }])
    }

    fn with_opening(&self, line: PointLine, at: &Circumstance) -> Vec<MemberEvent> {
        let mut facts = self.open_card(at);
        facts.push(if line.points < 0 {
            MemberEvent::PointsDeducted { line }
        } else {
            MemberEvent::PointsAwarded { line }
        });
        facts
    }
}
