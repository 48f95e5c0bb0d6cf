//! What the rules of a demand read.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{DemandEvent, DemandKind, NewDemand, Rater, Served, Taker, Urgency};
use crate::Refusal;
use crate::decider::Decider;
use crate::ids::{CommunityCode, DemandId, Term, UnitId};
use crate::points::Work;
use crate::policy::Stage;
use crate::when::Moment;

/// Where a demand stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub enum Phase {
    /// Not placed.
    #[default]
    Absent,
    /// Waits for the community.
    Placed,
    /// Screened: may be published or dispatched.
    Screened,
    /// Open for claims.
    Published,
    /// Dispatched, waits for an answer.
    Dispatched {
        /// To whom.
        taker: Taker,
        /// Duty or voluntary service.
        work: Work,
        /// Until when.
        answer_by: Moment,
    },
    /// Taken: claimed or accepted.
    Taken {
        /// By whom.
        taker: Taker,
        /// Duty or voluntary service.
        work: Work,
        /// When a claim lapses; a dispatch that was accepted does not.
        until: Option<NaiveDate>,
    },
    /// Completed, waits for a rating, or has one.
    Completed {
        /// By whom.
        taker: Taker,
        /// Who served.
        served: Vec<Served>,
        /// Duty or voluntary service.
        work: Work,
        /// On which day it was completed.
        on: NaiveDate,
        /// The rating.
        rating: Option<(u8, Rater)>,
    },
    /// With the body whose duty it is.
    Referred,
    /// Withdrawn or closed.
    Over,
}

/// A demand.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Demand {
    pub(super) placed: Option<NewDemand>,
    pub(super) phase: Phase,
    pub(super) points: i64,
    pub(super) due: BTreeMap<Stage, Moment>,
    pub(super) reopened: u32,
    pub(super) extended: u32,
    pub(super) declined: BTreeSet<Taker>,
    pub(super) whistle: BTreeMap<UnitId, bool>,
    pub(super) whistle_by: Option<Moment>,
    pub(super) published: bool,
}

impl Decider for Demand {
    const TYPE: &'static str = "demand";
    type Event = DemandEvent;

    fn evolve(&mut self, fact: &DemandEvent) {
        use DemandEvent as E;
        match fact {
            E::DemandPlaced { .. } => self.evolve_placed(fact),
            E::DemandScreened { category, points, .. } => {
                self.points = *points;
                self.recategorise(category);
                self.phase = Phase::Screened;
            }
            E::DemandReferred { category, .. } => {
                self.recategorise(category);
                self.phase = Phase::Referred;
            }
            E::WishPublished {} => {
                self.published = true;
                self.phase = Phase::Published;
            }
            E::WishClaimed { taker, until } => {
                self.phase =
                    Phase::Taken { taker: taker.clone(), work: Work::Voluntary, until: Some(*until) };
            }
            E::ClaimReleased { .. } | E::ClaimLapsed { .. } | E::DispatchLapsed { .. } => {
                self.back_to_waiting()
            }
            E::OrderDispatched { taker, work, answer_by } => {
                self.phase = Phase::Dispatched { taker: taker.clone(), work: *work, answer_by: *answer_by };
            }
            E::OrderAccepted { taker, work } => {
                self.phase = Phase::Taken { taker: taker.clone(), work: *work, until: None };
            }
            E::OrderDeclined { taker, .. } | E::DutyShiftReported { taker, .. } => {
                self.declined.insert(taker.clone());
                self.back_to_waiting();
            }
            E::ServiceCompleted { taker, served, on, work, .. } => {
                self.phase = Phase::Completed {
                    taker: taker.clone(),
                    served: served.clone(),
                    work: *work,
                    on: *on,
                    rating: None,
                };
            }
            E::ServiceRated { stars, rater, .. } => {
                if let Phase::Completed { rating, .. } = &mut self.phase {
                    *rating = Some((*stars, *rater));
                }
            }
            E::DemandReopened { times, due } => {
                self.reopened = *times;
                self.due = due.iter().map(|due| (due.stage, due.by)).collect();
                self.back_to_waiting();
            }
            E::DemandWithdrawn {} | E::DemandClosed { .. } => self.phase = Phase::Over,
            E::DeadlineExtended { stage, by, times } => {
                self.due.insert(*stage, *by);
                self.extended = *times;
            }
            E::WhistleBlown { departments, answer_by } => {
                self.whistle = departments.iter().map(|department| (department.clone(), false)).collect();
                self.whistle_by = Some(*answer_by);
            }
            E::DepartmentAnswered { department, .. } => {
                self.whistle.insert(department.clone(), true);
            }
        }
    }
}

impl Demand {
    fn evolve_placed(&mut self, fact: &DemandEvent) {
        if let DemandEvent::DemandPlaced {
            kind,
            channel,
            category,
            community,
            grid,
            estate,
            household,
            placed_by,
            urgency,
            due,
            ..
        } = fact
        {
            self.placed = Some(NewDemand {
                kind: *kind,
                channel: *channel,
                category: category.clone(),
                community: community.clone(),
                grid: grid.clone(),
                estate: estate.clone(),
                household: household.clone(),
                placed_by: placed_by.clone(),
                urgency: *urgency,
            });
            self.due = due.iter().map(|due| (due.stage, due.by)).collect();
            self.phase = Phase::Placed;
        }
    }

    fn recategorise(&mut self, category: &Term) {
        if let Some(placed) = &mut self.placed {
            placed.category = category.clone();
        }
    }

    fn back_to_waiting(&mut self) {
        self.phase = if self.published { Phase::Published } else { Phase::Screened };
    }

    /// Where it stands.
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// The particulars it was placed with; its category as screened.
    pub fn particulars(&self, demand: &DemandId) -> Result<&NewDemand, Refusal> {
        self.placed.as_ref().ok_or_else(|| super::refusal::unknown(demand))
    }

    /// Its community.
    pub fn community(&self) -> Option<&CommunityCode> {
        self.placed.as_ref().map(|placed| &placed.community)
    }

    /// What sort it is.
    pub fn kind(&self) -> Option<DemandKind> {
        self.placed.as_ref().map(|placed| placed.kind)
    }

    /// How pressing it is.
    pub fn urgency(&self) -> Option<Urgency> {
        self.placed.as_ref().map(|placed| placed.urgency)
    }

    /// Points for it, before stars.
    pub fn points(&self) -> i64 {
        self.points
    }

    /// Who has taken it and has not yet completed it.
    pub fn taker(&self) -> Option<(&Taker, Work)> {
        match &self.phase {
            Phase::Taken { taker, work, .. } => Some((taker, *work)),
            _ => None,
        }
    }

    /// The deadline of a stage.
    pub fn due(&self, stage: Stage) -> Option<&Moment> {
        self.due.get(&stage)
    }
}
