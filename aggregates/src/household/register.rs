//! Entering a key household, with need tags that a person has consented to (C8, C9).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Household, HouseholdEvent, NeedTag, refusal};
use crate::Refusal;
use crate::decider::Decision;
use crate::ids::{CommunityCode, GridCode, HouseholdId};

/// The particulars of a new household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewHousehold {
    /// Its community.
    pub community: CommunityCode,
    /// Its grid, when known.
    pub grid: Option<GridCode>,
    /// Why it needs help.
    pub needs: BTreeSet<NeedTag>,
    /// Whether the person, or a minor's guardian, consents to these tags.
    pub consent: bool,
}

impl Household {
    /// Enters the household. Sensitive tags are refused without consent.
    pub fn register(&self, household: &HouseholdId, new: &NewHousehold) -> Decision<Self> {
        if let Some(registered) = &self.registered {
            return if registered == new {
                Ok(vec![])
            } else {
                Err(refusal::registered_otherwise(household))
            };
        }
        if let Some(grid) = new.grid.as_ref().filter(|grid| grid.community() != new.community) {
            return Err(refusal::grid_elsewhere(grid));
        }
        must_be_consented(&new.needs, new.consent)?;
        Ok(vec![HouseholdEvent::HouseholdRegistered {
            household: household.clone(),
            community: new.community.clone(),
            grid: new.grid.clone(),
            needs: new.needs.clone(),
            consent: new.consent,
        }])
    }

    /// Records its needs anew: they changed, or the consent was given or withdrawn. Without consent no sensitive tag
    /// stays.
    pub fn record_needs(
        &self,
        household: &HouseholdId,
        needs: &BTreeSet<NeedTag>,
        consent: bool,
    ) -> Decision<Self> {
        let community = self.community(household)?;
        if self.needs == *needs && self.consent == consent {
            return Ok(vec![]);
        }
        must_be_consented(needs, consent)?;
        Ok(vec![HouseholdEvent::HouseholdNeedsRecorded {
            community: community.clone(),
            needs: needs.clone(),
            consent,
        }])
    }
}

fn must_be_consented(needs: &BTreeSet<NeedTag>, consent: bool) -> Result<(), Refusal> {
    if consent || !needs.iter().any(|need| need.is_sensitive()) {
        Ok(())
    } else {
        Err(refusal::consent_needed())
    }
}
