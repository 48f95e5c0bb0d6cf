//! What the rules of a household read.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{HouseholdEvent, NeedTag, NewHousehold, VisitDetails, refusal};
use crate::Refusal;
use crate::decider::Decider;
use crate::ids::{CommunityCode, DemandId, HouseholdId, MemberId, Sealed};

/// A household.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Household {
    /// As it was registered; its needs as they are now beside it.
    pub(super) registered: Option<NewHousehold>,
    pub(super) needs: BTreeSet<NeedTag>,
    pub(super) consent: bool,
    /// Members who help it now, and since when.
    pub(super) helpers: BTreeMap<MemberId, NaiveDate>,
    /// Members who helped it once: ending such a pair again is nothing new.
    pub(super) former: BTreeSet<MemberId>,
    pub(super) requests: BTreeMap<DemandId, MemberId>,
    pub(super) visits: Vec<(MemberId, VisitDetails)>,
}

impl Decider for Household {
    const TYPE: &'static str = "household";
    type Event = HouseholdEvent;

    fn evolve(&mut self, fact: &HouseholdEvent) {
        use HouseholdEvent as E;
        match fact {
            E::HouseholdRegistered { community, grid, needs, consent, .. } => {
                self.registered = Some(NewHousehold {
                    community: community.clone(),
                    grid: grid.clone(),
                    needs: needs.clone(),
                    consent: *consent,
                });
                self.needs.clone_from(needs);
                self.consent = *consent;
            }
            E::HouseholdNeedsRecorded { needs, consent, .. } => {
                self.needs.clone_from(needs);
                self.consent = *consent;
            }
            E::PairFormed { member, on, .. } => {
                self.helpers.insert(member.clone(), *on);
            }
            E::PairEnded { member, .. } => {
                self.helpers.remove(member);
                self.former.insert(member.clone());
            }
            E::VisitRequested { request, member, .. } => {
                self.requests.insert(request.clone(), member.clone());
            }
            E::HouseholdVisited { member, kind, on, minutes, service, note, .. } => {
                let note = note.clone();
                let made = VisitDetails { kind: *kind, on: *on, minutes: *minutes, service: *service, note };
                self.visits.push((member.clone(), made));
            }
        }
    }
}

impl Household {
    /// Its community, once registered.
    pub fn community(&self, household: &HouseholdId) -> Result<&CommunityCode, Refusal> {
        self.registered
            .as_ref()
            .map(|registered| &registered.community)
            .ok_or_else(|| refusal::unknown(household))
    }

    /// Digests of what was noted of visits, in their order.
    pub fn notes(&self) -> impl Iterator<Item = &Sealed> {
        self.visits.iter().filter_map(|(_, made)| made.note.as_ref())
    }

    /// Members who help it now, and since when.
    pub fn helpers(&self) -> &BTreeMap<MemberId, NaiveDate> {
        &self.helpers
    }
}
