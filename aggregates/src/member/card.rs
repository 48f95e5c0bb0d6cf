//! The member's point card (C5, D1) and the closing of its year (D2).

use super::{Member, MemberEvent, refusal};
use crate::Refusal;
use crate::circumstance::Circumstance;
use crate::decider::Decision;
use crate::ids::{CommunityCode, DemandId, MemberId, Term, UnitId};
use crate::points::{self, Filing, Holder, LineWanted, Opening, PointLine, Reversal, Work};
use crate::policy::{CardHolderKind, ClauseKind, Policy};

/// The clause name of points for a rated service.
pub const SERVICE: &str = "service";

impl Member {
    /// Takes the rating of a service, and its points: the difficulty's points by the policy's stars (C5).
    /// `shared_with` is the unit whose card shares in them. Returns the facts; the points are in the line among them.
    #[allow(clippy::too_many_arguments)] // One rating, told whole: what was rated, how, and who shares in it.
    pub fn be_rated(
        &self,
        demand: &DemandId,
        community: &CommunityCode,
        stars: u8,
        difficulty_points: i64,
        work: Work,
        shared_with: Option<&UnitId>,
        at: &Circumstance,
    ) -> Decision<Self> {
        let mut facts = vec![MemberEvent::ServiceAppraised {
            demand: demand.clone(),
            community: community.clone(),
            stars,
        }];
        let points = at.policy.card.service_points(difficulty_points, stars);
        if points != 0 {
            let about = LineWanted {
                clause: Term::new(SERVICE).unwrap_or_default(),
                work,
                community,
                demand: Some(demand),
                shared_with,
                share_of: None,
            };
            facts.extend(self.with_opening(self.cards.line(points, about, at)?, at));
        }
        Ok(facts)
    }

    /// A bonus under a clause of the policy (D1: 优秀表现加分), by a community that the member has reported to.
    pub fn award(
        &self,
        member: &MemberId,
        clause: &Term,
        work: Work,
        community: &CommunityCode,
        at: &Circumstance,
    ) -> Decision<Self> {
        self.by_hand(ClauseKind::Bonus, member, clause, work, community, at)
    }

    /// A penalty under a clause of the policy (D1: 差评表现减分), by a community that the member has reported to.
    pub fn penalise(
        &self,
        member: &MemberId,
        clause: &Term,
        work: Work,
        community: &CommunityCode,
        at: &Circumstance,
    ) -> Decision<Self> {
        self.by_hand(ClauseKind::Penalty, member, clause, work, community, at)
    }

    fn by_hand(
        &self,
        kind: ClauseKind,
        member: &MemberId,
        clause: &Term,
        work: Work,
        community: &CommunityCode,
        at: &Circumstance,
    ) -> Decision<Self> {
        self.must_not_be_actor(member, at)?;
        if !self.has_reported_to(community) {
            return Err(refusal::not_reported(member));
        }
        let line = self.cards.clause_line(clause, kind, CardHolderKind::Member, work, community, at)?;
        Ok(self.with_opening(line, at))
    }

    /// Takes a line back, by hand. Lines are never edited. The unit that shares in it is told by
    /// [`points::Card::shared_with`] and takes its share back in the same step.
    pub fn reverse(&self, member: &MemberId, year: i32, line: &Term, at: &Circumstance) -> Decision<Self> {
        self.must_not_be_actor(member, at)?;
        Ok(taken_back([self.cards.reversal(year, line, at)?]))
    }

    /// Takes back whatever the ratings of a demand gave, points and praise, when it is opened again.
    pub fn reverse_demand(&self, demand: &DemandId, at: &Circumstance) -> Decision<Self> {
        let mut facts = taken_back(self.cards.reversals_of(demand, at)?);
        facts.extend(self.unpraise(demand));
        Ok(facts)
    }

    /// Opens the card of the circumstance's year, so that it stands at its base.
    pub fn open_card(&self, at: &Circumstance) -> Vec<MemberEvent> {
        opened(self.cards.opening(at))
    }

    /// Opens the card of a year under the policy of that year (a year without any line still has its base).
    pub fn open_card_of(&self, year: i32, policy: &Policy) -> Vec<MemberEvent> {
        opened(self.cards.opening_of(year, policy))
    }

    /// Closes the year with what the feedback card filed (D2).
    pub fn close_year(&self, member: &MemberId, filing: &Filing) -> Decision<Self> {
        self.must_be_enrolled(member)?;
        Ok(vec![MemberEvent::YearClosed { filing: filing.clone() }])
    }

    fn must_not_be_actor(&self, member: &MemberId, at: &Circumstance) -> Result<(), Refusal> {
        self.must_be_enrolled(member)?;
        if Holder::Member(member.clone()).has_a_hand_in(at) {
            Err(points::refusal::own_card())
        } else {
            Ok(())
        }
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

impl MemberEvent {
    /// The year whose feedback card no longer tells the truth after this fact.
    pub fn moves_card_of(&self) -> Option<i32> {
        match self {
            Self::PointsAwarded { line } | Self::PointsDeducted { line } => Some(line.year),
            Self::PointsReversed { reversal } => Some(reversal.year),
            Self::MemberDisqualified { year, .. } | Self::DisqualificationLifted { year, .. } => Some(*year),
            _ => None,
        }
    }
}

fn opened(opening: Option<Opening>) -> Vec<MemberEvent> {
    opening.map(|opening| MemberEvent::CardOpened { opening }).into_iter().collect()
}

fn taken_back(reversals: impl IntoIterator<Item = Reversal>) -> Vec<MemberEvent> {
    reversals.into_iter().map(|reversal| MemberEvent::PointsReversed { reversal }).collect()
}
