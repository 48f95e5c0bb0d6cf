//! Facts of a group.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{CommunityCode, GroupId, MemberId, Term, UnitId};

/// A fact of a service group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum GroupEvent {
    /// The group was formed in a community (C6).
    GroupFormed {
        /// The group.
        group: GroupId,
        /// Its community.
        community: CommunityCode,
        /// Its public name: 四点半课堂.
        name: String,
        /// The categories of service that it offers, each once.
        categories: Vec<Term>,
    },
    /// A member joined of own choice.
    GroupMemberJoined {
        /// The member.
        member: MemberId,
        /// The member's unit then.
        unit: Option<UnitId>,
        /// The group's categories that the member is good at.
        skilled_in: Vec<Term>,
    },
    /// A member left.
    GroupMemberLeft {
        /// The member.
        member: MemberId,
    },
    /// The group was dissolved; its members had left.
    GroupDissolved {},
}

crate::facts!(GroupEvent:
    GroupFormed "1.0", GroupMemberJoined "1.0", GroupMemberLeft "1.0", GroupDissolved "1.0",
);
