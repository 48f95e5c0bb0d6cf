//! What the rules of a member read.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::discipline::{Case, Disqualification};
use super::{DwellingKind, ExclusionReason, MemberEvent, MemberRank};
use crate::decider::Decider;
use crate::ids::{CommunityCode, DemandId, EstateId, GridCode, GroupId, HouseholdId, Term, UnitId};
use crate::points::{Cards, Work};
use crate::policy::ReportKind;

/// Minutes per day are kept for so long; older days take no more service.
const DAYS_KEPT: u64 = 120;

/// A member.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Member {
    pub(super) enrolled: Option<Enrolled>,
    pub(super) retired: bool,
    pub(super) exclusion: Option<Exclusion>,
    pub(super) residence: Option<Residence>,
    pub(super) reports: BTreeMap<ReportKind, CommunityCode>,
    pub(super) estates: BTreeSet<EstateId>,
    pub(super) posts: BTreeSet<(GridCode, Term)>,
    pub(super) groups: BTreeSet<GroupId>,
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

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Enrolled {
    pub(super) unit: UnitId,
    pub(super) rank: MemberRank,
    pub(super) skills: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Exclusion {
    pub(super) reason: ExclusionReason,
    pub(super) from: NaiveDate,
    pub(super) until: Option<NaiveDate>,
}

/// Where a member lives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Residence {
    /// The community.
    pub community: CommunityCode,
    /// The kind of dwelling.
    pub dwelling: DwellingKind,
    /// The estate or building.
    pub estate: Option<EstateId>,
}

impl Decider for Member {
    const TYPE: &'static str = "member";
    type Event = MemberEvent;

    fn evolve(&mut self, fact: &MemberEvent) {
        use MemberEvent as E;
        match fact {
            E::MemberEnrolled { unit, rank, skills, .. } => {
                self.enrolled = Some(Enrolled { unit: unit.clone(), rank: *rank, skills: skills.clone() });
            }
            E::MemberTransferred { to, .. } => {
                if let Some(enrolled) = &mut self.enrolled {
                    enrolled.unit = to.clone();
                }
                self.reports.remove(&ReportKind::UnitLinked);
            }
            E::MemberRetired { .. } => self.retired = true,
            E::MemberExcluded { reason, from, until } => {
                self.exclusion = Some(Exclusion { reason: *reason, from: *from, until: *until });
            }
            E::MemberReinstated { .. } => self.exclusion = None,
            E::ResidenceRecorded { community, dwelling, estate, previous, .. } => {
                if previous.as_ref().is_some_and(|previous| previous != community) {
                    self.reports.remove(&ReportKind::Residence);
                }
                self.residence = Some(Residence {
                    community: community.clone(),
                    dwelling: *dwelling,
                    estate: estate.clone(),
                });
            }
            E::MemberReported { kind, community, .. } => {
                self.reports.insert(*kind, community.clone());
            }
            E::MemberAssignedToEstate { estate, .. } => {
                self.estates.insert(estate.clone());
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
    fn evolve_network(&mut self, fact: &MemberEvent) {
        match fact {
            MemberEvent::PostTaken { grid, slot } => {
                self.posts.insert((grid.clone(), slot.clone()));
            }
            MemberEvent::PostLeft { grid, slot } => {
                self.posts.remove(&(grid.clone(), slot.clone()));
            }
            MemberEvent::GroupJoined { group, .. } => {
                self.groups.insert(group.clone());
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
            _ => {}
        }
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
                *self.minutes.entry(*on).or_default() += minutes;
                if let Some(oldest) = on.checked_sub_days(Days::new(DAYS_KEPT)) {
                    self.minutes = self.minutes.split_off(&oldest);
                }
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
        self.enrolled.as_ref().map(|enrolled| &enrolled.unit)
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
        self.residence.as_ref()
    }

    /// The communities reported to.
    pub fn reported_to(&self) -> impl Iterator<Item = &CommunityCode> {
        self.reports.values()
    }

    /// Whether the member has reported to the community, in either capacity.
    pub fn has_reported_to(&self, community: &CommunityCode) -> bool {
        self.reports.values().any(|reported| reported == community)
    }

    /// Slots held, by grid.
    pub fn posts(&self) -> &BTreeSet<(GridCode, Term)> {
        &self.posts
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

    /// Whether an exclusion covers the date (A5).
    pub fn is_excluded_on(&self, date: NaiveDate) -> bool {
        self.exclusion.as_ref().is_some_and(|exclusion| {
            exclusion.from <= date && exclusion.until.is_none_or(|until| date <= until)
        })
    }
}
