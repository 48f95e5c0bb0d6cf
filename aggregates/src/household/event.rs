//! Facts of a household. Each names its community, so that figures of any division can be added up from it alone.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FiveHundreds, NeedTag};
use crate::ids::{CommunityCode, DemandId, GridCode, HouseholdId, MemberId, Sealed};
use crate::member::VisitKind;

/// A fact of a household.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum HouseholdEvent {
    /// Entered the community's list of key households (C8, C9).
    HouseholdRegistered {
        /// Opaque.
        household: HouseholdId,
        /// Its community.
        community: CommunityCode,
        /// Its grid, when known.
        grid: Option<GridCode>,
        /// Why it needs help.
        needs: BTreeSet<NeedTag>,
        /// Whether the person, or a minor's guardian, consented to these tags.
        consent: bool,
    },
    /// Its needs changed, or the consent to tell them was given or withdrawn.
    HouseholdNeedsRecorded {
        /// Its community.
        community: CommunityCode,
        /// Why it needs help, from now on.
        needs: BTreeSet<NeedTag>,
        /// Whether the person, or a minor's guardian, consents to these tags.
        consent: bool,
    },
    /// A member began to help it (C8, C9).
    PairFormed {
        /// Its community.
        community: CommunityCode,
        /// The member.
        member: MemberId,
        /// First day.
        on: NaiveDate,
    },
    /// The pair ended.
    PairEnded {
        /// Its community.
        community: CommunityCode,
        /// The member.
        member: MemberId,
        /// Last day.
        on: NaiveDate,
    },
    /// It asked for a visit (C9: 居民有需求必访).
    VisitRequested {
        /// Its community.
        community: CommunityCode,
        /// The request's name.
        request: DemandId,
        /// The paired member who is to come.
        member: MemberId,
        /// On which day it asked.
        on: NaiveDate,
    },
    /// A paired member visited it (C9).
    HouseholdVisited {
        /// Its community.
        community: CommunityCode,
        /// The member.
        member: MemberId,
        /// Why.
        kind: VisitKind,
        /// On which day.
        on: NaiveDate,
        /// How long, in minutes, when noted.
        minutes: Option<u32>,
        /// Which of the five services, when noted (C13).
        service: Option<FiveHundreds>,
        /// What was seen and done, as the vault keeps it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Sealed>,
    },
}

crate::facts!(HouseholdEvent:
    HouseholdRegistered "1.0", HouseholdNeedsRecorded "1.0", PairFormed "1.0", PairEnded "1.0",
    VisitRequested "1.0", HouseholdVisited "1.0",
);

impl HouseholdEvent {
    /// The community of the household.
    pub fn community(&self) -> &CommunityCode {
        match self {
            Self::HouseholdRegistered { community, .. }
            | Self::HouseholdNeedsRecorded { community, .. }
            | Self::PairFormed { community, .. }
            | Self::PairEnded { community, .. }
            | Self::VisitRequested { community, .. }
            | Self::HouseholdVisited { community, .. } => community,
        }
    }
}
