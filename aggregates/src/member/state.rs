//! What the rules of a member read.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::discipline::{Case, Disqualification};
use super::exclusion::Exclusion;
use super::{MemberEvent, MemberRank, MemberStatus, Residence, Standing};
use crate::decider::Decider;
use crate::ids::{
    CommunityCode, DemandId, EmergencyId, EstateId, GridCode, GroupId, HouseholdId, Term, UnitId,
};
use crate::points::{Cards, Work};

/// Minutes per day are kept for so long; older days take no more service.
const DAYS_KEPT: u64 = 120;

/// A member.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Member {
    pub(super) enrolled: Option<Enrolled>,
    pub(super) standing: Standing,
    pub(super) retired_on: Option<NaiveDate>,
    pub(super) exclusion: Option<Exclusion>,
    pub(super) reinstated_from: Option<NaiveDate>,
    pub(super) estates: BTreeMap<EstateId, CommunityCode>,
    pub(super) posts: BTreeMap<GridCode, BTreeMap<Term, Post>>,
    pub(super) musters: BTreeSet<EmergencyId>,
    pub(super) groups: BTreeMap<GroupId, CommunityCode>,
    pub(super) pairs: BTreeSet<HouseholdId>,
    pub(super) tasks: BTreeMap<DemandId, Work>,
    pub(super) minutes: BTreeMap<NaiveDate, u32>,
    pub(super) cards: Cards,
    pub(super) cases: BTreeMap<i32, BTreeMap<Term, Case>>,
    pub(super) disqualified: BTreeMap<i32, Disqualification>,
    pub(super) reminded: BTreeSet<DemandId>,
    pub(super) praise_consent: bool,
    pub(super) praised: BTreeMap<DemandId, CommunityCode>,
}

/// A slot held: from the first day to before the day `until`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Post {
    /// Duty or voluntary.
    pub work: Work,
    /// First day.
    pub from: NaiveDate,
    /// First day no longer in the slot, when known.
    pub until: Option<NaiveDate>,
}

/// Particulars of the enrolment that are no part of the standing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Enrolled {
    pub(super) rank: MemberRank,
    pub(super) skills: Vec<Term>,
    /// The unit before the present one.
    pub(super) came_from: Option<UnitId>,
    /// First day in the present unit.
    pub(super) since: NaiveDate,
}

impl Decider for Member {
    const TYPE: &'static str = "member";
    type Event = MemberEvent;

    fn evolve(&mut self, fact: &MemberEvent) {
        use MemberEvent as E;
        self.standing.take(fact);
        match fact {
            E::MemberEnrolled { .. }
            | E::MemberTransferred { .. }
            | E::MemberRetired { .. }
            | E::MemberExcluded { .. }
            | E::ExclusionBegan { .. }
            | E::MemberReinstated { .. }
            | E::ResidenceRecorded { .. }
            | E::MemberReported { .. }
            | E::MemberAssignedToEstate { .. }
            | E::MemberLeftEstate { .. } => self.evolve_enrolment(fact),
            E::Mustered { emergency, .. } => {
                self.musters.insert(emergency.clone());
            }
            E::PostTaken { .. }
            | E::PostLeft { .. }
            | E::GroupJoined { .. }
            | E::GroupLeft { .. }
            | E::HouseholdPaired { .. }
            | E::HouseholdUnpaired { .. }
            | E::VisitMade { .. } => {
                self.evolve_network(fact);
            }
            E::TaskTaken { .. }
            | E::TaskReleased { .. }
            | E::TaskDeclined { .. }
            | E::ServiceRendered { .. }
            | E::ServiceAppraised { .. } => {
                self.evolve_service(fact);
            }
            E::CardOpened { opening } => self.cards.open(opening),
            E::PointsAwarded { line } | E::PointsDeducted { line } => self.cards.add(line),
            E::PointsReversed { reversal } => self.cards.take_back(reversal),
            E::YearClosed { filing } => self.cards.file(filing),
            E::ReminderSent { .. }
            | E::PraiseConsented { .. }
            | E::PraisePublished { .. }
            | E::PraiseWithdrawn { .. } => self.evolve_praise(fact),
            _ => self.evolve_discipline(fact),
        }
    }
}

impl Member {
    fn evolve_enrolment(&mut self, fact: &MemberEvent) {
        match fact {
            MemberEvent::MemberEnrolled { rank, skills, on, .. } => {
                self.enrolled =
                    Some(Enrolled { rank: *rank, skills: skills.clone(), came_from: None, since: *on });
            }
            MemberEvent::MemberTransferred { from, on, .. } => {
                if let Some(enrolled) = &mut self.enrolled {
                    enrolled.came_from = Some(from.clone());
                    enrolled.since = *on;
                }
            }
            MemberEvent::MemberRetired { on, .. } => self.retired_on = Some(*on),
            MemberEvent::MemberExcluded { reason, from, until } => {
                self.exclusion = Some(Exclusion { reason: *reason, from: *from, until: *until });
            }
            MemberEvent::MemberReinstated { from, .. } => {
                self.exclusion = None;
                self.reinstated_from = Some(*from);
            }
            MemberEvent::MemberAssignedToEstate { estate, community } => {
                self.estates.insert(estate.clone(), community.clone());
            }
            MemberEvent::MemberLeftEstate { estate, .. } => {
                self.estates.remove(estate);
            }
            _ => {}
        }
    }

