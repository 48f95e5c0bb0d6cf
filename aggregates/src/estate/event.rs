//! Facts of an estate.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{CommunityCode, EstateId, MemberId};
use crate::member::{DwellingKind, LedgerKind};

/// A fact of an estate or building.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum EstateEvent {
    /// The estate or building was entered (A4).
    EstateRegistered {
        /// The estate.
        estate: EstateId,
        /// Its community.
        community: CommunityCode,
        /// What kind of dwelling it is.
        kind: DwellingKind,
        /// The ledger that those who live there stand in: by estate or by building.
        ledger: LedgerKind,
        /// Its public name.
        name: String,
        /// How many households live there.
        households: u32,
        /// How many buildings it has; 1 in the ledger kept by building.
        buildings: u32,
    },
    /// Name or size were corrected.
    EstateCorrected {
        /// Its community.
        community: CommunityCode,
        /// The ledger that it stands in.
        ledger: LedgerKind,
        /// Its public name.
        name: String,
        /// How many households live there.
        households: u32,
        /// How many buildings it has.
        buildings: u32,
    },
    /// Communities were re-cut: the estate lies in another one now.
    EstateMovedToCommunity {
        /// The community that it lay in.
        from: CommunityCode,
        /// The community that it lies in.
        to: CommunityCode,
        /// What kind of dwelling it is.
        kind: DwellingKind,
        /// The ledger that it stands in.
        ledger: LedgerKind,
        /// Its public name.
        name: String,
    },
    /// A member serves here (A8).
    EstateMemberAssigned {
        /// The member.
        member: MemberId,
    },
    /// A member serves here no longer (A8).
    EstateMemberLeft {
        /// The member.
        member: MemberId,
    },
}

crate::facts!(EstateEvent:
    EstateRegistered "1.0", EstateCorrected "1.0", EstateMovedToCommunity "1.0",
    EstateMemberAssigned "1.0", EstateMemberLeft "1.0",
);
