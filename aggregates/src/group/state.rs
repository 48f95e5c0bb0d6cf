//! What the rules of a group read.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::GroupEvent;
use crate::decider::Decider;
use crate::ids::{CommunityCode, MemberId, Term};

/// A service group.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Group {
    pub(super) formed: Option<Formed>,
    pub(super) dissolved: bool,
    pub(super) members: BTreeSet<MemberId>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Formed {
    pub(super) community: CommunityCode,
    pub(super) name: String,
    pub(super) categories: BTreeSet<Term>,
}

impl Decider for Group {
    const TYPE: &'static str = "group";
    type Event = GroupEvent;

    fn evolve(&mut self, fact: &GroupEvent) {
        match fact {
            GroupEvent::GroupFormed { community, name, categories, .. } => {
                self.formed = Some(Formed {
                    community: community.clone(),
                    name: name.clone(),
                    categories: categories.iter().cloned().collect(),
                });
            }
            GroupEvent::GroupMemberJoined { member, .. } => {
                self.members.insert(member.clone());
            }
            GroupEvent::GroupMemberLeft { member } => {
                self.members.remove(member);
            }
            GroupEvent::GroupDissolved {} => self.dissolved = true,
        }
    }
}

impl Group {
    /// Who is in it.
    pub fn members(&self) -> &BTreeSet<MemberId> {
        &self.members
    }
}