    fn evolve_network(&mut self, fact: &MemberEvent) {
        match fact {
            MemberEvent::PostTaken { grid, slot, work, from } => {
                let post = Post { work: *work, from: *from, until: None };
                self.posts.entry(grid.clone()).or_default().insert(slot.clone(), post);
            }
            MemberEvent::PostLeft { grid, slot, on } => {
                if let Some(post) = self.posts.get_mut(grid).and_then(|slots| slots.get_mut(slot)) {
                    post.until = Some(*on);
                }
            }
            MemberEvent::GroupJoined { group, community } => {
                self.groups.insert(group.clone(), community.clone());
            }
            MemberEvent::GroupLeft { group, .. } => {
                self.groups.remove(group);
            }
            MemberEvent::HouseholdPaired { household, .. } => {
                self.pairs.insert(household.clone());
            }
            MemberEvent::HouseholdUnpaired { household, .. } => {
                self.pairs.remove(household);
            }
            MemberEvent::VisitMade { minutes: Some(minutes), on, .. } => self.add_minutes(*minutes, *on),
            _ => {}
        }
    }

    fn add_minutes(&mut self, minutes: u32, on: NaiveDate) {
        let day = self.minutes.entry(on).or_default();
        *day = day.saturating_add(minutes);
        let oldest = self.oldest_day();
        self.minutes = self.minutes.split_off(&oldest);
    }

    /// The oldest day whose minutes are still known.
    pub(super) fn oldest_day(&self) -> NaiveDate {
        self.minutes
            .last_key_value()
            .and_then(|(newest, _)| newest.checked_sub_days(Days::new(DAYS_KEPT)))
            .unwrap_or(NaiveDate::MIN)
    }

    fn evolve_service(&mut self, fact: &MemberEvent) {
        match fact {
            MemberEvent::TaskTaken { demand, work, .. } => {
                self.tasks.insert(demand.clone(), *work);
            }
            MemberEvent::TaskReleased { demand, .. } => {
                self.tasks.remove(demand);
            }
            MemberEvent::ServiceRendered { demand, minutes, on, .. } => {
                self.tasks.remove(demand);
                self.reminded.remove(demand);
                self.add_minutes(*minutes, *on);
            }
            _ => {}
        }
    }

    /// Whether the member was entered.
    pub fn is_enrolled(&self) -> bool {
        self.enrolled.is_some()
    }

    /// The member's unit.
    pub fn unit(&self) -> Option<&UnitId> {
        self.standing.unit.as_ref()
    }

    /// How the member stands towards reports and denominators.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Whether the member has retired.
    pub fn is_retired(&self) -> bool {
        self.standing.status == MemberStatus::Retired
    }

    /// The member's rank.
    pub fn rank(&self) -> Option<MemberRank> {
        self.enrolled.as_ref().map(|enrolled| enrolled.rank)
    }

    /// What the member is good at (C6).
    pub fn skills(&self) -> &[Term] {
        self.enrolled.as_ref().map_or(&[], |enrolled| &enrolled.skills)
    }

    /// Where the member lives.
    pub fn residence(&self) -> Option<&Residence> {
        self.standing.residence.as_ref()
    }

    /// The communities reported to.
    pub fn reported_to(&self) -> impl Iterator<Item = &CommunityCode> {
        self.standing.reported.values()
    }

    /// Whether the member has reported to the community, in either capacity.
    pub fn has_reported_to(&self, community: &CommunityCode) -> bool {
        self.standing.reported.values().any(|reported| reported == community)
    }

    /// The estates served in, each with its community (A8).
    pub fn estates(&self) -> &BTreeMap<EstateId, CommunityCode> {
        &self.estates
    }

    /// The groups joined, each with its community (C6).
    pub fn groups(&self) -> &BTreeMap<GroupId, CommunityCode> {
        &self.groups
    }

    /// Slots held whose end is not recorded.
    pub fn posts(&self) -> impl Iterator<Item = (&GridCode, &Term)> {
        self.posts_beyond(NaiveDate::MAX)
    }

    /// Slots held on the day or later.
    pub fn posts_beyond(&self, date: NaiveDate) -> impl Iterator<Item = (&GridCode, &Term)> {
        self.posts
            .iter()
            .flat_map(|(grid, slots)| slots.iter().map(move |(slot, post)| (grid, slot, post)))
            .filter(move |(_, _, post)| post.until.is_none_or(|until| until > date))
            .map(|(grid, slot, _)| (grid, slot))
    }

    /// Whether the member is posted in the grid on the day: a voluntary post is no duty (E6, gap G7).
    pub fn has_duty_in(&self, grid: &GridCode, date: NaiveDate) -> bool {
        self.posts.get(grid).is_some_and(|slots| {
            slots.values().any(|post| {
                post.work == Work::Duty && post.from <= date && post.until.is_none_or(|until| until > date)
            })
        })
    }

    /// Households paired with.
    pub fn pairs(&self) -> &BTreeSet<HouseholdId> {
        &self.pairs
    }

    /// Demands taken and not yet done.
    pub fn tasks(&self) -> &BTreeMap<DemandId, Work> {
        &self.tasks
    }

    /// The member's cards.
    pub fn cards(&self) -> &Cards {
        &self.cards
    }
}
