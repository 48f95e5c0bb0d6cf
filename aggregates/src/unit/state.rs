//! What the rules of a unit read.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{UnitClass, UnitEvent};
use crate::decider::Decider;
use crate::ids::{CommunityCode, DemandId, DivisionCode, EstateId, Term, UnitId};
use crate::points::Cards;

/// A unit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Unit {
    pub(super) enrolled: Option<Enrolled>,
    pub(super) links: BTreeMap<CommunityCode, Option<EstateId>>,
    pub(super) unlinked: BTreeSet<CommunityCode>,
    pub(super) reports: BTreeMap<CommunityCode, UnitReport>,
    pub(super) tasks: BTreeSet<DemandId>,
    pub(super) cards: Cards,
    pub(super) reminded: BTreeSet<DemandId>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Enrolled {
    pub(super) unit: UnitId,
    pub(super) name: String,
    pub(super) class: UnitClass,
    pub(super) division: DivisionCode,
    pub(super) upper: Option<UnitId>,
}

/// The last report to a community.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct UnitReport {
    pub(super) needs: Vec<Term>,
    pub(super) resources: Vec<Term>,
    pub(super) on: NaiveDate,
}

impl Decider for Unit {
    const TYPE: &'static str = "unit";
    type Event = UnitEvent;

    fn evolve(&mut self, fact: &UnitEvent) {
        match fact {
            UnitEvent::UnitEnrolled { unit, name, class, division, upper } => {
                self.enrolled = Some(Enrolled {
                    unit: unit.clone(),
                    name: name.clone(),
                    class: *class,
                    division: division.clone(),
                    upper: upper.clone(),
                });
            }
            UnitEvent::UnitLinked { community, estate, .. } => {
                self.links.insert(community.clone(), estate.clone());
                self.unlinked.remove(community);
            }
            UnitEvent::UnitUnlinked { community, .. } => {
                self.links.remove(community);
                self.unlinked.insert(community.clone());
            }
            UnitEvent::UnitReported { community, needs, resources, on } => {
                let report = UnitReport { needs: needs.clone(), resources: resources.clone(), on: *on };
                self.reports.insert(community.clone(), report);
            }
            UnitEvent::TaskTaken { demand, .. } => {
                self.tasks.insert(demand.clone());
            }
            UnitEvent::TaskReleased { demand, .. } => {
                self.tasks.remove(demand);
            }
            UnitEvent::TaskDeclined { .. } => {}
            UnitEvent::ServiceRendered { demand, .. } => {
                self.tasks.remove(demand);
                self.reminded.remove(demand);
            }
            UnitEvent::CardOpened { opening } => self.cards.open(opening),
            UnitEvent::PointsAwarded { line } | UnitEvent::PointsDeducted { line } => self.cards.add(line),
            UnitEvent::PointsReversed { reversal } => self.cards.take_back(reversal),
            UnitEvent::YearClosed { filing } => self.cards.file(filing),
            UnitEvent::ReminderSent { demand, .. } => {
                self.reminded.insert(demand.clone());
            }
        }
    }
}

impl Unit {
    /// Whether it was entered.
    pub fn is_enrolled(&self) -> bool {
        self.enrolled.is_some()
    }

    /// Its public name.
    pub fn name(&self) -> Option<&str> {
        self.enrolled.as_ref().map(|enrolled| enrolled.name.as_str())
    }

    /// The division whose department manages it.
    pub fn division(&self) -> Option<&DivisionCode> {
        self.enrolled.as_ref().map(|enrolled| &enrolled.division)
    }

    /// The upper party organisation.
    pub fn upper(&self) -> Option<&UnitId> {
        self.enrolled.as_ref().and_then(|enrolled| enrolled.upper.as_ref())
    }

    /// Whether the unit is linked to the community.
    pub fn is_linked_to(&self, community: &CommunityCode) -> bool {
        self.links.contains_key(community)
    }

    /// Its cards.
    pub fn cards(&self) -> &Cards {
        &self.cards
    }
}
